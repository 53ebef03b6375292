import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bindingFile, buildBinding, libraryLinks } from "../native/binding.mjs";
import { makeEntry, readEntry, writeManifest } from "../native/cache-entry.mjs";
import { findCompiler, howToInstallCompiler } from "../native/compiler.mjs";
import { fetchLibrary } from "../native/library.mjs";
import { installOfficial, officialHostAnswers } from "../native/official.mjs";
import { nativeFingerprint, verifyNative } from "../native/verify.mjs";
import { tensorflowVersion, wheelFor } from "../native/wheel.mjs";
import { cacheFolder, engineFile, folderOfPackage, stampFolder } from "../paths.mjs";
import { findPip } from "../python/find-pip.mjs";
import { SetupError } from "../setup-error.mjs";
import { readStamp, writeStamp } from "../stamp.mjs";
import { placeLink } from "./links.mjs";

const stampPath = join(stampFolder, "native.json");

/**
 * Makes the native engine: what is already there, else the cache, else TensorFlow's wheel and a compiler, else tfjs-node's
 * ready-made binary; its value is TensorFlow's version. Throws, in one sentence, where none of them works; the wasm engine takes over then.
 */
export async function prepareNativeEngine(report) {
  if (!folderOfPackage("@tensorflow/tfjs-node"))
    throw new SetupError("@tensorflow/tfjs-node is not installed: remove node_modules and start again");
  const there = nativeFingerprint();
  const stamp = readStamp(stampPath);
  if (there && stamp?.fingerprint === there) {
    if (stamp.version) return { text: `TensorFlow ${stamp.version}`, value: stamp.version };
    throw new SetupError(stamp.reason);
  }
  const wheel = wheelFor();
  const place = join(cacheFolder(), "native", `tensorflow-${tensorflowVersion}-${process.platform}-${process.arch}`);
  // What is linked to the cache is only as good as the cache.
  const isOurs = there?.includes(place) ?? false;
  if (there && (!isOurs || (await readEntry(place)))) {
    report.working("trying TensorFlow");
    const tried = await verifyNative();
    if (tried.ok) return remember(tried.version);
  }
  if (!(await readEntry(place))) {
    const ways = await lookForWays(wheel);
    if (ways.problem) {
      if (!(await officialHostAnswers())) throw new SetupError(ways.problem);
      await installOfficial(report);
      return finish(report);
    }
    await makeEntry(place, (folder) => fill(report, { wheel, folder, ...ways }));
  }
  report.working("trying TensorFlow");
  linkEntry(place, wheel);
  return finish(report);
}

async function fill(report, { wheel, folder, python, cxx }) {
  await fetchLibrary(report, { wheel, python, folder });
  await buildBinding(report, { wheel, python, cxx, folder });
  const files = [bindingFile, ...wheel.libraries.map((name) => `lib/${name}`)];
  report.working("checking TensorFlow's library");
  await writeManifest(folder, { tensorflow: tensorflowVersion }, files);
}

/** The tools for building, or the one sentence about what is missing. */
async function lookForWays(wheel) {
  if (process.platform === "win32")
    return { problem: "the native engine is not made on Windows: use WSL, where `npm start` makes it" };
  if (!wheel) return { problem: `TensorFlow publishes no library for ${process.platform} on ${process.arch}` };
  if (isMusl())
    return { problem: "TensorFlow's library needs glibc, which this Linux has not: use Debian, Ubuntu or Fedora" };
  const { cxx, missing } = await findCompiler();
  if (missing) {
    return {
      problem: `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing: install ${missing.length > 1 ? "them" : "it"} (${howToInstallCompiler()}) and start again`,
    };
  }
  const python = await findPip();
  if (!python)
    return {
      problem:
        "there is no Python with pip: install it (Debian, Ubuntu: sudo apt install python3-venv) and start again",
    };
  return { cxx, python };
}

function isMusl() {
  if (process.platform !== "linux") return false;
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}

/** Puts a cache entry into `node_modules`: the small binding as a copy (it looks beside itself), the libraries as links. */
function linkEntry(place, wheel) {
  const bindings = engineFile(join("lib", "napi-v8"));
  const libraries = engineFile(join("deps", "lib"));
  rmSync(engineFile("deps"), { recursive: true, force: true });
  mkdirSync(bindings, { recursive: true });
  for (const name of wheel.libraries) placeLink(join(place, "lib", name), join(libraries, name), "file");
  for (const [name, target] of Object.entries(libraryLinks(wheel.libraries))) {
    placeLink(join(libraries, target), join(libraries, name), "file");
  }
  const temporary = join(bindings, `${bindingFile}.${process.pid}.tmp`);
  copyFileSync(join(place, bindingFile), temporary);
  renameSync(temporary, join(bindings, bindingFile));
}

async function finish(report) {
  report.working("trying TensorFlow");
  const tried = await verifyNative();
  if (tried.ok) return remember(tried.version);
  const reason = `TensorFlow's library does not run on this machine (${tried.reason}); to try again, remove ${stampFolder}`;
  // Remembered, so that not every start builds it anew.
  if (existsSync(engineFile())) writeStamp(stampPath, { fingerprint: nativeFingerprint(), reason });
  throw new SetupError(reason);
}

function remember(version) {
  writeStamp(stampPath, { fingerprint: nativeFingerprint(), version });
  return { text: `TensorFlow ${version}`, value: version };
}

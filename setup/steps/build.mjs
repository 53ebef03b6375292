import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { packageFile, root, stampFolder } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { hashTree, readStamp, writeStamp } from "../stamp.mjs";
import { lastWords, run } from "../terminal/run.mjs";

const sources = [
  "src",
  "setup/bundle.mjs",
  "tsconfig.json",
  "tsconfig.build.json",
  "tsconfig.front.json",
  "package-lock.json",
];

/** Compiles `src/` to `dist/` where the sources changed; what has gone from `src/` goes from `dist/`. */
export async function build(report) {
  const stampPath = join(stampFolder, "build.json");
  const hash = hashTree(root, sources);
  const stamp = readStamp(stampPath);
  if (stamp?.hash === hash && stamp.files.every((file) => existsSync(join(root, file)))) return { text: "up to date" };

  report.working("compiling src/ to dist/");
  rmSync(stampPath, { force: true });
  const result = await run(
    process.execPath,
    [packageFile("typescript", "bin/tsc"), "--project", "tsconfig.build.json", "--noEmitOnError", "--listEmittedFiles"],
    { cwd: root },
  );
  if (!result.ok) {
    const error = firstError(result.output);
    const left = existsSync(join(root, "dist", "index.js")) ? "; dist/ is still the last good build" : "";
    throw new SetupError(`src/ does not compile: ${error}${left}; mend it and start again`);
  }
  const files = [...emittedFiles(result.output).map((file) => relative(root, file)), ...(await bundled())];
  removeOthers(join(root, "dist"), new Set(files.map((file) => join(root, file))));
  writeStamp(stampPath, { hash, files: files.map((file) => file.split(sep).join("/")) });
  return { text: `dist/ written, ${files.filter((file) => file.endsWith(".js")).length} modules` };
}

/** Bundles what runs in a browser; loaded now, because esbuild comes with the packages that an earlier step installs. */
async function bundled() {
  try {
    return await (await import("../bundle.mjs")).bundle();
  } catch (error) {
    throw new SetupError(
      `what runs in a browser can't be bundled: ${lastWords(String(error.message))}; mend it and start again`,
    );
  }
}

/** The first error that `tsc` names, as `src/file.ts(3,7): what is wrong`. */
export function firstError(output) {
  const match = output.match(/^(.*?\(\d+,\d+\)): error TS\d+: (.*)$/m);
  return match ? `${match[1]}: ${match[2].replace(/\.$/, "")}` : lastWords(output);
}

/** The files that `tsc --listEmittedFiles` names. */
export function emittedFiles(output) {
  return [...output.matchAll(/^TSFILE: (.*?)\r?$/gm)].map((match) => match[1]);
}

function removeOthers(folder, keep) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      removeOthers(path, keep);
      if (readdirSync(path).length === 0) rmdirSync(path);
    } else if (!keep.has(path)) {
      rmSync(path);
    }
  }
}

import { copyFileSync, cpSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { engineFile } from "../paths.mjs";
import { SetupError } from "../setup-error.mjs";
import { lastWords, run } from "../terminal/run.mjs";
import { nodeHeaders } from "./compiler.mjs";
import { nodeGyp } from "./node-gyp.mjs";

/** The file that joins Node and TensorFlow; its interface, N-API 8, is the same for every Node from 16 on. */
export const bindingFile = "tfjs_binding.node";

/** The names under which tfjs-node's linker and loader look for the wheel's two libraries. */
export function libraryLinks(libraries, platform = process.platform) {
  const [cc, framework] = libraries;
  const names =
    platform === "darwin"
      ? { "libtensorflow.2.dylib": cc, "libtensorflow_framework.2.dylib": framework }
      : { "libtensorflow.so": cc, "libtensorflow_framework.so": framework };
  return Object.fromEntries(Object.entries(names).filter(([name, target]) => name !== target));
}

/**
 * Compiles tfjs-node's binding against the unpacked library: reads `folder/lib` and `folder/include`, leaves
 * `folder/tfjs_binding.node`. Works in a copy, so that `node_modules` never holds half a binding.
 */
export async function buildBinding(report, { wheel, python, cxx, folder }) {
  report.working("compiling the binding between Node and TensorFlow");
  const source = engineFile();
  const work = join(folder, "build");
  mkdirSync(join(work, "deps", "lib"), { recursive: true });
  for (const name of ["binding", "binding.gyp", "package.json"])
    cpSync(join(source, name), join(work, name), { recursive: true });
  symlinkSync(join(folder, "include"), join(work, "deps", "include"));
  for (const name of wheel.libraries) symlinkSync(join(folder, "lib", name), join(work, "deps", "lib", name));
  for (const [name, target] of Object.entries(libraryLinks(wheel.libraries)))
    symlinkSync(target, join(work, "deps", "lib", name));

  const headers = nodeHeaders();
  const [command, ...first] = nodeGyp();
  const result = await run(
    command,
    [
      ...first,
      ...["rebuild", "--napi_build_version=8", "--module_name=tfjs_binding", "--module_path=lib/napi-v8"],
      ...(headers ? [`--nodedir=${headers}`] : []),
    ],
    { cwd: work, env: { ...process.env, CXX: cxx, npm_config_python: python, PYTHON: python } },
  );
  if (!result.ok) {
    throw new SetupError(`the binding to TensorFlow does not compile (${lastWords(compilerWords(result.output))})`);
  }
  const built = join(work, "build", "Release", bindingFile);
  if (process.platform === "darwin") await findLibrariesBeside(built);
  copyFileSync(built, join(folder, bindingFile));
  rmSync(work, { recursive: true });
  rmSync(join(folder, "include"), { recursive: true });
}

/** On macOS the wheel's libraries call themselves `@rpath/…`, and changed files have to be signed anew. */
async function findLibrariesBeside(built) {
  await run("install_name_tool", ["-add_rpath", "@loader_path/../../deps/lib", built], { cwd: dirname(built) });
  await run("codesign", ["--force", "--sign", "-", built], { cwd: dirname(built) });
}

/** What the compiler said, without node-gyp's report around it, which names errors of its own. */
function compilerWords(output) {
  const lines = output
    .split(/\r?\n/)
    .filter((line) => !/^gyp (info|ERR! (stack|System|command|cwd|node|not ok|\$))/.test(line));
  const first = lines.find((line) => /error:/.test(line));
  return first ?? lines.join("\n");
}

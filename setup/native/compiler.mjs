import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../terminal/run.mjs";

/** The command of the C++ compiler, undefined where there is none. */
export async function findCxx(env = process.env) {
  for (const candidate of env.CXX ? [env.CXX] : ["g++", "c++", "clang++"]) {
    const [command, ...args] = candidate.split(" ");
    if ((await run(command, [...args, "--version"], { timeoutSeconds: 20 })).ok) return candidate;
  }
  return undefined;
}

/** The C++ compiler and `make` as `{ cxx }`, or `{ missing }` with the names of what isn't there. */
export async function findCompiler(env = process.env) {
  const missing = [];
  const cxx = await findCxx(env);
  if (!cxx) missing.push("a C++ compiler");
  if (!(await run(env.MAKE ?? "make", ["--version"], { timeoutSeconds: 20 })).ok) missing.push("make");
  return missing.length === 0 ? { cxx } : { missing };
}

/** What brings a C++ compiler and `make`. */
export function howToInstallCompiler(platform = process.platform) {
  return platform === "darwin" ? "xcode-select --install" : "Debian, Ubuntu: sudo apt install g++ make";
}

/** The folder with `include/node` of a Node: its own prefix, what npm is told, or undefined (node-gyp then fetches them). */
export function nodeHeaders(node = process.execPath, env = process.env) {
  const folders = [dirname(dirname(node)), env.npm_config_nodedir].filter((folder) => folder);
  return folders.find((folder) => existsSync(join(folder, "include", "node", "node_api.h")));
}

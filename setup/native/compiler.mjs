import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../terminal/run.mjs";

/** The C++ compiler and `make` as `{ cxx }`, or `{ missing }` with the names of what isn't there. */
export async function findCompiler(env = process.env) {
  const missing = [];
  const candidates = env.CXX ? [env.CXX] : ["g++", "c++", "clang++"];
  let cxx;
  for (const candidate of candidates) {
    const [command, ...args] = candidate.split(" ");
    if ((await run(command, [...args, "--version"], { timeoutSeconds: 20 })).ok) {
      cxx = candidate;
      break;
    }
  }
  if (!cxx) missing.push("a C++ compiler");
  if (!(await run(env.MAKE ?? "make", ["--version"], { timeoutSeconds: 20 })).ok) missing.push("make");
  return missing.length === 0 ? { cxx } : { missing };
}

/** The folder with `include/node` of a Node: its own prefix, what npm is told, or undefined (node-gyp then fetches them). */
export function nodeHeaders(node = process.execPath, env = process.env) {
  const folders = [dirname(dirname(node)), env.npm_config_nodedir].filter((folder) => folder);
  return folders.find((folder) => existsSync(join(folder, "include", "node", "node_api.h")));
}

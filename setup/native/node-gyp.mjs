import { readFileSync } from "node:fs";
import { join } from "node:path";
import { folderOfPackage, npmCommand, root } from "../paths.mjs";

/** The command line of node-gyp: the installed one in a clone; elsewhere npm runs the same version out of its cache. */
export function nodeGyp() {
  const installed = folderOfPackage("node-gyp");
  if (installed) return [process.execPath, join(installed, "bin", "node-gyp.js")];
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return [...npmCommand(), "exec", "--yes", `--package=node-gyp@${devDependencies["node-gyp"]}`, "--", "node-gyp"];
}

import { join } from "node:path";
import { wantedVersion } from "../beside.mjs";
import { folderOfPackage, npmCommand } from "../paths.mjs";

/** The command line of node-gyp: the installed one in a clone; elsewhere npm runs the same version out of its cache. */
export function nodeGyp() {
  const installed = folderOfPackage("node-gyp");
  if (installed) return [process.execPath, join(installed, "bin", "node-gyp.js")];
  return [...npmCommand(), "exec", "--yes", `--package=node-gyp@${wantedVersion("node-gyp")}`, "--", "node-gyp"];
}

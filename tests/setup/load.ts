import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Loads a module of `setup/`, which is plain JavaScript because it runs before anything is installed. */
export function load(path: string) {
  return import(/* @vite-ignore */ pathToFileURL(join(__dirname, "..", "..", "setup", path)).href);
}

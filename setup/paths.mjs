import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where set-up keeps its stamps; git ignores it and `npm ci` leaves it alone. */
export const stampFolder = join(root, ".setup");

/** Where what takes long to make is kept for every clone of this user: $VITLAB_CACHE, or vitlab/ in the user's cache. */
export function cacheFolder(env = process.env, home = homedir()) {
  if (env.VITLAB_CACHE) return resolve(env.VITLAB_CACHE);
  const userCache = env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : join(home, ".cache");
  return join(userCache, "vitlab");
}

/** The folder of the project's own Python environment. */
export const venv = join(root, ".venv");

/** The interpreter in `.venv`, whether it is there or not. */
export function venvPython(platform = process.platform) {
  return pythonIn(venv, platform);
}

/** The interpreter of a Python environment, whether it is there or not. */
export function pythonIn(environment, platform = process.platform) {
  return join(environment, ...(platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
}

/** A file of an installed Node package, for example `packageFile("typescript", "bin/tsc")`. */
export function packageFile(name, path = "") {
  return join(root, "node_modules", name, path);
}

/**
 * A file of tfjs-node, wherever Node.js finds that package from here: in a clone in its own `node_modules`, in another
 * project beside vitlab. Where it isn't installed, the place where it is looked for first.
 */
export function engineFile(path = "") {
  return join(folderOfPackage("@tensorflow/tfjs-node") ?? packageFile("@tensorflow/tfjs-node"), path);
}

/**
 * The folder of a package where Node.js finds it from here, or undefined. Node.js itself isn't asked: it remembers what was
 * not there, and the package may come.
 */
export function folderOfPackage(name) {
  for (let folder = root; ; folder = dirname(folder)) {
    const place = join(folder, "node_modules", name);
    if (existsSync(join(place, "package.json"))) return realpathSync(place);
    if (folder === dirname(folder)) return undefined;
  }
}

/** The command line of npm: its own script where npm started us, otherwise what PATH has. */
export function npmCommand(env = process.env, platform = process.platform) {
  const script = env.npm_execpath;
  if (script && /npm-cli\.c?js$/.test(script) && existsSync(script)) return [process.execPath, script];
  return [platform === "win32" ? "npm.cmd" : "npm"];
}

/** A relative $VITLAB_DATA means the folder the user stood in, not the folder a notebook runs in. */
export function absoluteDataFolder(env = process.env) {
  return env.VITLAB_DATA ? resolve(env.INIT_CWD ?? process.cwd(), env.VITLAB_DATA) : undefined;
}

import { existsSync } from "node:fs";
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
  return platform === "win32" ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python");
}

/** A file of an installed Node package, for example `packageFile("typescript", "bin/tsc")`. */
export function packageFile(name, path = "") {
  return join(root, "node_modules", name, path);
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

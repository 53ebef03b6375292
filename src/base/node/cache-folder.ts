import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** The user's cache of vitlab, as set-up has it: `$VITLAB_CACHE`, or vitlab/ in the user's cache. */
export function cacheFolder(): string {
  const { VITLAB_CACHE, XDG_CACHE_HOME } = process.env;
  if (VITLAB_CACHE) return resolve(VITLAB_CACHE);
  const cache = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), ".cache");
  return join(cache, "vitlab");
}

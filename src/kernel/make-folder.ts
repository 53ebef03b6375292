import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Makes a folder and those above it that are missing. Throws what the system says where it can't. */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  // Node's own recursive mkdir goes round for ever where the system answers ENOENT to a folder whose parent exists, as /proc does.
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path);
  for (const path of missing) {
    try {
      mkdirSync(path);
    } catch (error) {
      // Another process may have made it meanwhile.
      if (!existsSync(path)) throw error;
    }
  }
}

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname } from "node:path";

/** Asked while it is there: Node.js can't tell it any more once the folder is gone. */
const folder = ((): string | null => {
  try {
    return process.cwd();
  } catch {
    return null;
  }
})();

/** The folder to start a process in: the kernel's, or, where that was removed, the nearest above it that is there, or the user's. */
export function startFolder(wanted: string | null = folder): string {
  if (wanted === null) return homedir();
  if (existsSync(wanted)) return wanted;
  const above = dirname(wanted);
  const isRoot = above === dirname(above);
  return startFolder(isRoot ? null : above);
}

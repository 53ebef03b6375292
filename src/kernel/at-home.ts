import { homedir } from "node:os";
import { join } from "node:path";

/** A path in which `~` stands for the home folder, as a shell has it. */
export function atHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}

import { type Dirent, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { atHome } from "../at-home";
import type { Completion } from "../compiler/protocol";

/** A folder with more entries than this is no help. */
const MOST = 1000;

/**
 * The files and folders that `typed`, the beginning of a path, may become, seen from `folder`; folders end in a slash. Each
 * text is the whole path as typed, so that it replaces what stands there. Hidden ones only where a dot is typed.
 */
export function completePath(typed: string, folder: string): Completion[] {
  const slash = typed.lastIndexOf("/") + 1;
  const [above, beginning] = [typed.slice(0, slash), typed.slice(slash)];
  const place = resolve(folder, atHome(above));
  return entriesOf(place)
    .filter(({ name }) => name.startsWith(beginning) && (beginning.startsWith(".") || !name.startsWith(".")))
    .slice(0, MOST)
    .map((entry) => ({
      text: `${above}${entry.name}${isFolder(place, entry) ? "/" : ""}`,
      kind: isFolder(place, entry) ? "folder" : "file",
    }))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isFolder(folder: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return statSync(join(folder, entry.name)).isDirectory();
  } catch {
    return false;
  }
}

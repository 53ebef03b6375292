import { statSync } from "node:fs";

/** Local JavaScript and JSON files that cells loaded, with what they looked like then. */
const stamps = new Map<string, string>();
const editions = new Map<string, number>();

/** Notes what a file looks like while it is loaded. */
export function noteLoaded(path: string): void {
  stamps.set(path, stamp(path));
}

/** Whether a file belongs to those that are looked at. */
export function isNoted(path: string): boolean {
  return stamps.has(path);
}

/** The files that have changed since they were loaded or last named here. */
export function takeEdited(): string[] {
  const edited = [...stamps].filter(([path, before]) => stamp(path) !== before).map(([path]) => path);
  for (const path of edited) {
    noteLoaded(path);
    editions.set(path, edition(path) + 1);
  }
  return edited;
}

/** How often a file was edited since it was loaded first. */
export function edition(path: string): number {
  return editions.get(path) ?? 0;
}

function stamp(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : "";
}

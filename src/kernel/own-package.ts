import { dirname, join } from "node:path";

/** What notebooks import by vitlab's name, and where it is in a folder of vitlab's own. */
const ENTRIES: ReadonlyMap<string, string> = new Map([
  ["vitlab", "dist/index"],
  ["vitlab/kernel", "dist/kernel/api"],
]);

/** The file, without its extension, that `specifier` stands for where no vitlab but the kernel's own is installed. */
export function ownEntry(specifier: string): string | undefined {
  const entry = ENTRIES.get(specifier);
  return entry === undefined ? undefined : join(dirname(require.resolve("vitlab/package.json")), entry);
}

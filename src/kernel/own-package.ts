import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const MANIFEST = "vitlab/package.json";

interface Manifest {
  exports: Readonly<Record<string, string | { default: string }>>;
}

/** The file, without its extension, that `specifier` stands for where no vitlab but the kernel's own is installed. */
export function ownEntry(specifier: string): string | undefined {
  // The child's resolution, which asks here, is asked for the manifest itself.
  if (specifier === MANIFEST || !/^vitlab(\/|$)/.test(specifier)) return undefined;
  const manifest = require.resolve(MANIFEST);
  const { exports: entries } = JSON.parse(readFileSync(manifest, "utf8")) as Manifest;
  const entry = entries[`.${specifier.slice("vitlab".length)}`];
  return typeof entry === "object" ? join(dirname(manifest), entry.default.replace(/\.js$/, "")) : undefined;
}

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface Manifest {
  exports: Readonly<Record<string, string | { default: string }>>;
}

/** The file, without its extension, that `specifier` stands for where no vitlab but the kernel's own is installed. */
export function ownEntry(specifier: string): string | undefined {
  if (specifier !== "vitlab" && !specifier.startsWith("vitlab/")) return undefined;
  const manifest = require.resolve("vitlab/package.json");
  const { exports: entries } = JSON.parse(readFileSync(manifest, "utf8")) as Manifest;
  const entry = entries[`.${specifier.slice("vitlab".length)}`];
  return typeof entry === "object" ? join(dirname(manifest), entry.default.replace(/\.js$/, "")) : undefined;
}

/** Parts of TypeScript's library that declare what newer engines have, and a sign by which this Node.js shows it. */
const PARTS: Readonly<Record<string, string>> = {
  "es2024.arraybuffer": "ArrayBuffer.prototype.transfer",
  "es2024.collection": "Map.groupBy",
  "es2024.object": "Object.groupBy",
  "es2024.promise": "Promise.withResolvers",
  "es2024.regexp": "RegExp.prototype.unicodeSets",
  "es2024.string": "String.prototype.isWellFormed",
  "es2025.collection": "Set.prototype.union",
  "es2025.float16": "Math.f16round",
  "es2025.intl": "Intl.DurationFormat",
  "es2025.iterator": "Iterator",
  "es2025.promise": "Promise.try",
  "es2025.regexp": "RegExp.escape",
  "esnext.array": "Array.fromAsync",
  "esnext.collection": "Map.prototype.getOrInsert",
  "esnext.date": "Date.prototype.toTemporalInstant",
  "esnext.error": "Error.isError",
  "esnext.sharedmemory": "Atomics.pause",
  "esnext.temporal": "Temporal",
  "esnext.typedarrays": "Uint8Array.prototype.toBase64",
};

/** What every supported Node.js has; `using` is made of it. */
const BASE = ["es2023", "es2024.sharedmemory", "esnext.disposable"];

/** The files of TypeScript's library that declare what this Node.js has, and nothing that it hasn't. */
export function runningLibraries(): string[] {
  const parts = Object.keys(PARTS).filter((name) => isThere(PARTS[name]!));
  return [...BASE, ...parts].map((name) => `lib.${name}.d.ts`);
}

/** Looked up when it is asked: where a startup snapshot is made, some globals are missing. */
function isThere(sign: string): boolean {
  const path = sign.split(".");
  const name = path.pop()!;
  const owner = path.reduce<unknown>(
    (value, part) => (value as Record<string, unknown> | undefined)?.[part],
    globalThis,
  );
  return owner !== undefined && name in (owner as object);
}

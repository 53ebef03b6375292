import type { FileHandle } from "node:fs/promises";

const files = new Map<string, Buffer>();

/** Puts a file where the functions below find it: a disk takes longer than most parsers. */
export function writeInMemory(file: string, data: Uint8Array | string): void {
  files.set(file, Buffer.from(data));
}

/** In the place of that of `node:fs`. */
export function readFileSync(file: string): string {
  return find(file).toString();
}

/** In the place of that of `src/base/node/read-regular-file`. */
export async function readRegularFile(file: string): Promise<Buffer> {
  return Buffer.from(find(file));
}

/** The same. */
export async function openRegularFile(file: string): Promise<{ handle: FileHandle; size: number }> {
  const data = find(file);
  const handle = {
    async read(to: Uint8Array, at: number, length: number, from: number) {
      const bytesRead = data.copy(to, at, from, from + length);
      return { bytesRead, buffer: to };
    },
    async close() {},
  };
  return { handle: handle as unknown as FileHandle, size: data.length };
}

function find(file: string): Buffer {
  const data = files.get(file);
  if (!data) throw Object.assign(new Error(`there is no ${file}`), { code: "ENOENT" });
  return data;
}

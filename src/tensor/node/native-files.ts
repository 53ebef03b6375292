import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import path from "node:path";

const HEADER_BYTES = 64;
const BINDINGS = ["tfjs_binding.node", "vitlab_operations.node"];

/**
 * The first file of tfjs-node's binding, the compiled operations and the TensorFlow libraries that is shorter than its own header says, or
 * undefined; never throws.
 *
 * @param folder of the package @tensorflow/tfjs-node; default: the one that `require` finds
 */
export function findDamagedNativeFile(folder = packageFolder()): string | undefined {
  if (folder === undefined || process.platform !== "linux") return undefined;
  const bindings = list(path.join(folder, "lib"))
    .filter((name) => name.startsWith("napi-v"))
    .flatMap((name) => BINDINGS.map((file) => path.join(folder, "lib", name, file)));
  const libraries = list(path.join(folder, "deps", "lib"))
    .filter((name) => name.startsWith("libtensorflow"))
    .map((name) => path.join(folder, "deps", "lib", name));
  return [...bindings, ...libraries].find(isCutShort);
}

/**
 * Whether an ELF file (System V ABI, chapter 4, "ELF Header") ends before its table of section headers, which linkers
 * write last. False for what isn't there, can't be read, or is no 64-bit little-endian ELF file.
 */
export function isCutShort(file: string): boolean {
  let handle: number | undefined;
  try {
    handle = openSync(file, "r");
    const header = Buffer.alloc(HEADER_BYTES);
    const { size } = fstatSync(handle);
    const read = readSync(handle, header, 0, HEADER_BYTES, 0);
    if (read < HEADER_BYTES) return true;
    if (header.toString("latin1", 0, 6) !== "\x7fELF\x02\x01") return false;
    const [offset, entrySize, entries] = [header.readBigUInt64LE(40), header.readUInt16LE(58), header.readUInt16LE(60)];
    return BigInt(size) < offset + BigInt(entrySize * entries);
  } catch {
    return false;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function packageFolder(): string | undefined {
  try {
    return path.dirname(require.resolve("@tensorflow/tfjs-node/package.json"));
  } catch {
    return undefined;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

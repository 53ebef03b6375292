import zlib from "node:zlib";
import { VitlabError } from "../../../base/error";
import { unpackLzw } from "./lzw";

const DECODERS: Readonly<Record<number, (packed: Buffer, length: number) => Buffer>> = {
  1: (packed) => packed,
  5: unpackLzw,
  8: inflate,
  32773: unpackBits,
  32946: inflate,
};

/** Whether a compression, by its number in TIFF, is known. */
export function canUnpack(compression: number): boolean {
  return Object.hasOwn(DECODERS, compression);
}

/**
 * Unpacks a strip or a tile.
 *
 * @param length how many bytes it has unpacked; no more are made
 * @throws VitlabError when there are fewer, or it is damaged.
 */
export function unpack(packed: Buffer, compression: number, length: number): Buffer {
  const unpacked = DECODERS[compression]?.(packed, length);
  if (!unpacked || unpacked.length < length)
    throw new VitlabError("is a TIFF file that is cut off, or damaged: get a whole copy of it");
  return unpacked.subarray(0, length);
}

function inflate(packed: Buffer, length: number): Buffer {
  try {
    return zlib.inflateSync(packed, { maxOutputLength: length + 1 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      throw new VitlabError("holds more data than its size has room for: it is damaged, get a whole copy of it");
    return Buffer.alloc(0);
  }
}

/** Runs of bytes, equal or not (TIFF 6.0, section 9). */
function unpackBits(packed: Buffer, length: number): Buffer {
  const unpacked = Buffer.alloc(length);
  let at = 0;
  let to = 0;
  while (at + 1 < packed.length && to < length) {
    const count = packed.readInt8(at++);
    if (count >= 0) {
      to += packed.copy(unpacked, to, at, at + count + 1);
      at += count + 1;
    } else if (count > -128) {
      const end = Math.min(length, to + 1 - count);
      unpacked.fill(packed[at++] as number, to, end);
      to = end;
    }
  }
  return unpacked.subarray(0, to);
}

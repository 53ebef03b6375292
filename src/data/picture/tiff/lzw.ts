import { VitlabError } from "../../../base/error";

const CLEAR = 256;
const END = 257;
const MOST_CODES = 4096;

/**
 * Unpacks LZW codes, highest bits first (TIFF 6.0, section 13); no more bytes than asked for, so that it always ends.
 *
 * @throws VitlabError when a code is used before it stands for something.
 */
export function unpackLzw(packed: Buffer, length: number): Buffer {
  if (packed[0] === 0 && ((packed[1] ?? 0) & 1) === 1)
    throw new VitlabError("is a TIFF file of a kind that isn't read (the LZW of before 1992): save it as PNG or JPEG");
  const unpacked = Buffer.alloc(length);
  // What a code stands for is a stretch of what was unpacked before.
  const starts = new Int32Array(MOST_CODES);
  const lengths = new Int32Array(MOST_CODES);
  let next = END + 1;
  let bits = 9;
  let to = 0;
  let before: { start: number; length: number } | undefined;
  for (let at = 0; at + bits <= packed.length * 8 && to < length; ) {
    const byte = at >> 3;
    const word = ((packed[byte] as number) << 16) | ((packed[byte + 1] ?? 0) << 8) | (packed[byte + 2] ?? 0);
    const code = (word >> (24 - (at & 7) - bits)) & ((1 << bits) - 1);
    at += bits;
    if (code === END) break;
    if (code === CLEAR) {
      next = END + 1;
      bits = 9;
      before = undefined;
      continue;
    }
    const isNew = code === next && before !== undefined;
    if (code > END && code >= next && !isNew) throw damaged();
    if (before === undefined && code > END) throw damaged();
    const from = code < CLEAR ? -1 : isNew ? (before?.start ?? 0) : (starts[code] as number);
    const count = code < CLEAR ? 1 : isNew ? (before?.length ?? 0) + 1 : (lengths[code] as number);
    const start = to;
    const end = Math.min(length, to + count);
    if (from < 0) unpacked[to++] = code;
    // Byte by byte: a new code's last byte is its own first one.
    else for (let i = from; to < end; i++) unpacked[to++] = unpacked[i] as number;
    if (before !== undefined && next < MOST_CODES) {
      starts[next] = before.start;
      lengths[next] = before.length + 1;
      next++;
    }
    // One code early, as all writers do.
    if (next >= (1 << bits) - 1 && bits < 12) bits++;
    before = { start, length: count };
  }
  return unpacked.subarray(0, to);
}

function damaged(): VitlabError {
  return new VitlabError("is a TIFF file with codes that it doesn't define: it is damaged, get a whole copy of it");
}

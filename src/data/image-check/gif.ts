import { VitlabError } from "../../tensor/error";
import { checkSize } from "./limits";

// Four channels, and three of them returned; the first picture's own bytes.
const BYTES_PER_PIXEL = 12;

/** Refuses a GIF whose screen or first picture is too large, or whose first picture sticks out of the screen. */
export function checkGif(data: Buffer): void {
  const width = data.readUInt16LE(6);
  const height = data.readUInt16LE(8);
  checkSize(width, height, BYTES_PER_PIXEL);
  const picture = firstPicture(data);
  if (!picture) throw new VitlabError("is a GIF file without a picture: it is damaged, get a whole copy of it");
  const sticksOut =
    data.readUInt16LE(picture + 1) + data.readUInt16LE(picture + 5) > width ||
    data.readUInt16LE(picture + 3) + data.readUInt16LE(picture + 7) > height;
  if (sticksOut) throw new VitlabError("is a GIF file whose first picture sticks out of it: get a whole copy of it");
  const flags = data.readUInt8(picture + 9);
  const codes = picture + 10 + (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  const codeSize = data.readUInt8(codes);
  if (codeSize < 1 || codeSize > 8)
    throw new VitlabError(`is a GIF file with codes of ${codeSize} bits: it is damaged, get a whole copy of it`);
  if (!codesAreDefined(blocksAt(data, codes + 1), codeSize))
    throw new VitlabError("is a GIF file with codes that it doesn't define: it is damaged, get a whole copy of it");
}

/**
 * Whether every LZW code is used only once it stands for something (GIF89a specification, appendix F).
 *
 * The decoder doesn't ask, and goes round for ever where a code comes to stand for itself.
 */
function codesAreDefined(bytes: Buffer, codeSize: number): boolean {
  const clear = 1 << codeSize;
  let next = clear + 2;
  let bits = codeSize + 1;
  let first = true;
  for (let at = 0; at + bits <= bytes.length * 8; ) {
    const byte = at >> 3;
    const word = (bytes[byte] as number) | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16);
    const code = (word >> (at & 7)) & ((1 << bits) - 1);
    at += bits;
    if (code === clear + 1) return true;
    if (code === clear) {
      next = clear + 2;
      bits = codeSize + 1;
      first = true;
      continue;
    }
    if (first ? code > clear : code > next) return false;
    if (!first && next < 4096 && ++next >= 1 << bits && bits < 12) bits++;
    first = false;
  }
  return true;
}

/** The bytes of the sub-blocks that start here, up to the empty one. */
function blocksAt(data: Buffer, start: number): Buffer {
  const blocks: Buffer[] = [];
  let at = start;
  for (let length = data[at] ?? 0; length > 0; length = data[at] ?? 0) {
    blocks.push(data.subarray(at + 1, at + 1 + length));
    at += length + 1;
  }
  return Buffer.concat(blocks);
}

/** Where the first picture's description starts, extensions passed over. */
function firstPicture(data: Buffer): number | undefined {
  const flags = data.readUInt8(10);
  let at = 13 + (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  while (at < data.length && data[at] === 0x21) {
    at += 2;
    for (let length = data.readUInt8(at); length > 0; length = data.readUInt8(at)) at += length + 1;
    at++;
  }
  return data[at] === 0x2c ? at : undefined;
}

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
  const pixels = pixelsIn(blocksAt(data, codes + 1), codeSize);
  if (pixels === undefined)
    throw new VitlabError("is a GIF file with codes that it doesn't define: it is damaged, get a whole copy of it");
  const asked = data.readUInt16LE(picture + 5) * data.readUInt16LE(picture + 7);
  // The decoder would go on, and say so in the middle of what a command prints.
  if (pixels !== asked)
    throw new VitlabError(`is a GIF file with ${pixels} pixels in place of ${asked}: get a whole copy of it`);
}

/**
 * How many pixels LZW codes stand for; undefined where one is used before it stands for something (GIF89a specification,
 * appendix F).
 *
 * The decoder doesn't ask, and goes round for ever where a code comes to stand for itself.
 */
function pixelsIn(bytes: Buffer, codeSize: number): number | undefined {
  const clear = 1 << codeSize;
  const lengths = new Uint16Array(4096).fill(1);
  let next = clear + 2;
  let bits = codeSize + 1;
  let before: number | undefined;
  let pixels = 0;
  for (let at = 0; at + bits <= bytes.length * 8; ) {
    const byte = at >> 3;
    const word = (bytes[byte] as number) | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16);
    const code = (word >> (at & 7)) & ((1 << bits) - 1);
    at += bits;
    if (code === clear + 1) break;
    if (code === clear) {
      next = clear + 2;
      bits = codeSize + 1;
      before = undefined;
      continue;
    }
    if (before === undefined ? code > clear : code > next) return undefined;
    if (before !== undefined && next < 4096) {
      lengths[next] = (lengths[before] as number) + 1;
      if (++next >= 1 << bits && bits < 12) bits++;
    }
    pixels += lengths[code] as number;
    before = code;
  }
  return pixels;
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

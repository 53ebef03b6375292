import { VitlabError } from "../../base/error";
import type { EncodedPicture } from "./encoded-picture";
import { checkSize } from "./limits";

// Four channels as decoded, the first picture's own bytes, three channels returned.
const BYTES_PER_PIXEL = 9.5;
const TRANSPARENT = 1;

/**
 * A GIF, of which the first picture is read.
 *
 * @throws VitlabError when it is too large, its first picture isn't whole, or sticks out of the screen.
 */
export function openGif(data: Buffer, megapixels: number): EncodedPicture {
  const width = data.readUInt16LE(6);
  const height = data.readUInt16LE(8);
  checkSize(width, height, { bytesPerPixel: BYTES_PER_PIXEL, file: data.length, megapixels });
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
  // The decoder would show what there is.
  if (pixels !== asked)
    throw new VitlabError(`is a GIF file with ${pixels} pixels in place of ${asked}: get a whole copy of it`);
  return { data, orientation: 1, background: backgroundOf(data, picture) };
}

/** What Pillow shows beside a picture smaller than its screen: the first of its colors, where none is transparent. */
function backgroundOf(data: Buffer, picture: number): string | undefined {
  const own = (data.readUInt8(picture + 9) & 0x80) !== 0;
  const common = (data.readUInt8(10) & 0x80) !== 0;
  // The extension that goes before a picture says whether a color is transparent.
  const control = picture - 8;
  const isControl = data.readUInt8(control) === 0x21 && data.readUInt8(control + 1) === 0xf9;
  if ((isControl && data.readUInt8(control + 3) & TRANSPARENT) || (!own && !common)) return undefined;
  return `#${data.toString("hex", own ? picture + 10 : 13, own ? picture + 13 : 16)}`;
}

/**
 * How many pixels LZW codes stand for; undefined where one is used before it stands for something (GIF89a specification,
 * appendix F).
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

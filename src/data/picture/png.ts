import zlib from "node:zlib";
import { VitlabError } from "../../base/error";
import { type EncodedPicture, keepParts } from "./encoded-picture";
import { inflatedLength } from "./inflate";
import { checkSize } from "./limits";
import { orientationOf } from "./orientation";

// Four channels as decoded, three returned, a part that is copied; interlaced, all channels once more, of 16 bits twice.
const BYTES_PER_PIXEL = 8.5;
const BYTES_INTERLACED = 9.3;
const BYTES_INTERLACED_16 = 13;
// Samples a pixel, by color type.
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
// The chunks that say which color each pixel has. Profiles and gamma would change it, which Pillow doesn't let them.
const KEPT = ["IHDR", "PLTE", "tRNS", "IDAT"];
const END_CHUNK = Buffer.from([0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);
// Where each of the seven passes of an interlaced picture starts, and its steps: column, row, across, down.
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const MOST_TEXT = 2 ** 20;

/**
 * A PNG with nothing but its pixels' data, its orientation beside it; of an animated one the picture that is shown where
 * animation isn't known.
 *
 * @throws VitlabError when it is cut off, damaged, or too large.
 */
export async function openPng(data: Buffer, megapixels: number): Promise<EncodedPicture> {
  if (data.toString("latin1", 12, 16) !== "IHDR")
    throw new VitlabError("is a PNG file without a header: it is damaged, get a whole copy of it");
  const header = readHeader(data);
  const interlaced = data.readUInt8(24) === 16 ? BYTES_INTERLACED_16 : BYTES_INTERLACED;
  const bytesPerPixel = header.interlaced ? interlaced : BYTES_PER_PIXEL;
  checkSize(header.width, header.height, { bytesPerPixel, file: data.length, megapixels });
  const kept: [number, number][] = [[0, 8]];
  const pixels: Buffer[] = [];
  let exif: Buffer | undefined;
  let profile: Buffer | undefined;
  let xmp: Buffer | undefined;
  for (let at = 8; at + 12 <= data.length; ) {
    const length = data.readUInt32BE(at);
    const type = data.toString("latin1", at + 4, at + 8);
    const end = at + 12 + length;
    if (end > data.length) throw new VitlabError("is a PNG file that is cut off: get a whole copy of it");
    if (type === "IEND") break;
    const content = data.subarray(at + 8, end - 4);
    if (KEPT.includes(type)) {
      if (zlib.crc32(data.subarray(at + 4, end - 4)) !== data.readUInt32BE(end - 4))
        throw new VitlabError(`is a PNG file whose ${type} part is damaged: get a whole copy of it`);
      kept.push([at, end]);
      if (type === "IDAT") pixels.push(content);
    } else if (type === "eXIf") exif = content;
    else if (isText(content, "Raw profile type exif")) profile = rawProfile(type, content);
    else if (isText(content, "XML:com.adobe.xmp")) xmp = internationalText(content);
    at = end;
  }
  await checkPixels(pixels, header);
  const orientation = orientationOf({ exif: exif ?? profile, xmp });
  // Where the end is missing nothing else need be.
  return { data: Buffer.concat([keepParts(data, kept), END_CHUNK]), orientation };
}

interface Header {
  width: number;
  height: number;
  bits: number;
  interlaced: boolean;
}

function readHeader(data: Buffer): Header {
  const color = data.readUInt8(25);
  return {
    width: data.readUInt32BE(16),
    height: data.readUInt32BE(20),
    bits: data.readUInt8(24) * (SAMPLES[color] ?? 4),
    interlaced: data.readUInt8(28) !== 0,
  };
}

/** The decoder shows what there is, and leaves the rest white: here it is seen whether all is there. */
async function checkPixels(parts: readonly Buffer[], header: Header): Promise<void> {
  const expected = storedBytes(header);
  const found = await inflatedLength(parts, expected);
  if (found === "damaged")
    throw new VitlabError("is a PNG file whose pixels can't be unpacked: it is damaged, get a whole copy of it");
  if (found < expected) throw new VitlabError("is a PNG file that is cut off: get a whole copy of it");
}

/** The bytes of all rows, each with the one that names its filter. */
function storedBytes({ width, height, bits, interlaced }: Header): number {
  const rows = (columns: number, count: number) => (columns === 0 ? 0 : count * (Math.ceil((columns * bits) / 8) + 1));
  if (!interlaced) return rows(width, height);
  return PASSES.reduce(
    (sum, [left, top, across, down]) =>
      sum + rows(Math.ceil(Math.max(0, width - left) / across), Math.ceil(Math.max(0, height - top) / down)),
    0,
  );
}

function isText(content: Buffer, keyword: string): boolean {
  return content.toString("latin1", 0, keyword.length + 1) === `${keyword}\0`;
}

/** EXIF as ImageMagick writes it: a line with its name, one with its length, then hexadecimal digits. */
function rawProfile(type: string, content: Buffer): Buffer | undefined {
  const start = content.indexOf(0) + 1;
  const text = type === "zTXt" ? inflated(content.subarray(start + 1)) : content.subarray(start);
  return text && Buffer.from(text.toString("latin1").split("\n").slice(3).join(""), "hex");
}

/** What an iTXt chunk says: keyword, two bytes on compression, language, keyword translated, text. */
function internationalText(content: Buffer): Buffer | undefined {
  const flags = content.indexOf(0) + 1;
  const language = content.indexOf(0, flags + 2);
  const start = content.indexOf(0, language + 1) + 1;
  if (language < 0 || start === 0) return undefined;
  return content[flags] === 1 ? inflated(content.subarray(start)) : content.subarray(start);
}

function inflated(data: Buffer): Buffer | undefined {
  try {
    return zlib.inflateSync(data, { maxOutputLength: MOST_TEXT });
  } catch {
    // Text that can't be unpacked turns no picture.
    return undefined;
  }
}

import { VitlabError } from "../../base/error";
import { av1Sides } from "./av1-sides";
import { type Box, boxesIn, itemsOf } from "./avif-boxes";
import type { EncodedPicture } from "./encoded-picture";
import { checkSize, type SizeLimits } from "./limits";

// Measured: planes, sixteen bits a channel, four channels returned.
const BYTES_PER_PIXEL = 19;
// Flags twelve_bit, chroma_subsampling_x and chroma_subsampling_y of an AV1 configuration.
const TWELVE_BITS_420 = 0b00101100;
// Numbers of ITU-T H.273.
const SRGB_PRIMARIES = 1;
const SRGB_TRANSFER = 13;

/**
 * An AVIF without its profile; the decoder itself turns it, as its own boxes say, to which Pillow keeps too.
 *
 * @throws VitlabError when it is cut off, or too large.
 */
export function openAvif(data: Buffer, megapixels: number): EncodedPicture {
  const limits = { bytesPerPixel: BYTES_PER_PIXEL, file: data.length, megapixels };
  let hasSize = false;
  for (const box of boxesIn(data, 0, data.length)) {
    if (box.type !== "meta" && box.type !== "moov") continue;
    checkDepth(data, box);
    hasSize = checkSides(data, box, limits) || hasSize;
    dropProfiles(data, box);
    if (box.type === "meta") for (const item of itemsOf(data, box)) checkStream(item, limits);
    else for (const at of namesIn(data, "stco", box)) checkStream(data.subarray(data.readUInt32BE(at + 12)), limits);
  }
  if (!hasSize)
    throw new VitlabError("is an AVIF file that doesn't say how large it is: it is damaged, get a whole copy of it");
  return { data, orientation: 1 };
}

/** Refuses pictures that are larger than the file around them says. */
function checkStream(stream: Buffer, limits: SizeLimits): void {
  for (const [width, height] of av1Sides(stream)) checkSize(width, height, limits);
}

/** Refuses what the decoder gets wrong without a word: 12 bits with chroma halved in both directions (AV1 ISOBMFF, 2.3.3). */
function checkDepth(data: Buffer, box: Box): void {
  for (const at of namesIn(data, "av1C", box))
    if ((data.readUInt8(at + 6) & TWELVE_BITS_420) === TWELVE_BITS_420)
      throw new VitlabError(
        "is an AVIF file of a kind that isn't read (12 bits a color, 4:2:0): save it as PNG, or as AVIF of 8 bits",
      );
}

/** Whether there are boxes of width and height; each within the limit, since any of them may be decoded. */
function checkSides(data: Buffer, box: Box, limits: SizeLimits): boolean {
  let found = false;
  for (const at of namesIn(data, "ispe", box)) {
    checkSize(data.readUInt32BE(at + 8), data.readUInt32BE(at + 12), limits);
    found = true;
  }
  return found;
}

/**
 * Color boxes with a profile get a name that no decoder knows; their number stays, by which others are referred to. Those
 * that name primaries and a transfer curve name sRGB's; how colors are made of luma and chroma stays.
 */
function dropProfiles(data: Buffer, box: Box): void {
  for (const at of namesIn(data, "colr", box)) {
    const kind = data.toString("latin1", at + 4, at + 8);
    if (kind === "prof" || kind === "rICC") data.write("free", at, "latin1");
    if (kind !== "nclx") continue;
    data.writeUInt16BE(SRGB_PRIMARIES, at + 8);
    data.writeUInt16BE(SRGB_TRANSFER, at + 10);
  }
}

/** Where a box's name stands. */
function* namesIn(data: Buffer, name: string, { start, end }: Box): Generator<number, void, undefined> {
  for (let at = data.indexOf(name, start, "latin1"); at >= 0 && at < end; at = data.indexOf(name, at + 4, "latin1"))
    yield at;
}

import { VitlabError } from "../../tensor/error";
import { checkSize, MOST_MEMORY } from "./limits";

// A block of 64 coefficients is an array of its own: 256 bytes and what an object costs.
const BYTES_PER_BLOCK = 400;
// Components as decoded, four channels, the same turned as EXIF says, three channels.
const BYTES_PER_PIXEL = 12;
// Progressive pictures have about ten; each is a way through the whole picture, however few bytes it has.
const MOST_SCANS = 100;
const MOST_PIXELS_IN_SCANS = 1e9;

/** Refuses a JPEG that is too large, or that has more scans than a picture needs. */
export function checkJpeg(data: Buffer): void {
  let pixels = 0;
  let scans = 0;
  // Every place where a marker could be, also inside of others: the decoder finds its own way through damaged files.
  for (let at = data.indexOf(0xff, 2); at >= 0 && at + 1 < data.length; at = data.indexOf(0xff, at + 1)) {
    const marker = data[at + 1] as number;
    if (marker >= 0xc0 && marker <= 0xc2 && isFrame(data, at)) pixels = Math.max(pixels, checkFrame(data, at));
    if (marker === 0xda) scans++;
  }
  if (scans > MOST_SCANS || scans * pixels > MOST_PIXELS_IN_SCANS)
    throw new VitlabError(
      `goes over its ${(pixels / 1e6).toFixed(1)} megapixels ${scans} times: that is no picture, or it is damaged; get a whole copy of it`,
    );
}

/** Length, precision and count of components fit each other: chance bytes of a picture's data rarely do. */
function isFrame(data: Buffer, at: number): boolean {
  if (at + 10 > data.length) return false;
  const components = data.readUInt8(at + 9);
  return data.readUInt16BE(at + 2) === 8 + 3 * components && data.readUInt8(at + 4) === 8;
}

function checkFrame(data: Buffer, at: number): number {
  const height = data.readUInt16BE(at + 5);
  const width = data.readUInt16BE(at + 7);
  const count = data.readUInt8(at + 9);
  checkSize(width, height, BYTES_PER_PIXEL);
  const factors = Array.from({ length: count }, (_, i) => data.readUInt8(at + 11 + 3 * i));
  const across = Math.max(...factors.map((factor) => factor >> 4));
  const down = Math.max(...factors.map((factor) => factor & 15));
  const units = Math.ceil(width / 8 / across) * Math.ceil(height / 8 / down);
  const blocks = factors.reduce((sum, factor) => sum + units * (factor >> 4) * (factor & 15), 0);
  // Not a number where a sampling factor is 0.
  if (!(blocks * BYTES_PER_BLOCK + width * height * BYTES_PER_PIXEL <= MOST_MEMORY))
    throw new VitlabError(
      `claims to be ${height}x${width} pixels large with ${count} components, more than can be read: make it smaller first, or get a whole copy where it is damaged`,
    );
  return width * height;
}

import { VitlabError } from "../../base/error";
import { type EncodedPicture, keepParts } from "./encoded-picture";
import { checkSize } from "./limits";
import { orientationOf } from "./orientation";

// Four channels as decoded, as many while they are without loss; later three returned.
const BYTES_PER_PIXEL = 9;
// Profile and flags of what is left out (WebP container specification, extended file format).
const PROFILE_FLAG = 0x20;
const EXIF_FLAG = 0x08;
const XMP_FLAG = 0x04;

/**
 * A WebP without its profile and its EXIF, its orientation beside it.
 *
 * @throws VitlabError when it is cut off, or too large.
 */
export function openWebp(data: Buffer, megapixels: number): EncodedPicture {
  const size = 8 + data.readUInt32LE(4);
  if (size > data.length) throw cutOff();
  const kept: [number, number][] = [[0, 12]];
  let exif: Buffer | undefined;
  let xmp: Buffer | undefined;
  let hasPicture = false;
  for (let at = 12; at + 8 <= size; ) {
    const type = data.toString("latin1", at, at + 4);
    const length = data.readUInt32LE(at + 4);
    const content = data.subarray(at + 8, at + 8 + length);
    // Parts are of even length.
    const end = Math.min(at + 8 + length + (length % 2), size);
    if (at + 8 + length > size) throw cutOff();
    if (type === "VP8X") data.writeUInt8(content.readUInt8(0) & ~(PROFILE_FLAG | EXIF_FLAG | XMP_FLAG), at + 8);
    const sides = sidesOf(type, content);
    if (sides) checkSize(...sides, { bytesPerPixel: BYTES_PER_PIXEL, file: data.length, megapixels });
    if (type === "VP8 " || type === "VP8L" || type === "ANMF") hasPicture = true;
    if (type === "EXIF") exif = content;
    else if (type === "XMP ") xmp = content;
    else if (type !== "ICCP") kept.push([at, end]);
    at = end;
  }
  if (!hasPicture) throw new VitlabError("is a WebP file without a picture: it is damaged, get a whole copy of it");
  const orientation = orientationOf({ exif, xmp });
  const bare = keepParts(data, kept);
  bare.writeUInt32LE(bare.length - 8, 4);
  return { data: bare, orientation };
}

/** Width and height that a part claims; undefined where it tells none. */
function sidesOf(type: string, content: Buffer): [width: number, height: number] | undefined {
  if (type === "VP8X") return [content.readUIntLE(4, 3) + 1, content.readUIntLE(7, 3) + 1];
  if (type === "ANMF") return [content.readUIntLE(6, 3) + 1, content.readUIntLE(9, 3) + 1];
  if (type === "VP8 ") return [content.readUInt16LE(6) & 0x3fff, content.readUInt16LE(8) & 0x3fff];
  if (type !== "VP8L") return undefined;
  const bits = content.readUInt32LE(1);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}

function cutOff(): VitlabError {
  return new VitlabError("is a WebP file that is cut off: get a whole copy of it");
}

import { VitlabError } from "../../base/error";
import type { EncodedPicture } from "./encoded-picture";
import { checkSize } from "./limits";

// Four channels as decoded, three returned, a part that is copied.
const BYTES_PER_PIXEL = 8.5;
const UNPACKED: readonly number[] = [0, 3, 6];
const NAMES: Readonly<Record<number, string>> = {
  1: "run lengths",
  2: "run lengths",
  4: "JPEG inside",
  5: "PNG inside",
};

/**
 * A BMP, found whole.
 *
 * @throws VitlabError when it is cut off, too large, or packed.
 */
export function openBitmap(data: Buffer, megapixels: number): EncodedPicture {
  // The oldest kind of header has sides of two bytes.
  const old = data.readUInt32LE(14) === 12;
  const width = old ? data.readUInt16LE(18) : data.readInt32LE(18);
  // A negative height says that the top row comes first.
  const height = Math.abs(old ? data.readUInt16LE(20) : data.readInt32LE(22));
  const bits = data.readUInt16LE(old ? 24 : 28);
  const compression = old ? 0 : data.readUInt32LE(30);
  if (!UNPACKED.includes(compression))
    throw new VitlabError(
      `is a BMP file of a kind that isn't read (${NAMES[compression] ?? `compression ${compression}`}): save it as PNG or JPEG`,
    );
  checkSize(width, height, { bytesPerPixel: BYTES_PER_PIXEL, file: data.length, megapixels });
  const row = Math.ceil((width * bits) / 32) * 4;
  if (data.readUInt32LE(10) + row * height > data.length)
    throw new VitlabError("is a BMP file that is cut off: get a whole copy of it");
  return { data, orientation: 1 };
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import zlib from "node:zlib";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { readImage } from "../../src/data/image-file";
import { damagedBytes } from "./damaged-bytes";
import { fuzz, takenLater } from "./fuzz";

const FOLDER = join(__dirname, "..", "goldens", "pictures");
const pictures = [FOLDER, join(FOLDER, "kinds")].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(png|jpg|gif|bmp|tif|webp|avif)$/.test(name))
    .map((name) => readFileSync(join(folder, name))),
);
const files = fc
  .tuple(damagedBytes(fc.constantFrom(...pictures)), fc.boolean())
  .map(([bytes, isSummed]) => (isSummed ? summed(bytes) : bytes));

describe("a picture of whatever bytes is refused in a sentence, or comes out whole", () => {
  // Room for the picture alone, as a server sets it; and without a limit, where a header must not ask for gigabytes.
  const limits = fc.constantFrom(0.01, 0.01, 0.01, 1, undefined);

  fuzz("pictures", fc.tuple(files, limits), async ([bytes, megapixels]) => {
    const copy = Buffer.from(bytes);
    const image = await takenLater(() => readImage(bytes, megapixels === undefined ? {} : { megapixels }));
    // The caller's bytes stay as they are.
    expect(bytes.equals(copy)).toBe(true);
    if (!image) return;
    const { width, height, channels, pixels } = image;
    expect(channels).toBe(3);
    expect(pixels.length).toBe(width * height * channels);
    expect(width * height).toBeGreaterThan(0);
    if (megapixels !== undefined) expect(width * height).toBeLessThanOrEqual(megapixels * 1e6);
  });
});

/** A PNG's parts with their checksums made right, else nothing in them would be looked at. */
function summed(bytes: Buffer): Buffer {
  if (bytes.toString("latin1", 1, 4) !== "PNG") return bytes;
  const png = Buffer.from(bytes);
  for (let at = 8; at + 12 <= png.length; ) {
    const end = at + 12 + png.readUInt32BE(at);
    if (end > png.length) break;
    png.writeUInt32BE(zlib.crc32(png.subarray(at + 4, end - 4)), end - 4);
    at = end;
  }
  return png;
}

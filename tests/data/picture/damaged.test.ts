import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { VitlabError } from "../../../src/base/error";
import { Random } from "../../../src/base/random";
import { readImage } from "../../../src/data/image-file";
import { temporaryFolder } from "../helpers";

const pictures = path.join(__dirname, "..", "..", "goldens", "pictures");
const MUTATIONS_EACH = 700;

async function read(name: string, data: Uint8Array) {
  const file = path.join(temporaryFolder(), name);
  writeFileSync(file, data);
  return readImage(file);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, "latin1");
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

/** The checksum of PNG chunks, bit by bit (PNG specification, annex D). */
function crc32(data: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A color PNG that claims a size and holds the data given. */
function png(width: number, height: number, data: Buffer, { interlaced = false } = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, interlaced ? 1 : 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    pngChunk("IHDR", header),
    pngChunk("IDAT", zlib.deflateSync(data)),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A JPEG whose frame claims another size. */
function jpegOfSize(width: number, height: number, name = "baseline.jpg"): Buffer {
  const data = Buffer.from(readFileSync(path.join(pictures, name)));
  const frame = data.indexOf(Buffer.from([0xff, name === "progressive.jpg" ? 0xc2 : 0xc0]));
  data.writeUInt16BE(height, frame + 5);
  data.writeUInt16BE(width, frame + 7);
  return data;
}

/** A TIFF of 4x4 gray pixels; `fields` replaces what it says, `next` is where the next page is said to be. */
function tiff(fields: Record<number, number> = {}, next = 0): Buffer {
  const all = { 256: 4, 257: 4, 258: 8, 259: 1, 262: 1, 273: 200, 277: 1, 278: 4, 279: 16, ...fields };
  const data = Buffer.alloc(216, 77);
  data.write("II*\0", 0, "latin1");
  data.writeUInt32LE(8, 4);
  data.writeUInt16LE(Object.keys(all).length, 8);
  let at = 10;
  for (const [tag, value] of Object.entries(all)) {
    data.writeUInt16LE(Number(tag), at);
    data.writeUInt16LE(4, at + 2);
    data.writeUInt32LE(1, at + 4);
    data.writeUInt32LE(value, at + 8);
    at += 12;
  }
  data.writeUInt32LE(next, at);
  return data;
}

describe("readImage", () => {
  it.each(["plain.png", "palette.png", "baseline.jpg", "progressive.jpg", "grey.jpg", "turned.jpg"])(
    "reads %s",
    async (name) => {
      const image = await readImage(path.join(pictures, name));
      expect([image.height, image.width, image.channels]).toEqual([32, 32, 3]);
    },
  );

  it("reads an interlaced PNG", async () => {
    const image = await read("interlaced.png", png(1, 1, Buffer.of(0, 10, 20, 30), { interlaced: true }));
    expect([...image.pixels]).toEqual([10, 20, 30]);
  });

  it("reads a TIFF, and of several pages the first, also where they go round in a ring", async () => {
    for (const next of [0, 8])
      expect([...(await read("page.tif", tiff({}, next))).pixels.slice(0, 3)]).toEqual([77, 77, 77]);
  });
});

describe("readImage reads", () => {
  it("an interlaced PNG that unpacks to more than its size, no further than that", async () => {
    const image = await read("x.png", png(8, 8, Buffer.alloc(20e6), { interlaced: true }));
    expect([image.height, image.width]).toEqual([8, 8]);
  });
});

describe("readImage refuses before it decodes", () => {
  const refused: [string, string, Buffer, RegExp][] = [
    [
      "a small PNG that claims 100,000x100,000 pixels",
      "x.png",
      png(100_000, 100_000, Buffer.alloc(10)),
      /x\.png claims to be 100000x100000 pixels large, and pictures of its kind are read up to 147 megapixels: make it smaller first, or get a whole copy where it is damaged$/,
    ],
    [
      "a PNG that claims more than its bytes can hold",
      "x.png",
      png(4000, 4000, Buffer.alloc(10)),
      /x\.png is a PNG file that is cut off: get a whole copy of it$/,
    ],
    [
      "a PNG without a side",
      "x.png",
      png(0, 5, Buffer.alloc(10)),
      /x\.png claims to be 5x0 pixels large: it is damaged/,
    ],
    [
      "a JPEG that claims 65,000x65,000 pixels",
      "x.jpg",
      jpegOfSize(65_000, 65_000),
      /x\.jpg claims to be 65000x65000 pixels large, and pictures of its kind are read up to 147 megapixels/,
    ],
    [
      "a JPEG that holds less than its size needs",
      "x.jpg",
      jpegOfSize(7000, 7000),
      /x\.jpg is a JPEG file that is cut off: get a whole copy of it$/,
    ],
    [
      "a progressive JPEG whose coefficients take too much",
      "x.jpg",
      jpegOfSize(20_000, 12_000, "progressive.jpg"),
      /x\.jpg claims to be 12000x20000 pixels large, and pictures of its kind are read up to \d+ megapixels: make it/,
    ],
    [
      "a JPEG of scans without end",
      "x.jpg",
      Buffer.concat([
        readFileSync(path.join(pictures, "progressive.jpg")).subarray(0, -2),
        Buffer.concat(new Array(200).fill(Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0]))),
        Buffer.of(0xff, 0xd9),
      ]),
      /x\.jpg goes over its 0\.0 megapixels \d+ times: that is no picture, or it is damaged; get a whole copy of it$/,
    ],
    [
      "a GIF as large as the format allows",
      "x.gif",
      Buffer.concat([Buffer.from("GIF89a\xff\xff\xff\xff\0\0\0", "latin1"), Buffer.alloc(20)]),
      /x\.gif claims to be 65535x65535 pixels large/,
    ],
    [
      "a GIF whose picture sticks out of it",
      "x.gif",
      Buffer.from("GIF89a\x02\0\x02\0\0\0\0\x2c\0\0\0\0\x03\0\x01\0\0\x02\0\0", "latin1"),
      /x\.gif is a GIF file whose first picture sticks out of it/,
    ],
    [
      "a GIF whose codes have no size that the format knows",
      "x.gif",
      Buffer.from("GIF89a\x02\0\x02\0\0\0\0\x2c\0\0\0\0\x02\0\x02\0\0\x1f\x02\x44\x01\0", "latin1"),
      /x\.gif is a GIF file with codes of 31 bits: it is damaged, get a whole copy of it$/,
    ],
    [
      "a GIF whose codes stand for nothing",
      "x.gif",
      Buffer.from("GIF89a\x02\0\x02\0\0\0\0\x2c\0\0\0\0\x02\0\x02\0\0\x02\x02\xf4\x7f\0", "latin1"),
      /x\.gif is a GIF file with codes that it doesn't define: it is damaged, get a whole copy of it$/,
    ],
    [
      "a GIF with too few pixels",
      "x.gif",
      Buffer.from("GIF89a\x02\0\x02\0\0\0\0\x2c\0\0\0\0\x02\0\x02\0\0\x02\x02\x04\x0a\0", "latin1"),
      /x\.gif is a GIF file with 2 pixels in place of 4: get a whole copy of it$/,
    ],
    [
      "a GIF with too many pixels",
      "x.gif",
      Buffer.from("GIF89a\x02\0\x02\0\0\0\0\x2c\0\0\0\0\x02\0\x02\0\0\x02\x03\x04\0\x50\0", "latin1"),
      /x\.gif is a GIF file with 5 pixels in place of 4: get a whole copy of it$/,
    ],
    [
      "a BMP of 2 gigapixels",
      "x.bmp",
      (() => {
        const data = Buffer.alloc(60);
        data.write("BM");
        data.writeUInt32LE(40, 14);
        data.writeInt32LE(50_000, 18);
        data.writeInt32LE(-40_000, 22);
        return data;
      })(),
      /x\.bmp claims to be 40000x50000 pixels large/,
    ],
    [
      "a TIFF of 10 gigapixels",
      "x.tif",
      tiff({ 256: 100_000, 257: 100_000 }),
      /x\.tif claims to be 100000x100000 pixels/,
    ],
    [
      "a TIFF whose data lie outside",
      "x.tif",
      tiff({ 279: 4e9 }),
      /x\.tif is a TIFF file that is cut off: get a whole copy of it$/,
    ],
    [
      "a TIFF with fewer strips than rows",
      "x.tif",
      tiff({ 278: 1 }),
      /x\.tif is a TIFF file whose parts lie outside of it: it is damaged, get a whole copy of it$/,
    ],
    [
      "a TIFF in tiles of 4 gigapixels",
      "x.tif",
      tiff({ 322: 65_536, 323: 65_536, 324: 200, 325: 16 }),
      /x\.tif claims to be 4x4 pixels large in parts of 65536x65536: it is damaged, get a whole copy of it$/,
    ],
    [
      "a TIFF whose LZW codes stand for nothing",
      "x.tif",
      tiff({ 259: 5 }),
      /x\.tif is a TIFF file with codes that it doesn't define: it is damaged, get a whole copy of it$/,
    ],
    [
      "a header that is cut off",
      "x.bmp",
      Buffer.from("BM1234"),
      /x\.bmp is a BMP file that is cut off: get a whole copy of it$/,
    ],
  ];

  it.each(refused)("%s", async (_, name, data, message) => {
    const reading = read(name, data);
    await expect(reading).rejects.toThrow(VitlabError);
    await expect(reading).rejects.toThrow(message);
  });
});

/** A few bytes changed, put in, cut out or doubled; sometimes the end is missing. */
function mutate(data: Buffer, random: Random): Buffer {
  let mutated = Buffer.from(data);
  for (let change = random.integer(4); change >= 0; change--) {
    const at = random.integer(mutated.length);
    const kind = random.integer(6);
    const some = random.integer(16) + 1;
    if (kind <= 2) mutated[at] = [0, 0xff, random.integer(256)][kind] as number;
    else if (kind === 3) mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(at + some)]);
    else if (kind === 4) mutated = Buffer.concat([mutated.subarray(0, at + some), mutated.subarray(at)]);
    else if (random.integer(4) === 0) mutated = mutated.subarray(0, at + 1);
    if (mutated.length === 0) return Buffer.of(0);
  }
  return mutated;
}

/** Changed chunks with their checksums put right again, so that a decoder looks at them. */
function withChecksums(data: Buffer): Buffer {
  for (let at = 8; at + 12 <= data.length; ) {
    const end = at + 8 + data.readUInt32BE(at);
    if (end + 4 > data.length) break;
    data.writeUInt32BE(crc32(data.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return data;
}

describe("readImage of a damaged file", () => {
  const names = ["plain.png", "palette.png", "baseline.jpg", "progressive.jpg", "grey.jpg", "turned.jpg"];
  const kinds = ["png_interlaced_rgb_16.png", "jpeg_ycck.jpg", "webp_lossy.webp", "webp_clear_lossless.webp"];
  const more = ["avif_420.avif", "avif_clear.avif", "gif_animated.gif", "bmp_palette.bmp", "tiff_lzw_predictor.tif"];

  it.each([...names, ...[...kinds, ...more, "tiff_tiled_planar.tif"].map((name) => `kinds/${name}`)])(
    `gives a picture or one sentence, and takes less than 1.5 GB: ${MUTATIONS_EACH} of %s`,
    async (name) => {
      const whole = readFileSync(path.join(pictures, name));
      const random = new Random(2024, name.length, whole.length);
      const file = path.join(temporaryFolder(), path.basename(name));
      let pictured = 0;
      for (let i = 0; i < MUTATIONS_EACH; i++) {
        const damaged = mutate(whole, random);
        writeFileSync(file, name.endsWith("png") && i % 4 > 0 ? withChecksums(damaged) : damaged);
        try {
          const { width, height, pixels } = await readImage(file);
          expect(pixels.length).toBe(width * height * 3);
          pictured++;
        } catch (error) {
          expect(error, String((error as Error).stack)).toBeInstanceOf(VitlabError);
          expect((error as Error).message).toMatch(/^[^\n]+$/);
        }
      }
      // Both happen, so that neither half of the test is empty.
      expect(pictured).toBeGreaterThan(0);
      expect(pictured).toBeLessThan(MUTATIONS_EACH);
      expect(process.resourceUsage().maxRSS * 1024).toBeLessThan(1.5e9);
    },
  );
});

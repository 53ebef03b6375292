import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { VitlabError } from "../../../src/base/error";
import { readImage } from "../../../src/data/image-file";
import { temporaryFolder } from "../helpers";

const goldens = path.join(__dirname, "..", "..", "goldens", "pictures");
const names = readdirSync(path.join(goldens, "kinds"));

/** Kinds that aren't equal to Pillow 13 to the byte, and by how many of 256 levels they may differ. */
const LEVELS: Readonly<Record<string, number>> = {
  "avif_10_bits.avif": 3,
  "avif_10_bits_444.avif": 1,
  "avif_clear.avif": 1,
  "avif_clear_444.avif": 1,
  "bmp_555.bmp": 1,
  "bmp_565.bmp": 1,
  "tiff_associated_alpha.tif": 1,
  "webp_clear.webp": 1,
  "webp_clear_lossless.webp": 1,
  "webp_clear_profile.webp": 1,
};

/** Kinds that Pillow reads and vitlab doesn't, and what they are called. */
const REFUSED: Readonly<Record<string, string>> = {
  "bmp_rle.bmp": "is a BMP file of a kind that isn't read (run lengths): save it as PNG or JPEG",
  "tiff_bigtiff.tif": "is a TIFF file of a kind that isn't read (BigTIFF): save it as PNG or JPEG",
  "tiff_fax.tif": "is a TIFF file of a kind that isn't read (fax compression): save it as PNG or JPEG",
  "tiff_float.tif": "is a TIFF file of a kind that isn't read (floating-point numbers): save it as PNG or JPEG",
  "tiff_jpeg.tif": "is a TIFF file of a kind that isn't read (JPEG inside): save it as PNG or JPEG",
  "tiff_lab.tif": "is a TIFF file of a kind that isn't read (Lab colors): save it as PNG or JPEG",
};

/** What Pillow makes of a picture; see tests/goldens/pictures/make.py. */
function pillow(name: string): { height: number; width: number; pixels: Buffer } {
  const { alike } = JSON.parse(readFileSync(path.join(goldens, "expected.json"), "utf8"));
  const file = readFileSync(path.join(goldens, "expected.safetensors"));
  const start = 8 + Number(file.readBigUInt64LE(0));
  const { shape, data_offsets } = JSON.parse(file.toString("utf8", 8, start))[alike[name] ?? name];
  return {
    height: shape[0],
    width: shape[1],
    pixels: file.subarray(start + data_offsets[0], start + data_offsets[1]),
  };
}

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}

const isRead = (name: string) => !Object.hasOwn(REFUSED, name);

describe("readImage gives what Pillow 13 gives", () => {
  it.each(names.filter((name) => isRead(name) && !LEVELS[name]))("to the byte: %s", async (name) => {
    const expected = pillow(name);
    const { height, width, channels, pixels } = await readImage(path.join(goldens, "kinds", name));
    expect([height, width, channels]).toEqual([expected.height, expected.width, 3]);
    expect(
      Buffer.from(pixels).equals(expected.pixels),
      `levels off: ${largestDifference(pixels, expected.pixels)}`,
    ).toBe(true);
  });

  it.each(Object.entries(LEVELS))("%s: to %d of 256 levels", async (name, levels) => {
    const expected = pillow(name);
    const { height, width, pixels } = await readImage(path.join(goldens, "kinds", name));
    expect([height, width]).toEqual([expected.height, expected.width]);
    expect(largestDifference(pixels, expected.pixels)).toBeLessThanOrEqual(levels);
  });

  it("whatever the file is called", async () => {
    for (const name of ["webp_lossy.webp", "avif_420.avif", "png_rgb.png", "tiff_lzw.tif", "gif_plain.gif"]) {
      const file = path.join(temporaryFolder(), "photo.jpg");
      copyFileSync(path.join(goldens, "kinds", name), file);
      expect(Buffer.from((await readImage(file)).pixels).equals(pillow(name).pixels), name).toBe(true);
    }
  });
});

describe("readImage of bytes", () => {
  it.each(names.filter(isRead))("gives what it gives of the file, and leaves them as they are: %s", async (name) => {
    const file = path.join(goldens, "kinds", name);
    const bytes = readFileSync(file);
    expect(await readImage(bytes)).toEqual(await readImage(file));
    expect(bytes.equals(readFileSync(file))).toBe(true);
  });

  it.each(names.filter(isRead))("refuses by its header what is larger than asked for: %s", async (name) => {
    const asked = readImage(readFileSync(path.join(goldens, "kinds", name)), { megapixels: 1e-7 });
    await expect(asked).rejects.toThrow(
      /^the picture claims to be \S+ pixels large, and pictures of up to 1e-7 megapixels are /,
    );
  });
});

describe("readImage refuses by its kind", () => {
  it.each(Object.entries(REFUSED))("%s", async (name, message) => {
    const file = path.join(goldens, "kinds", name);
    await expect(readImage(file)).rejects.toThrow(new VitlabError(`${file} ${message}`));
  });

  const others: [string, string][] = [
    ["HEIC", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
    ["HEIC", "\0\0\0\x18ftypmif1\0\0\0\0mif1heic"],
    ["a JPEG XL picture", "\xff\x0a\xfa\x1f"],
    ["a JPEG XL picture", "\0\0\0\x0cJXL \r\n\x87\n"],
    ["a JPEG 2000 picture", "\0\0\0\x0cjP  \r\n\x87\n"],
    ["a Photoshop document (PSD)", "8BPS\0\x01"],
    ["an SVG drawing", '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ["an SVG drawing", '\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn -->\n<svg/>'],
    ["a PDF document", "%PDF-1.7"],
    ["a video", "\0\0\0\x18ftypisom\0\0\0\0isommp42"],
    ["a page of HTML", "<!DOCTYPE html><html><img src='x.svg'></html>"],
    ["a raw photograph", "\0\0\0\x18ftypcrx \0\0\0\0crx isom"],
    ["a DICOM picture", `${"\0".repeat(128)}DICM`],
  ];

  it.each(others)("%s", async (kind, data) => {
    const file = path.join(temporaryFolder(), "photo.jpg");
    writeFileSync(file, Buffer.from(data, "latin1"));
    await expect(readImage(file)).rejects.toThrow(
      new VitlabError(`${file} is ${kind} and can't be read: convert it to PNG or JPEG`),
    );
  });

  it("a JPEG of 12 bits, without loss, or with arithmetic coding", async () => {
    const whole = readFileSync(path.join(goldens, "kinds", "jpeg_420.jpg"));
    const frame = whole.indexOf(Buffer.from([0xff, 0xc0]));
    const file = path.join(temporaryFolder(), "photo.jpg");
    for (const [at, value, kind] of [
      [frame + 4, 12, "12 bits a color"],
      [frame + 1, 0xc3, "lossless"],
      [frame + 1, 0xc9, "arithmetic coding"],
    ] as const) {
      const other = Buffer.from(whole);
      other[at] = value;
      writeFileSync(file, other);
      await expect(readImage(file)).rejects.toThrow(
        new VitlabError(
          `${file} is a JPEG file of a kind that isn't read (${kind}): save it as PNG, or as a JPEG that browsers show`,
        ),
      );
    }
  });
});

describe("readImage of a file that is cut off", () => {
  const cut = ["jpeg_420.jpg", "jpeg_420_progressive.jpg", "jpeg_restart.jpg", "png_rgb.png", "png_interlaced_rgb.png"];
  const more = [
    "webp_lossy.webp",
    "webp_lossless.webp",
    "avif_420.avif",
    "bmp_rgb.bmp",
    "gif_plain.gif",
    "tiff_lzw.tif",
  ];

  // The decoder shows what there is of a picture, and says nothing.
  it.each([...cut, ...more])("never gives the half of it: %s", async (name) => {
    const whole = readFileSync(path.join(goldens, "kinds", name));
    const file = path.join(temporaryFolder(), name);
    // A PNG's end, and a GIF's last block, may be missing; Pillow reads those, too.
    for (const missing of [20, 40, 100, whole.length >> 1]) {
      writeFileSync(file, whole.subarray(0, whole.length - missing));
      await expect(readImage(file), `${missing} bytes`).rejects.toThrow(VitlabError);
    }
  });
});

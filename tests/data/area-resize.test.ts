import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { areaCover, areaResize } from "../../src/data/area-resize";
import type { ByteImage } from "../../src/data/byte-image";

function noise(width: number, height: number, channels = 3): ByteImage {
  const random = new Random(width, height);
  const pixels = Uint8Array.from({ length: width * height * channels }, () => Math.floor(random.float() * 256));
  return { width, height, channels, pixels };
}

/** What Jimp makes of it. */
async function byJimp({ width, height, pixels }: ByteImage, size: { width: number; height: number }) {
  const { Jimp } = await import("jimp");
  const data = Buffer.alloc(width * height * 4, 255);
  for (let i = 0; i < width * height; i++) data.set(pixels.subarray(3 * i, 3 * i + 3), 4 * i);
  const picture = new Jimp({ data, width, height });
  picture.resize({ w: size.width, h: size.height });
  return Uint8Array.from({ length: size.width * size.height * 3 }, (_, i) => {
    return picture.bitmap.data[Math.floor(i / 3) * 4 + (i % 3)] as number;
  });
}

describe("areaResize", () => {
  it.each([
    [50, 40, 32, 32],
    [451, 300, 32, 32],
    [33, 97, 32, 32],
    [17, 5, 40, 90],
    [300, 20, 32, 48],
    [20, 300, 48, 32],
    [40, 40, 40, 13],
    [1, 1, 4, 4],
    [9, 1, 3, 2],
  ])("makes of %ix%i what Jimp makes, %ix%i, to the byte", async (width, height, toWidth, toHeight) => {
    const image = noise(width, height);
    const size = { width: toWidth, height: toHeight };
    expect(areaResize(image, size).pixels).toEqual(await byJimp(image, size));
  });

  it("leaves an image of that size as it is, in bytes of its own", () => {
    const image = noise(4, 3);
    const same = areaResize(image, { width: 4, height: 3 });
    expect(same).toEqual(image);
    expect(same.pixels).not.toBe(image.pixels);
  });

  it("keeps gray gray", () => {
    const gray = { width: 2, height: 1, channels: 1, pixels: Uint8Array.of(10, 20) };
    expect(areaResize(gray, { width: 1, height: 1 })).toEqual({
      width: 1,
      height: 1,
      channels: 1,
      pixels: Uint8Array.of(15),
    });
  });
});

describe("areaCover", () => {
  it("cuts off from the middle what is too much", () => {
    const wide = { width: 4, height: 2, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    expect([...areaCover(wide, { width: 2, height: 2 }).pixels]).toEqual([2, 3, 6, 7]);
  });
});

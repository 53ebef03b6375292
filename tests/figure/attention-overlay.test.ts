import { beforeAll, describe, expect, it } from "vitest";
import { attentionOverlay } from "../../src/figure/attention-overlay";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { decodePng } from "./decode-png";
import { gradientImage, plainImage } from "./images";

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

const image = gradientImage(32);
const even = new Float32Array(64).fill(1 / 64);

describe("attentionOverlay", () => {
  it("draws the image, the overlay and a color bar, and outlines the query", async () => {
    const figure = attentionOverlay(plainImage(8, [100, 100, 100]), [0, 0, 0, 1], {
      patchSize: 4,
      query: 1,
      title: "Head 0",
    });
    expect(figure.text).toBe(
      "Head 0\nimage of 8x8 pixels, 4 patches, query patch 1\nmost on patch 3 (1), uniform would be 0.25; colors from 0 to 1",
    );
    const png = await decodePng(await figure.png());
    const bottom = png.height - 24 - 8;
    expect(png.at(24 + 8, bottom)).toBe("#646464");
    // The overlay's patch 3 is covered with 0.75 of the brightest color.
    expect(png.at(24 + 512 + 28 + 500, bottom)).toBe("#d6d894");
    // Query patch 1 is the upper right one of the image: its outline starts at its left edge.
    const rows = Array.from({ length: 40 }, (_, i) => png.at(24 + 256, 24 + 30 + 60 + i * 2));
    expect(rows).toContain("#cc79a7");
  });

  it("leaves tensors alone", () => {
    const [pixels, weights] = [tf.zeros([32, 32, 3]), tf.fill([1, 64], 1 / 64)];
    const before = tf.memory().numTensors;
    attentionOverlay(pixels, weights);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([pixels, weights]);
  });

  describe("over a photograph of any size", () => {
    const photo = gradientImage(151, 100);
    const square = { left: 26, top: 0, width: 100, height: 100 };
    const brightest = Float32Array.from({ length: 64 }, (_, patch) => (patch === 63 ? 1 : 0));

    it("stretches the map, since the weights know the grid", async () => {
      const figure = attentionOverlay(photo, even);
      expect(figure.text).toContain("image of 151x100 pixels, 64 patches in 8 rows and 8 columns\nmost on patch 0");
      expect(() => attentionOverlay(gradientImage(300), even)).not.toThrow();
      expect(attentionOverlay(photo, { shape: [4, 16], data: even }).text).toContain("4 rows and 16 columns");
    });

    it("lays it over the part that the model saw, outlined, and says which", async () => {
      const figure = attentionOverlay(photo, brightest, { seen: square, scale: 2, original: false, mode: "nearest" });
      expect(figure.text).toContain("the model saw columns 26 to 125 and rows 0 to 99 of it; the rest is dim");
      const png = await decodePng(await figure.png());
      // Page pixels are two of the file's; the picture starts at 12, each of its pixels is 2.
      const at = (x: number, y: number) => png.at(2 * (12 + 2 * x), 2 * (12 + 2 * y));
      const brightness = (color: string) => Number.parseInt(color.slice(3, 5), 16);
      // Patch 63 lies from 87.5 to 100 of the 100 pixels, which start at column 26.
      expect(brightness(at(26 + 92, 92))).toBeGreaterThan(brightness(at(26 + 82, 92)) + 80);
      expect(brightness(at(26 + 82, 92))).toBeLessThan(110);
      expect(brightness(at(140, 92))).toBeGreaterThan(180);
    });

    it("draws a photograph larger than its drawing with the same marks", async () => {
      const [small, large] = [80, 800].map((side) =>
        attentionOverlay(plainImage(side, [90, 90, 90]), brightest, { original: false, mode: "nearest" }),
      );
      expect([large!.width, large!.height]).toEqual([256 + 14 + 76 + 24, 256 + 24]);
      const [a, b] = [await decodePng(await small!.png()), await decodePng(await large!.png())];
      const inLast = (png: typeof a, figure: typeof small) =>
        png.at(2 * (figure!.width - 14 - 76 - 12) - 6, png.height - 40);
      expect(inLast(a, small)).toBe(inLast(b, large));
    });
  });

  it("says the share that went to the class token, where its weight stands in front", () => {
    const weights = [0.3, ...even.map((weight) => 0.7 * weight)];
    expect(attentionOverlay(image, weights).text).toContain(
      "30.0% of the attention went to the class token, which is not in the picture",
    );
    expect(attentionOverlay(image, weights.slice(1)).text).toContain(
      "the weights add up to 0.7: 30.0% of the attention went elsewhere, such as to the class token",
    );
    expect(attentionOverlay(image, even).text).not.toContain("class token");
  });

  it("takes its range from finite weights, and counts the others", () => {
    const odd = Float32Array.from(even);
    odd.set([Number.NaN, Number.POSITIVE_INFINITY, 0.5]);
    const { text } = attentionOverlay(image, odd);
    expect(text).toContain("most on patch 2 (0.5)");
    expect(text).toContain("colors from 0 to 0.5");
    expect(text).toContain("2 values are not finite: 1 Infinity, 1 NaN");
    expect(() => attentionOverlay(image, new Array(64).fill(Number.NaN))).toThrow(
      "attention has no finite weight (64 values are not finite: 64 NaN): there is nothing to draw",
    );
  });

  it("shares a range with others when told", () => {
    expect(attentionOverlay(image, even, { zmin: 0, zmax: 1 }).text).toContain("colors from 0 to 1");
    expect(() => attentionOverlay(image, even, { zmin: 1, zmax: 0 })).toThrow("zmin must be below zmax");
  });

  it("refuses a query that is no patch", () => {
    expect(() => attentionOverlay(image, even, { query: 64 })).toThrow("query is 64: the image has patches 0 to 63");
  });
});

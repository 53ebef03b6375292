import { beforeAll, describe, expect, it } from "vitest";
import { attentionOverlay } from "../../src/figure/attention-overlay";
import { useEngine } from "../../src/tensor/engine";
import { tf } from "../../src/tensor/tf";
import { decodePng } from "./decode-png";
import { gradientImage, plainImage } from "./images";

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

const image = gradientImage(32);
const even = new Float32Array(64).fill(1 / 64);

describe("attentionOverlay", () => {
  it("draws the image, the overlay and a colour bar, and outlines the query", async () => {
    const figure = attentionOverlay(plainImage(8, [100, 100, 100]), [0, 0, 0, 1], {
      patchSize: 4,
      query: 1,
      title: "Head 0",
    });
    expect(figure.text).toBe(
      "Head 0\nimage of 8x8 pixels, 4 patches, query patch 1\nmost on patch 3 (1), even would be 0.25",
    );
    const png = await decodePng(await figure.png());
    const bottom = png.height - 24 - 8;
    expect(png.at(24 + 8, bottom)).toBe("#646464");
    // The overlay's patch 3 is covered with 0.75 of the brightest colour.
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

  it("refuses a query that is no patch", () => {
    expect(() => attentionOverlay(image, even, { query: 64 })).toThrow("query is 64: the image has patches 0 to 63");
  });
});

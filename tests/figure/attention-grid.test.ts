import { beforeAll, describe, expect, it } from "vitest";
import { attentionGrid } from "../../src/figure/attention-grid";
import { useEngine } from "../../src/tensor/engine";
import { tf } from "../../src/tensor/tf";
import { gradientImage } from "./images";

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

const image = gradientImage(32);

describe("attentionGrid", () => {
  const layer = (tokens: number) => ({
    shape: [2, tokens, tokens],
    data: new Float32Array(2 * tokens * tokens).fill(0.5),
  });

  it("draws a row for each layer and a column for each head", () => {
    const [one, two] = [attentionGrid(layer(5), { size: 50 }), attentionGrid([layer(5), layer(5)], { size: 50 })];
    expect(two.height - one.height).toBe(50 + 10);
    expect(two.text).toContain("2 layers of 2 heads; 5 tokens, row = query, column = key");
  });

  it("draws one query's attention over an image", () => {
    const figure = attentionGrid(layer(65), { image, patchSize: 4, query: 10, sharedRange: true });
    expect(figure.text).toContain("1 layer of 2 heads; attention of patch 10 over the image");
  });

  it("refuses tokens that don't fit the image, and layers that don't fit each other", () => {
    expect(() => attentionGrid(layer(60), { image, patchSize: 4 })).toThrow(
      "attention has 60 tokens: expected 64 patches of 4 pixels for a 32x32 image, or 65 with the class token",
    );
    expect(() => attentionGrid(layer(64), { image, patchSize: 4 })).toThrow("name a query patch, e.g. query: 10");
    expect(() => attentionGrid(layer(65), { image })).toThrow("patchSize is missing");
    expect(() => attentionGrid([layer(5), layer(6)])).toThrow("layer 1 has 6 tokens: layer 0 has 5");
    expect(() => attentionGrid({ shape: [3, 2, 5, 5], data: new Float32Array(150) })).toThrow(
      "attention of layer 0 is [3, 2, 5, 5]: [heads, tokens, tokens] of one image is expected",
    );
  });

  it("leaves tensors alone", () => {
    const [pixels, weights] = [tf.zeros([32, 32, 3]), tf.fill([1, 2, 65, 65], 1 / 65)];
    const before = tf.memory().numTensors;
    attentionGrid(weights, { image: pixels, patchSize: 4 });
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([pixels, weights]);
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import { attentionGrid } from "../../src/figure/attention-grid";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { decodePng } from "./decode-png";
import { gradientImage } from "./images";

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

const image = gradientImage(32);

/** Each head gives every key the weight that it is named with. */
const blockOf = (tokens: number, ...weights: number[]) => ({
  shape: [weights.length, tokens, tokens],
  data: Float32Array.from(
    { length: weights.length * tokens * tokens },
    (_, i) => weights[Math.floor(i / tokens ** 2)]!,
  ),
});
const even = (tokens: number) => blockOf(tokens, 1 / tokens, 1 / tokens);

describe("attentionGrid", () => {
  it("draws a row for each block and a column for each head", () => {
    const [one, two] = [even(5), [even(5), even(5)]].map((blocks) => attentionGrid(blocks, { size: 50 }));
    expect(two!.height - one!.height).toBe(50 + 10);
    expect(two!.text).toContain("2 blocks of 2 heads; 5 tokens, row = query, column = key");
    expect(two!.text).not.toContain("layer");
  });

  it("gives all heads one scale: what looks alike is alike", async () => {
    const figure = attentionGrid(blockOf(4, 0.25, 1), { size: 40 });
    expect(figure.text).toContain("block 0: largest weight of each head 0.25, 1\ncolors from 0 to 1 for all heads");
    const png = await decodePng(await figure.png());
    const row = Array.from({ length: png.width / 8 }, (_, i) => png.at(i * 8, png.height - 40));
    // Viridis at 1 (the second head) and at a quarter (the first).
    expect(row).toContain("#fde725");
    expect(row.filter((color) => color !== "#ffffff" && color !== "#fde725").length).toBeGreaterThan(3);
  });

  it("gives each head a scale of its own when asked, and writes it below", () => {
    const [shared, own] = [true, false].map((sharedRange) =>
      attentionGrid(blockOf(4, 0.25, 1), { size: 40, sharedRange }),
    );
    expect(own!.text).toContain("colors of each head 0 to 0.25, 0 to 1");
    expect(own!.height).toBe(shared!.height + 16);
  });

  it("draws one query's attention over an image, and says what went to the class token", () => {
    const figure = attentionGrid(even(65), { image, patchSize: 4, query: 10 });
    expect(figure.text).toContain("1 block of 2 heads; attention of patch 10 over the image, 8 rows and 8 columns");
    expect(figure.text).toContain("share that went to the class token 1.5%, 1.5%");
    const without = attentionGrid(even(64), { image, query: 10 });
    expect(without.text).not.toContain("class token");
    expect(without.height).toBe(figure.height - 16);
  });

  it("draws one query's map without an image too", async () => {
    const tokens = 5;
    const data = new Float32Array(tokens * tokens).fill(0.1);
    // Patch 2 (token 3) looks at patch 3 alone.
    data.set([0, 0, 0, 0, 1], 3 * tokens);
    const figure = attentionGrid({ shape: [1, tokens, tokens], data }, { query: 2, size: 40 });
    expect(figure.text).toContain("attention of patch 2, 2 rows and 2 columns of patches");
    const png = await decodePng(await figure.png());
    const colors = new Set<string>();
    for (let y = 0; y < png.height; y += 6) for (let x = 0; x < png.width; x += 6) colors.add(png.at(x, y));
    expect([...colors]).toEqual(expect.arrayContaining(["#440154", "#fde725"]));
    expect(() => attentionGrid(even(7), { query: 2 })).toThrow("say how the patches lie, as in grid: [rows, columns]");
    expect(attentionGrid(even(7), { query: 2, grid: [2, 3] }).text).toContain("2 rows and 3 columns");
  });

  it("stretches maps over an image of any size", () => {
    expect(attentionGrid(even(65), { image: gradientImage(151, 100) }).text).toContain(
      "8 rows and 8 columns of patches",
    );
  });

  it("refuses options that have nothing to act on", () => {
    expect(() => attentionGrid(even(5), { patchSize: 4 })).toThrow("patchSize has nothing to act on");
    expect(() => attentionGrid(even(5), { alpha: 0.5 })).toThrow("alpha has nothing to act on");
    expect(() => attentionGrid(even(5), { query: 1, alpha: 0.5 })).toThrow("without an image: give image as well");
    expect(() => attentionGrid(even(5), { grid: [2, 2] })).toThrow("give query as well");
  });

  it("takes its range from finite weights, and counts the others", () => {
    const { text } = attentionGrid(blockOf(3, 0.5, Number.NaN, Number.POSITIVE_INFINITY));
    expect(text).toContain("colors from 0 to 0.5 for all heads");
    expect(text).toContain("18 values are not finite: 9 Infinity, 9 NaN");
    expect(() => attentionGrid(blockOf(3, Number.NaN))).toThrow("attention has no finite weight");
  });

  it("refuses tokens that don't fit the image, and blocks that don't fit each other", () => {
    expect(() => attentionGrid(even(60), { image, patchSize: 4 })).toThrow(
      "attention has 60 tokens: expected 64 patches of 4 pixels for a 32x32 image, or 65 with the class token",
    );
    expect(() => attentionGrid(even(64), { image })).toThrow("name a query patch, e.g. query: 10");
    expect(() => attentionGrid(even(65), { image, query: 64 })).toThrow("query is 64: the image has patches 0 to 63");
    expect(() => attentionGrid([even(5), even(6)])).toThrow("block 1 has 6 tokens: block 0 has 5");
    expect(() => attentionGrid({ shape: [3, 2, 5, 5], data: new Float32Array(150) })).toThrow(
      "attention of block 0 is [3, 2, 5, 5]: [heads, tokens, tokens] of one image is expected",
    );
  });

  it("leaves tensors alone", () => {
    const [pixels, weights] = [tf.zeros([32, 32, 3]), tf.fill([1, 2, 65, 65], 1 / 65)];
    const before = tf.memory().numTensors;
    attentionGrid(weights, { image: pixels });
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([pixels, weights]);
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import { filterGrid } from "../../src/figure/filter-grid";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { decodePng } from "./decode-png";
import { made } from "./golden-figures";

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

/** Filters of one pixel, each with these channels. */
const pixels = (...filters: number[][]) => ({
  shape: [filters.length, 1, 1, filters[0]!.length],
  data: filters.flat(),
});

/** The color of each filter of a figure without captions, drawn 40 pixels long. */
async function colorsOf(figure: ReturnType<typeof filterGrid>, count: number): Promise<string[]> {
  const png = await decodePng(await figure.png());
  return Array.from({ length: count }, (_, index) => png.at(24 + index * 2 * (40 + 12) + 40, 24 + 40));
}

describe("filterGrid", () => {
  it("has gray for 0, brighter above and darker below, in each channel, all filters in one range", async () => {
    const filters = pixels([0, 0, 0], [1, -1, 0], [0.5, 0.5, 0.5]);
    expect(await colorsOf(filterGrid(filters, { size: 40 }), 3)).toEqual(["#808080", "#ff0080", "#bfbfbf"]);
  });

  it("gives each filter its own range when asked, and writes it below", async () => {
    const filters = pixels([1, -1, 0], [0.5, 0.5, 0]);
    const [shared, each] = (["shared", "each"] as const).map((scale) => filterGrid(filters, { scale, size: 40 }));
    expect(await colorsOf(each!, 2)).toEqual(["#ff0080", "#ffff80"]);
    expect(each!.height).toBe(shared!.height + 18);
    expect(shared!.text).toContain("gray is 0, dark and bright are ±1 for all filters");
    expect(each!.text).toContain("gray is 0, dark and bright are the largest magnitude of each filter");
    expect(filterGrid(filters).text).toBe(shared!.text);
  });

  it("takes one channel as well", async () => {
    expect(await colorsOf(filterGrid(pixels([-2], [2]), { size: 40 }), 2)).toEqual(["#000000", "#ffffff"]);
  });

  it("says in words what each filter holds, which are zero, and what isn't finite", async () => {
    const figure = filterGrid(pixels([0, 0, 0], [1, -1, 0], [Number.NaN, 1, 1]), { titles: ["none", "red", "odd"] });
    expect(figure.text).toBe(
      "Filters\n3 filters of 1x1 pixels in 3 channels\ngray is 0, dark and bright are ±1 for all filters\n" +
        "1 value is not finite: 1 NaN\nfilter 0 (none) is zero everywhere\nnone: from 0 to 0\nred: from -1 to 1\n" +
        "odd: from 1 to 1; 1 value is not finite: 1 NaN",
    );
    const all = filterGrid(made([12, 2, 2, 1], (filter) => (filter === 11 ? 1 : 0)));
    expect(all.text).toContain("filters 0, 1, 2, 3, 4, 5, 6, 7 and 3 more are zero everywhere");
    const blank = filterGrid(pixels([Number.NaN, 0, 0], [1, 1, 1]), { size: 40 });
    expect((await colorsOf(blank, 1))[0]).toBe("#ffffff");
  });

  it("refuses what are no filters", () => {
    expect(() => filterGrid(made([2, 3, 3], () => 1))).toThrow(
      "filters is [2, 3, 3]: [filters, height, width, channels] with 1 or 3 channels is expected",
    );
    expect(() => filterGrid(made([2, 3, 3, 2], () => 1))).toThrow("filters is [2, 3, 3, 2]");
    expect(() => filterGrid(pixels([Number.NaN]))).toThrow("filters has no finite number");
    expect(() => filterGrid(pixels([1]), { titles: [] })).toThrow("titles has 0 names: there are 1 filters");
  });

  it("leaves tensors alone", () => {
    const filters = tf.ones([4, 3, 3, 3]);
    const before = tf.memory().numTensors;
    filterGrid(filters);
    expect(tf.memory().numTensors).toBe(before);
    filters.dispose();
  });
});

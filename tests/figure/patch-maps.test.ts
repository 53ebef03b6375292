import { beforeAll, describe, expect, it } from "vitest";
import { scaleColor } from "../../src/figure/color-scale";
import { patchMaps } from "../../src/figure/patch-maps";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { decodePng } from "./decode-png";
import { made } from "./golden-figures";
import { gradientImage, plainImage } from "./images";

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

const { NaN: none } = Number;
/** A map with one number alone. */
const one = (patch: number, value: number, side = 2) =>
  made([side, side], (row, column) => (row * side + column === patch ? value : 0));

/** The colors of a figure's picture, one in each 4x4 pixels. */
async function colorsOf(figure: ReturnType<typeof patchMaps>): Promise<Map<string, number>> {
  const png = await decodePng(await figure.png());
  const counts = new Map<string, number>();
  for (let y = 2; y < png.height; y += 4)
    for (let x = 2; x < png.width; x += 4) counts.set(png.at(x, y), (counts.get(png.at(x, y)) ?? 0) + 1);
  return counts;
}

describe("patchMaps", () => {
  it("gives all maps one range of colors, from 0", async () => {
    const figure = patchMaps([one(0, 0.25), one(3, 1)], { size: 80 });
    expect(figure.text).toBe(
      "Maps of patches\n2 maps of 2 rows and 2 columns of patches\ncolors from 0 to 1 for all maps\n" +
        "map 0: largest 0.25 on patch 0, smallest 0\nmap 1: largest 1 on patch 3, smallest 0",
    );
    const colors = await colorsOf(figure);
    // One patch in the last color of viridis, one in its color at a quarter, six in the first.
    const patch = (40 * 2) ** 2 / 16;
    expect(colors.get("#fde725")).toBeGreaterThan(patch * 0.9);
    expect(colors.get("#fde725")).toBeLessThan(patch * 1.3);
    const quarter = scaleColor("viridis", 0.25).map((level) => level.toString(16).padStart(2, "0"));
    expect(colors.get(`#${quarter.join("")}`)).toBeGreaterThan(patch * 0.9);
  });

  it("takes maps in any form", () => {
    const nested = [
      [0.25, 0],
      [0, 0],
    ];
    const shaped = [one(0, 0.25), one(3, 1)];
    const { text } = patchMaps(shaped);
    expect(patchMaps([nested, shaped[1]!]).text).toBe(text);
    expect(
      patchMaps([
        nested,
        [
          [0, 0],
          [0, 1],
        ],
      ]).text,
    ).toBe(text);
    expect(patchMaps({ shape: [2, 2, 2], data: [0.25, 0, 0, 0, 0, 0, 0, 1] }).text).toBe(text);
  });

  it("has white for 0 in the middle where both signs occur", async () => {
    const figure = patchMaps([one(0, -2), one(0, 0.5)], { size: 80 });
    expect(figure.text).toContain("colors from -2 to 2");
    const colors = await colorsOf(figure);
    expect(colors.get("#053061")).toBeGreaterThan(300);
    expect(colors.has("#440154")).toBe(false);
    expect(patchMaps([one(0, 0.5)], { zmin: -1, zmax: 1 }).text).toContain("colors from -1 to 1");
  });

  it("stands maps in rows and columns with their names", () => {
    const maps = made([2, 3, 4, 4], (down, across) => down + across);
    const figure = patchMaps(maps, { rowTitles: ["cat", "dog"], columnTitles: ["0", "1", "2"], size: 40 });
    expect(figure.text).toContain("6 maps in 2 rows and 3 columns of 4 rows and 4 columns of patches");
    expect(figure.text).toContain("cat, 0: 0 everywhere\ncat, 1: 1 everywhere");
    const plain = patchMaps(maps, { size: 40 });
    expect(figure.width).toBeGreaterThan(plain.width);
    expect(figure.height).toBe(plain.height + 16 + 4);
  });

  it("says which maps are zero everywhere, and which have no finite number", () => {
    const empty = made([2, 2], () => none);
    expect(patchMaps([one(0, 1), one(0, 0)], { titles: ["a", "gradient"] }).text).toContain(
      "map 1 (gradient) is zero everywhere",
    );
    const { text } = patchMaps([one(0, 0), empty, one(0, 0), one(1, 3)]);
    expect(text).toContain(
      "4 values are not finite: 4 NaN\nmaps 0, 2 are zero everywhere\nmap 1 is without a finite number",
    );
    expect(text).toContain("map 1: none");
    expect(() => patchMaps([empty])).toThrow("maps has no finite number (4 values are not finite: 4 NaN)");
  });

  it("leaves what isn't finite blank", async () => {
    const figure = patchMaps([made([2, 2], (row, column) => (row + column === 0 ? none : 1))], { size: 200 });
    const png = await decodePng(await figure.png());
    expect(png.at(24 + 100, 24 + 100)).toBe("#ffffff");
    expect(png.at(24 + 300, 24 + 100)).toBe("#fde725");
  });

  it("lies over an image for all, for each row or for each map, with the image beside where it has several", () => {
    const image = plainImage(8, [200, 100, 0]);
    const maps = made([2, 3, 2, 2], (down, across, row) => down + across + row);
    const width = (images: Parameters<typeof patchMaps>[1]) => patchMaps(maps, { ...images, size: 40 }).width;
    const alone = width({ images: Array.from({ length: 6 }, () => image) });
    expect(width({ images: image })).toBe(alone + 40 + 12);
    expect(width({ images: [image, image] })).toBe(alone + 40 + 12);
    expect(width({ images: image, original: false })).toBe(alone);
    expect(patchMaps(maps, { images: image }).text).toContain("of patches, over images");
    const own = Array.from({ length: 6 }, () => image);
    expect(() => patchMaps(maps, { images: own, original: true })).toThrow("each map has an image of its own");
    expect(() => patchMaps(maps, { images: [image, image, image] })).toThrow(
      "images has 3 images: one for all maps, 2 for the rows or 6 for the maps are expected",
    );
  });

  it("covers an image most where numbers are far from 0, on both sides", async () => {
    const maps = made([1, 1, 3], (_, __, column) => column - 1);
    const figure = patchMaps(maps, { images: plainImage(6, [0, 0, 0]), size: 96, original: false });
    const png = await decodePng(await figure.png());
    const brightness = [16, 48, 80].map((x) => {
      const color = png.at(24 + 2 * x, 24 + 96);
      return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
    });
    // Dark blue, a little white, dark orange.
    const [below, zero, above] = brightness as [number[], number[], number[]];
    expect(below[2]! - below[0]!).toBeGreaterThan(60);
    expect(above[0]! - above[2]!).toBeGreaterThan(60);
    expect(new Set(zero).size).toBe(1);
  });

  it("outlines the patches that are known to matter, and says in how many maps the largest number is one", () => {
    const maps = [one(0, 1), one(3, 1), one(0, 0)];
    expect(patchMaps(maps, { marks: [0, 1] }).text).toContain("in an outlined patch in 1 of 3 maps");
    expect(patchMaps(maps, { marks: [[0], [3], []] }).text).toContain("in an outlined patch in 2 of 2 maps");
    expect(() => patchMaps(maps, { marks: [4] })).toThrow("marked patch is 4: the image has patches 0 to 3");
    expect(() => patchMaps(maps, { marks: [[0]] })).toThrow("marks has 1 lists: there are 3 maps");
  });

  it("draws no line between outlined neighbors", async () => {
    const png = async (marks: number[]) => decodePng(await patchMaps([one(0, 1)], { size: 200, marks }).png());
    const middle = [24 + 200, 24 + 100] as const;
    expect((await png([0])).at(...middle)).toBe("#cc79a7");
    expect((await png([0, 1])).at(...middle)).not.toBe("#cc79a7");
  });

  it("is a mosaic without gaps, laid out as the patches lie", () => {
    const maps = made([6, 2, 3], (map, row, column) => map + row + column);
    const figure = patchMaps(maps, { tight: true, size: 30 });
    const loose = patchMaps(maps, { columns: 3, size: 30 });
    expect(loose.width - figure.width).toBe(2 * 12);
    expect(figure.height).toBe(2 * 20 + 24);
    expect(() => patchMaps(maps, { tight: true, titles: ["a"] })).toThrow("titles has no place in a mosaic");
  });

  it("refuses maps and names that don't fit", () => {
    expect(() => patchMaps(made([2, 2], () => 1))).toThrow(
      "maps is [2, 2]: [maps, rows, columns] or [down, across, rows, columns] is expected; one map is a list of one",
    );
    expect(() => patchMaps([one(0, 1), one(0, 1, 3)])).toThrow(
      "map 1 is [3, 3]: [rows, columns] is expected, as map 0 has [2, 2]",
    );
    expect(() => patchMaps([one(0, 1)], { titles: ["a", "b"] })).toThrow("titles has 2 names: there are 1 maps");
    expect(() => patchMaps([one(0, 1)], { rowTitles: ["a"] })).toThrow("rowTitles has no place at maps in a list");
    expect(() => patchMaps([one(0, 1)], { alpha: 0.5 })).toThrow("alpha has no place without images");
    expect(() =>
      patchMaps(
        made([1, 1, 2, 2], () => 1),
        { titles: ["a"] },
      ),
    ).toThrow("titles has no place where maps");
  });

  it("leaves tensors alone", () => {
    const tensors = [tf.ones([3, 2, 2]), tf.ones([2, 2]), tf.zeros([8, 8, 3])] as const;
    const [maps, map, image] = tensors;
    const before = tf.memory().numTensors;
    patchMaps(maps, { images: image });
    patchMaps([map, map], { images: [image, gradientImage(8)] });
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([...tensors]);
  });
});

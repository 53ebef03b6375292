import { describe, expect, it } from "vitest";
import { attentionGrid } from "../../src/figure/attention-grid";
import { bars } from "../../src/figure/bars";
import { confusionMatrix } from "../../src/figure/confusion-matrix";
import { curves } from "../../src/figure/curves";
import type { Figure } from "../../src/figure/figure";
import { figureText } from "../../src/figure/figure-text";
import { filterGrid } from "../../src/figure/filter-grid";
import { headChart } from "../../src/figure/head-chart";
import { heatmap } from "../../src/figure/heatmap";
import { imageGrid } from "../../src/figure/image-grid";
import { intervals } from "../../src/figure/intervals";
import { patchGrid } from "../../src/figure/patch-grid";
import { patchMaps } from "../../src/figure/patch-maps";
import { patchStrip } from "../../src/figure/patch-strip";
import { plot } from "../../src/figure/plot-figure";
import { tokenColors } from "../../src/figure/token-colors";
import { made } from "./golden-figures";
import { gradientImage } from "./images";

const bytes = (text: string) => new TextEncoder().encode(text).length;
const many = Array.from({ length: 300 }, (_, index) => `貓 ${index}`);
const title = "a very long title ".repeat(40);
const image = gradientImage(80);

const large: Readonly<Record<string, () => Figure>> = {
  attentionGrid: () =>
    attentionGrid(
      Array.from({ length: 24 }, () => made([16, 5, 5], () => 0.2)),
      { size: 20, title },
    ),
  bars: () =>
    bars(
      many,
      many.map((_, index) => index),
      { title },
    ),
  confusionMatrix: () =>
    confusionMatrix(
      made([300, 300], (truth, predicted) => truth + predicted),
      { classNames: many },
    ),
  curves: () => curves(Object.fromEntries(many.map((name) => [name, [1, 2]])), { chance: 3 }),
  filterGrid: () =>
    filterGrid(
      made([300, 1, 1, 1], (filter) => filter % 2),
      { titles: many, title, size: 20 },
    ),
  headChart: () =>
    headChart(
      made([100, 3], (block, head) => block * head),
      { title, yTitle: title, level: { value: 3, label: title } },
    ),
  heatmap: () => heatmap([[1]], { title, xTitle: title, yTitle: title, valueTitle: title }),
  imageGrid: () =>
    imageGrid(
      Array.from({ length: 300 }, (_, side) => gradientImage(side + 1)),
      { titles: many, scale: 0.2 },
    ),
  intervals: () => {
    const values = many.map((_, index) => index);
    const panel = { values, low: values, high: values, level: { value: 3, label: title } };
    return intervals(many, Object.fromEntries(many.slice(0, 40).map((name) => [name, panel])), { title });
  },
  patchGrid: () => patchGrid(image, 4, { title, highlight: Object.fromEntries(many.map((name, i) => [i, name])) }),
  patchMaps: () =>
    patchMaps(
      made([300, 2, 2], (map) => map % 2),
      { titles: many, title, valueTitle: title, size: 20 },
    ),
  patchStrip: () => patchStrip(image, { patchSize: 4, highlight: many.map((_, index) => index) }),
  plot: () => plot({ data: [], layout: {} }, { title: title.repeat(3) }),
  tokenColors: () =>
    tokenColors(
      made([300, 1, 1, 3], () => 0.5),
      { titles: many, title, size: 20 },
    ),
};

describe("the words of a figure", () => {
  it.each(Object.keys(large))("take fewer than 1,000 bytes, however large it is: %s", (name) => {
    const { text } = large[name]!();
    expect(bytes(text)).toBeLessThan(1000);
    expect(bytes(text)).toBeGreaterThan(40);
  });

  it("keep what is said of all, and say how much of the rest is left out", () => {
    const text = figureText(["Bars"], many, ["line at 3: chance"]);
    const lines = text.split("\n");
    const left = lines.length - 3;
    expect(lines.slice(-2)).toEqual([`… and ${300 - left} more`, "line at 3: chance"]);
    expect(lines.slice(1, left + 1)).toEqual(many.slice(0, left));
    expect(bytes(text)).toBeGreaterThan(950);
  });

  it("are all there where they fit", () => {
    expect(figureText(["Bars"], ["cat: 1", "dog: 2"], ["line"])).toBe("Bars\ncat: 1\ndog: 2\nline");
    expect(figureText(["Bars"])).toBe("Bars");
  });
});

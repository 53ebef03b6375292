import { beforeAll, describe, expect, it } from "vitest";
import type { ByteImage } from "../../src/data/byte-image";
import { type Axis, Explanation } from "../../src/explain/explanation";
import { type JudgedMethod, Judgement } from "../../src/explain/judge/judgement";
import { ImageFigure } from "../../src/figure/image-figure";
import { PlotFigure } from "../../src/figure/plot-figure";
import { drawExplanation } from "../../src/panels/draw-explanation";
import { drawJudgement } from "../../src/panels/draw-judgement";
import { showValues } from "../../src/panels/show-values";
import { complaintsOf, openPlotly, PLOTLY_FILES, type PlotlyWindow } from "../figure/open-plotly";
import { shown, wordsOf } from "./shown";

/** Numbers from 0 to 1 by axes such as "image 3, row 2, column 2", or as a function of their number. */
function made(axes: string, of = (i: number) => ((i * 7) % 11) / 11, unit = "logit"): Explanation {
  const parts = axes.split(", ").map((axis) => /^(.*) (\d+)$/.exec(axis) as RegExpExecArray);
  const shape = parts.map(([, , length]) => Number(length));
  const named = parts.map(([, name]): Axis => ({ name: name as string }));
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => of(i));
  return new Explanation({ method: "made up", unit, axes: named, shape, data });
}

const interval = (mean: number) => ({ mean, low: mean - 0.1, high: mean + 0.1 });
const method = (name: string, baseline: boolean, known: boolean): JudgedMethod => ({
  method: name,
  baseline,
  images: 3,
  deletion: interval(0.4),
  insertion: interval(baseline ? 0.5 : 0.7),
  agreement: known ? interval(0.2) : null,
  points: known ? interval(0.6) : null,
  finds: known ? interval(0.3) : null,
  randomized: null,
});
const judgement = (known: boolean) =>
  new Judgement({
    methods: [method("random", true, known), method("relevance", false, known)],
    agreement: [
      [1, 0.2],
      [0.2, 1],
    ],
    count: 3,
    against: known ? "occlusion" : null,
    chance: known ? 0.03 : null,
    settings: { steps: 16, color: "mean", area: "mean", seed: 1, sanity: 0 },
  });

/** Axes that have a figure, its kind, and what its words say. */
const FIGURES: readonly (readonly [axes: string, kind: typeof ImageFigure | typeof PlotFigure, words: RegExp])[] = [
  ["image 3, row 2, column 2", ImageFigure, /^Made up\n3 maps of 2 rows and 2 columns/],
  ["image 30, row 2, column 2", ImageFigure, /^Made up, the first 24 of 30 images\n24 maps/],
  ["epoch 3, image 2, row 2, column 2", ImageFigure, /^Made up\n6 maps in 2 rows and 3 columns/],
  ["epoch 50, image 2, row 2, column 2", ImageFigure, /^Made up, 8 of 50 epochs\n16 maps in 2 rows and 8 columns/],
  ["model 2, image 1, row 2, column 2", ImageFigure, /^Made up\n2 maps in 1 rows and 2 columns/],
  ["image 2, row 2, column 2, component 3", ImageFigure, /^Made up\nthree numbers of each token/],
  ["filter 5, row 4, column 4, channel 3", ImageFigure, /^Made up\n5 filters .*\ngray is 0, .* for all filters/],
  ["filter 80, row 4, column 4, channel 3", ImageFigure, /^Made up, the first 64 of 80 filters\n64 filters/],
  ["component 5, row 4, column 4, channel 3", ImageFigure, /largest magnitude of each filter/],
  ["row 2, column 2, other row 2, other column 2", ImageFigure, /^Made up\n4 maps in 2 rows and 2 columns/],
  ["image 3, block 2, head 4", PlotFigure, /^Made up, mean of 3 images\n2 blocks of 4 heads; logit/],
  ["image 1, block 2, head 4", PlotFigure, /^Made up\n2 blocks of 4 heads; logit/],
  ["block 2, head 4", PlotFigure, /^Made up\n2 blocks of 4 heads; logit/],
  ["image 2, state 3, token 5", PlotFigure, /^Made up, image 0\n3 rows \(state\), 5 columns \(token\)/],
  ["image 2, state 3, token 5, class 2", PlotFigure, /^Logit lens of token 0, image 0\n3 rows .*2 columns \(class\)/],
  ["image 2, part 4, class 3", PlotFigure, /^What brings the logit of class \d, image 0\npart 0: /],
  ["image 1, part 50, class 3", PlotFigure, /^What brings the logit of class \d \(without the 10 smallest\)\n/],
  ["image 9, step 3", PlotFigure, /^Made up, the first 8 of 9 images\n/],
  ["image 2, query 5, key 5", PlotFigure, /^Made up, image 0\n5 rows \(query\), 5 columns \(key\)/],
  ["image 2, block 3", PlotFigure, /^Made up, mean of 2 images\nblock 0: /],
  ["block 3", PlotFigure, /^Made up\nblock 0: /],
  ["block 3, token 5", PlotFigure, /^Made up\n3 rows \(block\), 5 columns \(token\)/],
  ["image 2, block 3, token 5", PlotFigure, /^Made up, image 0\n3 rows \(block\), 5 columns \(token\)/],
];

const image = (level: number): ByteImage => ({
  width: 8,
  height: 8,
  channels: 3,
  pixels: new Uint8Array(192).fill(level),
});

beforeAll(showValues);

describe("the figure of an explanation", () => {
  it.each(FIGURES)("by %s says what it shows", async (axes, kind, words) => {
    const explanation = made(axes);
    const figure = drawExplanation(explanation);
    expect(figure).toBeInstanceOf(kind);
    expect(figure.text).toMatch(words);
    // As the last value of a cell it's the same figure, with the explanation's own words.
    const data = await shown(explanation);
    expect(Object.keys(data)).toContain(kind === ImageFigure ? "image/png" : "image/svg+xml");
    expect(wordsOf(data)).toBe(explanation.text);
  });

  it("isn't there for numbers by other axes: it says what to do, and a cell shows the words", async () => {
    const explanation = made("image 1, block 2, head 2, token 3, class 2");
    expect(() => drawExplanation(explanation)).toThrow(
      "there is no figure for numbers by image, block, head, token, class: take a part of explanation.data, and draw it with heatmap or patchMaps",
    );
    expect(await shown(explanation)).toEqual({ "text/plain": explanation.text });
  });

  it("isn't made of other than three components: a cell shows the words", async () => {
    const two = made("image 1, row 2, column 2, component 2");
    expect(() => drawExplanation(two)).toThrow(
      "made up has 2 components: colors are made of 3; take { components: 3 }",
    );
    expect(await shown(two)).toEqual({ "text/plain": two.text });
  });

  it("draws another image, token or class when asked, by its name", () => {
    const lens = made("image 2, state 3, token 5, class 2", undefined, "probability");
    const { text } = drawExplanation(lens, { image: 1, token: 4 });
    expect(text).toMatch(/^Logit lens of token 4, image 1\n/);
    expect(text).toContain("colors from 0 to 1");
    const parts = made("image 2, part 2, class 3", (i) => i);
    expect(drawExplanation(parts, { image: 1, class: 0, classNames: ["cat", "dog", "ship"] }).text).toBe(
      "What brings the logit of cat, image 1\npart 0: 6\npart 1: 9",
    );
    expect(drawExplanation(parts).text).toMatch(/^What brings the logit of class 2, image 0\npart 0: 2\npart 1: 5$/);
    const heads = made("image 2, block 1, head 2", (i) => i);
    expect(drawExplanation(heads, { image: 1 }).text).toMatch(/^Made up, image 1\n.*\nlowest 2 .*, highest 3 /);
    expect(drawExplanation(heads).text).toMatch(/lowest 1 .*, highest 2 /);
  });

  it("lays maps over images, and outlines what is known to matter", () => {
    const maps = made("image 2, row 2, column 2", (i) => i + 1);
    const { text } = drawExplanation(maps, { images: [image(80), image(160)], marks: [[3], [0]], title: "Mine" });
    expect(text).toMatch(/^Mine\n2 maps of 2 rows and 2 columns of patches, over images\n/);
    expect(text).toContain("the largest number lies in an outlined patch in 1 of 2 maps");
  });

  it("keeps its colors for numbers that are there: not for signs that are rounding, nor below what all have", () => {
    const colors = (of: (i: number) => number, axes = "image 1, row 2, column 2") =>
      /colors from (\S+) to (\S+)/.exec(drawExplanation(made(axes, of)).text)?.slice(1);
    expect(colors((i) => (i === 0 ? -1e-6 : i))).toEqual(["0", "3"]);
    expect(colors((i) => (i === 0 ? -1 : i))).toEqual(["-3", "3"]);
    const mosaic = "row 2, column 2, other row 2, other column 2";
    expect(colors((i) => 0.75 + i / 60, mosaic)).toEqual(["0.75", "1"]);
  });

  it.each<[string, string, object]>([
    ["there is no image 2 to draw: there are 2, from 0", "image 2, state 3, token 5", { image: 2 }],
    ["there is no image -1 to draw: there are 2, from 0", "image 2, block 2, head 2", { image: -1 }],
    ["there is no token 5 to draw: there are 5, from 0", "image 2, state 3, token 5, class 2", { token: 5 }],
    ["there is no class 3 to draw: there are 3, from 0", "image 2, part 4, class 3", { class: 3 }],
    ["there is no class 0.5 to draw: there are 3, from 0", "image 2, part 4, class 3", { class: 0.5 }],
    [
      "image has nothing to choose in the figure of made up (image, row, column): leave it out",
      "image 2, row 2, column 2",
      { image: 1 },
    ],
    ["token has nothing to choose in the figure of made up (block, head)", "block 2, head 2", { token: 0 }],
    ["drawExplanation has no option imgae: the options are title, images", "block 3", { imgae: 1 }],
    ["images has 2 images", "image 3, row 2, column 2", { images: [image(0), image(1)] }],
    ["marks has 1 lists: there are 2 maps", "image 2, row 2, column 2", { marks: [[1]] }],
  ])("refuses in a sentence: %s", (message, axes, options) => {
    expect(() => drawExplanation(made(axes), options)).toThrow(message);
  });
});

describe("the figure of a judgement", () => {
  it("has a panel for each measure that is known, beside chance", async () => {
    const { text } = drawJudgement(judgement(true));
    expect(text.split("\n").slice(0, 5)).toEqual([
      "How far explanations can be trusted: 3 images, 95 % intervals",
      "deletion area, lower is better: best random",
      "insertion area, higher is better: best relevance",
      "rank correlation with occlusion: highest random",
      "points at what matters, higher is better: best random; line at 3.0%: chance",
    ]);
    const less = drawJudgement(judgement(false)).text;
    expect(less).not.toMatch(/correlation|matters/);
    const data = await shown(judgement(true));
    expect(data["image/svg+xml"]).toContain("insertion area");
    expect(wordsOf(data)).toBe(judgement(true).text);
  });
});

describe.each(PLOTLY_FILES)("Plotly %s", (_, file) => {
  let window: PlotlyWindow;
  beforeAll(() => {
    window = openPlotly(file);
  });

  it("finds nothing wrong with any of their specs", () => {
    const plots = FIGURES.filter(([, kind]) => kind === PlotFigure).map(([axes]) => drawExplanation(made(axes)));
    expect(plots.length).toBeGreaterThan(8);
    for (const figure of [...plots, drawJudgement(judgement(true)), drawJudgement(judgement(false))])
      expect(complaintsOf(window, (figure as PlotFigure).spec)).toEqual([]);
  });
});

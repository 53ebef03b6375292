import { attentionGrid } from "../../src/figure/attention-grid";
import { attentionOverlay } from "../../src/figure/attention-overlay";
import { bars } from "../../src/figure/bars";
import { confusionMatrix } from "../../src/figure/confusion-matrix";
import { curves } from "../../src/figure/curves";
import type { Figure } from "../../src/figure/figure";
import { filterGrid } from "../../src/figure/filter-grid";
import { headChart } from "../../src/figure/head-chart";
import { heatmap } from "../../src/figure/heatmap";
import { imageGrid } from "../../src/figure/image-grid";
import { intervals } from "../../src/figure/intervals";
import type { ShapedNumbers } from "../../src/figure/numbers";
import { parallelCoordinates } from "../../src/figure/parallel-coordinates";
import { patchGrid } from "../../src/figure/patch-grid";
import { patchMaps } from "../../src/figure/patch-maps";
import { patchStrip } from "../../src/figure/patch-strip";
import { plot } from "../../src/figure/plot-figure";
import { tokenColors } from "../../src/figure/token-colors";
import { tokenSimilarity } from "../../src/figure/token-similarity";
import { gradientImage } from "./images";

/** Numbers of a shape, each made of its place in every dimension. */
export function made(shape: readonly number[], value: (...place: number[]) => number): ShapedNumbers {
  const size = shape.reduce((product, length) => product * length, 1);
  const placeOf = (index: number) => {
    const place: number[] = [];
    let rest = index;
    for (const length of [...shape].reverse()) {
      place.unshift(rest % length);
      rest = Math.floor(rest / length);
    }
    return place;
  };
  return { shape, data: Float64Array.from({ length: size }, (_, index) => value(...placeOf(index))) };
}

const image = gradientImage(32, 32, 7);
const photo = gradientImage(60, 40, 4);
/** Attention that sums up to 1 and is largest near a patch that moves with the head. */
const attention = (heads: number, side: number) =>
  made([heads, side ** 2 + 1, side ** 2 + 1], (head, query, key) => {
    const weight = (place: number) => 1 / (1 + Math.abs(place - query - head * 3));
    const sum = Array.from({ length: side ** 2 + 1 }, (_, place) => weight(place)).reduce((a, b) => a + b);
    return weight(key) / sum;
  });
const fromPatch = (place: number) => made([8, 8], (row, column) => 1 / (4 + (row * 8 + column - place) ** 2));

const filters = made([5, 6, 6, 3], (filter, row, column, channel) => {
  if (filter === 0) return column < 3 ? -0.4 : 0.4;
  if (filter === 2) return channel - 1;
  if (filter === 3) return row < 3 ? -0.1 : 0.1;
  return filter === 4 ? Math.sin(row * 2) / 2 : 0;
});

/**
 * Figures whose pictures are kept in `goldens/NAME.png`: at least one for each function that draws, NAME being the
 * function's and, after a dash, what is special.
 */
export const goldenFigures: Readonly<Record<string, () => Figure>> = {
  attentionGrid: () => attentionGrid([attention(3, 4), attention(3, 4)], { title: "Attention", size: 90 }),
  "attentionGrid-image": () => attentionGrid(attention(2, 4), { image, query: 5, sharedRange: false, size: 96 }),
  attentionOverlay: () => attentionOverlay(image, fromPatch(27), { title: "Where it looks", query: 18, scale: 5 }),
  "attentionOverlay-photo": () =>
    attentionOverlay(photo, fromPatch(36), { seen: { left: 10, top: 0, width: 40, height: 40 }, scale: 4 }),
  bars: () => bars(["cat", "dog", "a long name"], [0.21, 0.72, 0.07], { title: "Answer", percent: true }),
  "bars-signs": () =>
    bars(["ears", "tail", "sky"], [1.3, -0.4, 0.002], {
      valueTitle: "change of the logit",
      level: { value: 0.5, label: "a random patch" },
    }),
  confusionMatrix: () =>
    confusionMatrix(
      [
        [90, 7, 3],
        [12, 80, 8],
        [1, 0, 99],
      ],
      { classNames: ["cat", "dog", "ship"] },
    ),
  curves: () =>
    curves(
      {
        "training loss": [2.1, 1.6, 1.3, 1.1],
        "validation loss": [2, 1.7, 1.5, 1.4],
        "validation accuracy": { y: [0.2, 0.4, 0.5, 0.55], panel: "right" },
      },
      { title: "Training", yTitle: "loss", rightTitle: "accuracy", rightPercent: true, chance: 2.3, rightChance: 0.1 },
    ),
  filterGrid: () =>
    filterGrid(filters, { title: "Filters", titles: ["edge", "zero", "color", "weak edge", "stripes"] }),
  "filterGrid-each": () => filterGrid(filters, { scale: "each", columns: 3 }),
  headChart: () =>
    headChart(
      made([6, 4], (block, head) =>
        block === 3 && head === 2 ? Number.NaN : 2 + block * 0.8 + Math.sin(head * 2 + block),
      ),
      {
        title: "How far heads look",
        yTitle: "mean distance in patches",
        level: { value: 4.2, label: "even attention" },
      },
    ),
  "headChart-intervals": () => {
    const loss = (block: number, head: number) => Math.max(0, Math.sin(block * 4 + head * 1.7)) * 0.2;
    return headChart(made([4, 3], loss), {
      yTitle: "accuracy lost without the head",
      low: made([4, 3], (block, head) => loss(block, head) - 0.03 - head / 100),
      high: made([4, 3], (block, head) => loss(block, head) + 0.03),
      level: { value: 0, label: "nothing lost" },
    });
  },
  "curves-band": () =>
    curves(
      {
        deletion: {
          y: [0.9, 0.6, 0.3, 0.15, 0.1],
          low: [0.88, 0.5, 0.22, 0.1, 0.05],
          high: [0.92, 0.7, 0.4, 0.2, 0.16],
        },
        "random order": {
          y: [0.9, 0.8, 0.6, 0.4, 0.12],
          low: [0.87, Number.NaN, 0.5, 0.33, 0.06],
          high: [0.93, Number.NaN, 0.7, 0.48, 0.2],
        },
      },
      { xTitle: "patches deleted", yTitle: "probability" },
    ),
  heatmap: () =>
    heatmap(
      made([3, 5], (row, column) => row / 2 - column / 4),
      { title: "Both signs", xTitle: "key", yTitle: "query", valueTitle: "score" },
    ),
  "heatmap-contributions": () =>
    heatmap(
      made([4, 5], (block, part) => (part === 4 ? 1.2 * Math.sin(block) : Math.cos(block * 2 + part) / 2)),
      {
        title: "What each part adds to the logit",
        xLabels: ["head 0", "head 1", "head 2", "head 3", "MLP"],
        yTitle: "block",
        valueTitle: "logit",
      },
    ),
  "heatmap-lens": () => {
    const score = (state: number, answer: number) => Math.exp((answer === 1 ? state : 1) * (answer === 2 ? 1.2 : 1));
    return heatmap(
      made([5, 3], (state, answer) => score(state, answer) / (score(state, 0) + score(state, 1) + score(state, 2))),
      {
        title: "What the class token would answer",
        xLabels: ["cat", "dog", "a long name"],
        yLabels: ["embedding", "block 0", "block 1", "block 2", "block 3"],
        valueTitle: "probability",
        zmin: 0,
        zmax: 1,
        percent: true,
      },
    );
  },
  imageGrid: () =>
    imageGrid([image, gradientImage(32, 24, 6), image], {
      title: "Pictures",
      titles: ["right one", "wrong one", "no border"],
      borders: ["right", "wrong", null],
    }),
  intervals: () =>
    intervals(
      ["random", "raw attention", "rollout", "gradient times input"],
      {
        "deletion area": {
          values: [0.41, 0.33, 0.3, 0.22],
          low: [0.38, 0.3, 0.26, 0.2],
          high: [0.44, 0.36, 0.34, 0.25],
          better: "lower",
        },
        "insertion area": {
          values: [0.4, 0.47, 0.46, 0.61],
          low: [0.37, 0.43, 0.41, 0.58],
          high: [0.43, 0.51, 0.52, 0.64],
          better: "higher",
        },
        "share of the truth found": {
          values: [0.12, 0.3, Number.NaN, 0.55],
          low: [0.08, 0.25, Number.NaN, 0.5],
          high: [0.16, 0.36, Number.NaN, 0.6],
          better: "higher",
          level: { value: 0.125, label: "chance" },
          percent: true,
        },
      },
      { title: "How far explanations can be trusted", highlight: "gradient times input" },
    ),
  "intervals-one": () =>
    intervals(["with", "without"], {
      "change of the logit": { values: [-0.4, 0.1], low: [-0.7, -0.2], high: [-0.1, 0.5] },
    }),
  parallelCoordinates: () => {
    const lines = Array.from({ length: 18 }, (_, line) => line);
    const momentum = lines.map((line) => (line % 3 === 2 ? 0.5 + line / 40 : null));
    const rates = lines.map((line) => 10 ** (-4 + ((line * 7) % 18) / 6));
    return parallelCoordinates(
      {
        learningRate: { values: rates, logarithmic: true },
        optimizer: { values: lines.map((line) => ["adam", "adamw", "sgd"][line % 3]!) },
        momentum: { values: momentum },
        dim: { values: lines.map((line) => String(32 << (line % 2))), order: ["16", "32", "64"] },
      },
      {
        title: "Settings and what came of them",
        result: {
          name: "validation loss",
          values: rates.map((rate, line) => (line === 4 ? Number.NaN : 0.5 + Math.abs(Math.log10(rate) + 2.6) / 2)),
          better: "lower",
        },
      },
    );
  },
  "parallelCoordinates-plain": () =>
    parallelCoordinates(
      {
        "length of the sepal": { values: [5.1, 7, 6.3] },
        width: { values: [3.5, 3.2, 3.3] },
        kind: { values: ["setosa", "versicolor", "virginica"] },
      },
      { highlight: 2 },
    ),
  patchGrid: () => patchGrid(image, 8, { title: "Patches", highlight: { 5: "ear", 6: "ear", 9: "eye" }, scale: 8 }),
  patchMaps: () =>
    patchMaps(
      made([2, 3, 4, 4], (down, across, row, column) =>
        across === 1 && down === 0 ? 0 : (row - column) * (across + 1) - down,
      ),
      {
        title: "What each patch did",
        rowTitles: ["cat", "a long name of a class"],
        columnTitles: ["block 0", "block 1", "block 2"],
        valueTitle: "change of the logit",
        marks: [0, 1, 5],
      },
    ),
  "patchMaps-images": () =>
    patchMaps([fromPatch(10), fromPatch(27), made([8, 8], (row) => (row === 4 ? Number.NaN : row / 60))], {
      title: "Three methods",
      titles: ["attention", "rollout", "gradient times input"],
      images: image,
      marks: [[], [27], [18, 26]],
    }),
  "patchMaps-mosaic": () =>
    patchMaps(
      made([16, 4, 4], (place, row, column) => Math.cos(Math.hypot(Math.floor(place / 4) - row, (place % 4) - column))),
      { title: "Similarity of positions", tight: true, valueTitle: "cosine", size: 40 },
    ),
  patchStrip: () => patchStrip(image, { patchSize: 8, classToken: true, highlight: [3] }),
  plot: () =>
    plot({
      data: [{ type: "scatter", mode: "lines", y: [1, 3, 2] }],
      layout: { title: { text: "A spec of one's own" }, width: 320, height: 220 },
    }),
  tokenColors: () =>
    tokenColors(
      made([2, 8, 8, 3], (index, row, column, channel) => [row / 7, column / 7, index][channel]!),
      { title: "What tokens have in common", titles: ["cat", "dog"], images: [image, photo] },
    ),
  "tokenColors-one": () =>
    tokenColors(
      made([3, 4, 4, 3], (index, row, column, channel) => (row + column + channel * index) / 10),
      { titles: ["block 0", "block 1", "block 2"], images: image },
    ),
  tokenSimilarity: () => tokenSimilarity(made([6, 4], (token, dim) => Math.cos(token * (dim + 1)))),
};

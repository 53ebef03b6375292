import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { plainText } from "../../src/base/plain-text";
import { bars } from "../../src/figure/bars";
import { confusionMatrix } from "../../src/figure/confusion-matrix";
import { curves } from "../../src/figure/curves";
import { figuresPage } from "../../src/figure/figures-page";
import { headChart } from "../../src/figure/head-chart";
import { heatmap } from "../../src/figure/heatmap";
import { imageGrid } from "../../src/figure/image-grid";
import { intervals } from "../../src/figure/intervals";
import { parallelCoordinates } from "../../src/figure/parallel-coordinates";
import { patchMaps } from "../../src/figure/patch-maps";
import type { PlotFigure } from "../../src/figure/plot-figure";
import { plot } from "../../src/figure/plot-figure";
import { hostileTexts, TERMINAL_ACTIVE } from "../support/hostile-texts";

const { window } = new JSDOM();
const texts = hostileTexts.filter((text) => text.trim() !== "");
const numbers = texts.map((_, i) => i + 1);
const square = texts.map((_, i) => texts.map((_, j) => i + j));

/** The SVG of a figure as an XML parser reads it. */
async function svgOf(figure: { svg(): Promise<string> }): Promise<Element> {
  const document = new window.DOMParser().parseFromString(await figure.svg(), "image/svg+xml");
  expect(document.querySelector("parsererror")).toBeNull();
  return document.documentElement;
}

function expectNoWayOut(root: Element): void {
  for (const element of root.querySelectorAll("*")) {
    expect(["a", "script", "foreignObject"]).not.toContain(element.tagName);
    for (const { name, value } of element.attributes)
      if (/href|src/.test(name)) expect(value).toMatch(/^(#|data:image\/png;base64,)/);
  }
}

const named: [string, PlotFigure][] = [
  ["bars", bars(texts, numbers)],
  ["a confusion matrix", confusionMatrix(square, { classNames: texts })],
  [
    "intervals",
    intervals(texts, Object.fromEntries(texts.map((text) => [text, { values: numbers, low: numbers, high: numbers }]))),
  ],
  [
    "lines over parallel axes",
    parallelCoordinates(Object.fromEntries(texts.map((text) => [text, { values: texts }])), {
      names: texts,
      result: { name: texts[0]!, values: numbers, better: "lower" },
    }),
  ],
  ["a heat map", heatmap(square, { xLabels: texts, yLabels: texts })],
  ["curves", curves(Object.fromEntries(texts.map((text, i) => [text, [i, i + 1]])))],
];

describe.each(named)("%s with names of others", (_, figure) => {
  it("has an SVG that is XML and leads nowhere", async () => {
    expectNoWayOut(await svgOf(figure));
  });

  it("has no markup in its Plotly spec", () => {
    const spec = JSON.stringify(figure.spec).replaceAll("<extra></extra>", "");
    expect(spec).not.toMatch(/<[a-z/]/i);
    expect(figure.text).not.toMatch(
      new RegExp(TERMINAL_ACTIVE.source.replace("\\p{Cc}", "\\u0000-\\u0009\\u000b-\\u001f"), "u"),
    );
  });
});

it("draws each name as it is written, one line for each class", async () => {
  const figure = bars(texts, numbers);
  const root = await svgOf(figure);
  const drawn = [...root.querySelectorAll("text")].map((element) => element.textContent);
  for (const text of texts) expect(drawn).toContain(plainText(text));
  expect(figure.text.split("\n")).toHaveLength(1 + texts.length);
});

it.each(hostileTexts)("writes a title as it is written: %j", async (title) => {
  for (const figure of [
    heatmap([[1]], { title, xTitle: title, yTitle: title, valueTitle: title }),
    bars(["a"], [1], { title, valueTitle: title }),
    headChart([[1]], { title, yTitle: title, level: { value: 1, label: title } }),
  ]) {
    expectNoWayOut(await svgOf(figure));
    // Lines of a title are joined with <br>.
    expect(JSON.stringify(figure.spec).replaceAll(/<extra><\/extra>|<br>/g, "")).not.toMatch(/<[a-z/]/i);
  }
});

it("draws a spec with characters that XML can't write, and of a link its text alone", async () => {
  const title = { text: 'see <a href="https://evil.example">here</a> \u001b\u0000' };
  const figure = plot({ data: [{ type: "scatter", y: [1, 2], name: "\ufffe" }], layout: { title, showlegend: true } });
  const root = await svgOf(figure);
  expectNoWayOut(root);
  expect(root.textContent).toContain("see here");
});

it("captions pictures in one line of text each, and keeps a web page from running what a title says", async () => {
  const pictures = texts.map(() => ({ width: 2, height: 2, pixels: new Uint8Array(12) }));
  const grid = imageGrid(pictures, { titles: texts });
  expect(grid.text.split("\n")).toHaveLength(2 + texts.length);
  expectNoWayOut(await svgOf(grid));
  const maps = { shape: [texts.length, 1, 1], data: numbers };
  expect(patchMaps(maps, { titles: texts }).text.split("\n")).toHaveLength(3 + texts.length);
  const page = new JSDOM(
    await figuresPage([grid, ...texts.map((title) => imageGrid(pictures.slice(0, 1), { title }))]),
  );
  expect(page.window.document.querySelectorAll("script, a")).toHaveLength(0);
  expect(page.window.document.querySelectorAll("img")).toHaveLength(1 + texts.length);
});

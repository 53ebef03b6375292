import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { attentionGrid } from "../../src/figure/attention-grid";
import { bars } from "../../src/figure/bars";
import { confusionMatrix } from "../../src/figure/confusion-matrix";
import { curves } from "../../src/figure/curves";
import { isShippedText } from "../../src/figure/fonts";
import { headChart } from "../../src/figure/head-chart";
import { heatmap } from "../../src/figure/heatmap";
import { imageGrid } from "../../src/figure/image-grid";
import { intervals } from "../../src/figure/intervals";
import { parallelCoordinates } from "../../src/figure/parallel-coordinates";
import { patchGrid } from "../../src/figure/patch-grid";
import { patchMaps } from "../../src/figure/patch-maps";
import { patchStrip } from "../../src/figure/patch-strip";
import { plot } from "../../src/figure/plot-figure";
import { wrapText } from "../../src/figure/plot-layout";
import { tokenColors } from "../../src/figure/token-colors";
import { tokenSimilarity } from "../../src/figure/token-similarity";
import * as widgets from "../../src/widgets/widgets";
import { gradientImage } from "./images";

afterEach(() => vi.unstubAllEnvs());

const both = (en: string, zh: string) => ({ en, zh });
const title = both("About cats", "关于猫");
const [cat, dog] = [both("cat", "猫"), both("dog", "狗")];
const level = { value: 0.5, label: both("chance", "随机水平") };
const image = () => gradientImage(8);

const figures = {
  heatmap: () =>
    heatmap([[1, 2]], { title, xTitle: cat, yTitle: dog, valueTitle: dog, xLabels: [cat, "ViT"], yLabels: [dog] }),
  tokenSimilarity: () => tokenSimilarity([[1, 2]], { title, xTitle: cat }),
  curves: () =>
    curves(
      [
        { name: cat, y: [1, 2] },
        { name: dog, y: [2, 1] },
      ],
      { title, yTitle: dog, chance: level },
    ),
  bars: () => bars([cat, dog], [0.2, 0.8], { title, valueTitle: cat, highlight: cat, level }),
  intervals: () =>
    intervals([cat, dog], [{ name: dog, values: [1, 2], low: [0, 1], high: [2, 3], level }], {
      title,
      highlight: [dog],
    }),
  parallelCoordinates: () =>
    parallelCoordinates([{ name: cat, values: [dog, 1], order: [dog] }], {
      title,
      names: [cat, dog],
      result: { name: dog, values: [1, 2], better: "lower" },
    }),
  headChart: () => headChart([[0.2, 0.7]], { title, yTitle: cat, level }),
  confusionMatrix: () =>
    confusionMatrix(
      [
        [3, 1],
        [0, 2],
      ],
      { title, classNames: [cat, dog] },
    ),
  imageGrid: () => imageGrid(image(), { title, titles: [cat] }),
  patchGrid: () => patchGrid(image(), 4, { title, highlight: { 1: cat } }),
  patchStrip: () => patchStrip(image(), { patchSize: 4, title, highlight: { 1: cat } }),
  patchMaps: () => patchMaps([[[[0, 1]]]], { title, rowTitles: [cat], columnTitles: [dog], valueTitle: cat }),
  tokenColors: () => tokenColors([[[0, 1, 0]]], { title, titles: [cat] }),
  attentionGrid: () =>
    attentionGrid(
      [
        [
          [
            [0.5, 0.5],
            [0.5, 0.5],
          ],
        ],
      ],
      { title },
    ),
  plot: () => plot({ data: [{ y: [1] }], layout: {} }, { title }),
};

describe.each(Object.entries(figures))("the words that a cell gives to %s", (_, draw) => {
  it("are those of one language in each", () => {
    const english = draw();
    vi.stubEnv("VITLAB_LANG", "zh");
    const chinese = draw();
    const said = [english, chinese].map((figure) => figure.text + JSON.stringify("spec" in figure ? figure.spec : ""));
    expect(english.text).toMatch(/^About cats\n/);
    expect(said[0]).not.toMatch(/猫|狗/);
    expect(chinese.text).toMatch(/^关于猫\n/);
    expect(said[1]).not.toMatch(/\bcat|\bdog/);
  });
});

describe("words of a wrong kind", () => {
  const wrong = { en: "cat" } as never;

  it("are refused by the name of the option", () => {
    const expected = 'give a text in quotes, or one for each language, such as { en: "cat", zh: "猫" }';
    expect(() => heatmap([[1]], { xTitle: wrong })).toThrow(`heatmap: xTitle is an object: ${expected}`);
    expect(() => imageGrid(image(), { titles: [wrong] })).toThrow("imageGrid: titles is a list: give a list of texts");
    expect(() => bars([wrong], [1])).toThrow("bars takes labels as a list of texts");
    expect(() => patchGrid(image(), 4, { highlight: { 1: wrong } })).toThrow("patchGrid: highlight is an object");
    expect(() => headChart([[1]], { level: { value: 1, label: wrong } })).toThrow("headChart: level is an object");
  });

  it("are refused as the name of a curve or panel, and twice the same", () => {
    expect(() => curves([{ name: wrong, y: [1] }])).toThrow(
      'curves: curve 0 of the list has the name an object: give each its name, as in [{ name: "first", … }]',
    );
    expect(() => curves([[1, 2]] as never)).toThrow("curve 0 of the list has the name undefined");
    expect(() =>
      curves([
        { name: "a", y: [1] },
        { name: both("a", "b"), y: [1] },
      ]),
    ).toThrow('curves: two curves are named "a": give each a name of its own');
    const panel = { values: [1], low: [0], high: [2] };
    expect(() => intervals(["a"], [{ ...panel, name: 3 as never }])).toThrow("panel 0 of the list has the name 3");
  });
});

describe("the words that a cell gives to a widget", () => {
  it("are those of the language", () => {
    vi.stubEnv("VITLAB_LANG", "zh");
    const slider = new widgets.IntSlider({ description: both("block", "编码器块"), tooltip: cat });
    expect([slider.description, slider.tooltip]).toEqual(["编码器块", "猫"]);
    const tab = new widgets.Tab([slider], { titles: [dog] });
    expect(tab.titles).toEqual(["狗"]);
    expect(new widgets.HTML({ value: cat }).value).toBe("猫");
    const menu = new widgets.Dropdown({
      options: [
        [cat, 1],
        [dog, 2],
      ],
      value: 2,
    });
    expect([menu.value, String(menu)]).toEqual([2, expect.stringContaining("Dropdown")]);
    for (const widget of [tab, slider, menu]) widget.close();
  });

  it("are refused where they are of another kind", () => {
    expect(() => new widgets.IntSlider({ description: { en: "block" } as never })).toThrow(
      "IntSlider: description is an object: give a text in quotes, or one for each language",
    );
    expect(() => new widgets.Text({ value: cat as never })).toThrow("Text: value is an object: give a text in quotes");
  });
});

describe("Chinese in pictures", () => {
  it("has all its characters in the typeface that ships", () => {
    const root = join(__dirname, "..", "..");
    const files = ["src", "notebooks"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true })
        .map((name) => join(root, folder, String(name)))
        .filter((file) => /\.(ts|ipynb)$/.test(file)),
    );
    const texts = files.map((file) => readFileSync(file, "utf8")).join("");
    const missing = [...new Set(texts.match(/\p{Script=Han}/gu))].filter((character) => !isShippedText(character));
    expect(missing, "npm run font adds them").toEqual([]);
    expect(isShippedText("注意力 attention — 图像块，±1")).toBe(true);
    expect(isShippedText("한")).toBe(false);
  });

  it("ends a line between characters, and not before a sign that closes or after one that opens", () => {
    const style = { size: 12 };
    expect(wrapText("颜色越亮，权重越大（见图）。", 61, style)).toEqual(["颜色越亮，", "权重越大", "（见图）。"]);
    expect(wrapText("自注意力 self-attention 的权重", 90, style)).toEqual(["自注意力", "self-attention 的", "权重"]);
    expect(wrapText("plain words stay whole", 70, style)).toEqual(["plain words", "stay whole"]);
  });
});

describe("the library's own words", () => {
  it("are Chinese in a figure's axes, marks and text", () => {
    vi.stubEnv("VITLAB_LANG", "zh");
    const drawn = curves([{ name: "a", y: [1, Number.NaN] }], { chance: 0.5 });
    expect(JSON.stringify(drawn.spec)).toMatch(/轮次.*随机水平|随机水平.*轮次/);
    expect(drawn.text).toBe("曲线\na：2 个值，首个 1，末个 1，最低 1，最高 1；1 个值不是有限数：1 NaN\n随机水平: 0.5");
    expect(
      confusionMatrix([
        [3, 1],
        [0, 2],
      ]).text,
    ).toBe("混淆矩阵\n2 个类别，6 张图像，5 张正确（83.3%）\n最常见的错误：把 0 认成 1，1 次");
  });

  it("are English where a figure refuses something", () => {
    vi.stubEnv("VITLAB_LANG", "zh");
    expect(() => patchMaps([[[Number.NaN]]])).toThrow(
      "maps has no finite number (1 value is not finite: 1 NaN): there is nothing to draw",
    );
  });
});

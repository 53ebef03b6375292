import { isIndex } from "../base/check-number";
import { checkOptions, type OptionNames, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { type InBoth, inLanguage, type Words } from "../base/language";
import type { Axis, Explanation } from "../explain/explanation";
import { bars } from "../figure/bars";
import { type CurveWithPlaces, curves } from "../figure/curves";
import type { Figure } from "../figure/figure";
import { filterGrid } from "../figure/filter-grid";
import { headChart } from "../figure/head-chart";
import { heatmap } from "../figure/heatmap";
import { UNIFORM } from "../figure/level-line";
import { patchMaps } from "../figure/patch-maps";
import type { ImagesInput } from "../figure/pixels";
import { tokenColors } from "../figure/token-colors";
import { explanationWords } from "./explanation-words";

/** What of an explanation is drawn, and over what. */
export interface DrawExplanationOptions {
  title?: Words;
  /** The images that were explained, under maps of their patches. */
  images?: ImagesInput;
  /** Patches to outline, such as those that are known to matter: of all images, or a list for each. */
  marks?: readonly number[] | readonly (readonly number[])[];
  /** Which image's numbers, where only one image's can be drawn. Default 0. */
  image?: number;
  /** Which token's, of a logit lens. Default: the class token, or the first. */
  token?: number;
  /** Which class's, where each class has numbers of its own. Default: the one with the largest number at the end. */
  class?: number;
  /** Names of the classes. */
  classNames?: readonly Words[];
}

const OPTIONS: OptionNames<DrawExplanationOptions> = {
  title: true,
  images: true,
  marks: true,
  image: true,
  token: true,
  class: true,
  classNames: true,
};

/** With so many parts bars can still be read. */
const MOST_BARS = 40;
const MOST_CURVES = 8;
const MOST_COLUMNS = 8;
const MOST_FILTERS = 64;
const FILTERS_IN_A_ROW = 8;
const IMAGES = { en: "images", zh: "张图像" };
/** So many maps without images are a page; and so few have room to be larger. */
const MOST_MAPS = 24;
const FEW_MAPS = 3;
const SIZE_OF_FEW = 160;
/** Of the largest number. */
const ROUNDING = 1e-4;
/** What the maps of a mosaic take together. */
const MOSAIC_SIDE = 640;

/** What of an explanation is drawn. */
type Drawn = Pick<Explanation, "method" | "unit" | "uniform" | "axes" | "shape" | "data">;

type Draw = (explanation: Drawn, options: DrawExplanationOptions) => Figure;

/** What may be chosen of more than a figure holds. */
type Choice = "image" | "token" | "class";

/** How explanations are drawn, by the names of their axes, and what may be chosen. */
const BY_AXES: readonly (readonly [axes: string, draw: Draw, ...choices: Choice[]])[] = [
  ["image row column", drawMaps],
  ["epoch image row column", drawStacked],
  ["model image row column", drawStacked],
  ["image row column component", drawColors],
  ["filter row column channel", (e, o) => drawFilters(e, o, "shared")],
  ["component row column channel", (e, o) => drawFilters(e, o, "each")],
  ["row column other row other column", drawMosaic],
  ["image block head", ofImages(drawHeads), "image"],
  ["block head", drawHeads],
  ["image state token", ofImage(drawMatrix), "image"],
  ["image state token class", drawLens, "image", "token"],
  ["image part class", drawParts, "image", "class"],
  ["image step", drawCurves],
  ["image query key", ofImage(drawMatrix), "image"],
  ["image block", ofImages(drawBars), "image"],
  ["block", drawBars],
  ["block token", drawMatrix],
  ["image block token", ofImage(drawMatrix), "image"],
];

/**
 * An explanation as the figure that suits its axes: maps of patches over their images, heads by block, a matrix, curves.
 * `await show(drawExplanation(relevance(model, images), { images }))`.
 *
 * The title says which image's numbers they are where it isn't all images', and of how many the first are drawn where they are
 * too many: maps without images, curves and filters.
 *
 * @throws VitlabError when there is no figure for its axes, or an option doesn't fit it.
 *
 * @example
 * ```ts
 * import { datasetToTensor, drawExplanation, presets, relevance, saveFigure, shapes, ViT } from "vitlab";
 *
 * const images = datasetToTensor(shapes({ count: 2 }));
 * const map = relevance(new ViT(presets.tiny), images);
 * console.log(await saveFigure(drawExplanation(map, { images }), "relevance.png")); // relevance.png
 * ```
 */
export function drawExplanation(explanation: Explanation, options: DrawExplanationOptions = {}): Figure {
  checkOptions("drawExplanation", options, OPTIONS);
  const known = figureFor(explanation);
  if (known) {
    const [, draw, ...choices] = known;
    checkChoices(explanation, options, choices);
    return draw(explanation, options);
  }
  throw new VitlabError(
    `there is no figure for numbers by ${explanation.axes.map(({ name }) => name).join(", ")}: take a part of explanation.data, and draw it with heatmap or patchMaps`,
  );
}

/** Whether there is a figure for an explanation as it is. */
export function hasFigure(explanation: Explanation): boolean {
  const { axes, shape } = explanation;
  const colors = axes.at(-1)?.name === "component" && shape.length === 4 && axes[1]?.name === "row";
  return figureFor(explanation) !== undefined && !(colors && shape[3] !== 3);
}

function figureFor({ axes }: Drawn): (typeof BY_AXES)[number] | undefined {
  const names = axes.map(({ name }) => name).join(" ");
  return BY_AXES.find(([known]) => known === names);
}

/** @throws VitlabError when something is chosen of which the figure shows all, or has none. */
function checkChoices({ method, axes }: Drawn, options: DrawExplanationOptions, choices: readonly Choice[]): void {
  const needless = (["image", "token", "class"] as const).find(
    (choice) => options[choice] !== undefined && !choices.includes(choice),
  );
  if (needless)
    throw new VitlabError(
      `${needless} has nothing to choose in the figure of ${method} (${axes.map(({ name }) => name).join(", ")}): leave it out`,
    );
}

function titleOf({ method }: Drawn, { title }: DrawExplanationOptions, which = ""): string {
  if (title !== undefined) return inLanguage(title);
  const words = explanationWords(method);
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${which}`;
}

/** ", image 0", where there are others. */
function ofWhich(image: number, images: number): string {
  return images === 1 ? "" : inLanguage({ en: `, image ${image}`, zh: `，图像 ${image}` });
}

/** ", the first 8 of 20 images", where that isn't all. */
function firstOf(shown: number, all: number, what: InBoth): string {
  const of = { en: `, the first ${shown} of ${all} ${what.en}`, zh: `，${all} ${what.zh}中的前 ${shown} 个` };
  return shown < all ? inLanguage(of) : "";
}

function mapsOf(explanation: Drawn, options: DrawExplanationOptions) {
  const { images, marks } = options;
  return {
    valueTitle: explanationWords(explanation.unit),
    ...(images !== undefined && { images }),
    ...(marks && { marks }),
  };
}

/** As many images as a page holds; all where their pictures or marks were given. */
function shownImages(explanation: Drawn, { images, marks }: DrawExplanationOptions): Drawn {
  const all = explanation.shape[0] as number;
  return images === undefined && marks === undefined ? first(explanation, Math.min(all, MOST_MAPS)) : explanation;
}

function drawMaps(explanation: Drawn, options: DrawExplanationOptions): Figure {
  const shown = shownImages(explanation, options);
  const [count] = shown.shape as [number];
  return patchMaps(shown, {
    ...mapsOf(explanation, options),
    title: titleOf(explanation, options, firstOf(count, explanation.shape[0] as number, IMAGES)),
    titles: imageTitles(shown),
    ...(count <= FEW_MAPS && { size: SIZE_OF_FEW }),
    ...aboveRounding(shown.data),
  });
}

/** Where numbers are below 0 by rounding alone, colors start at 0: half of them would be for numbers that aren't there. */
function aboveRounding(data: Float32Array): { zmin?: number } {
  const smallest = data.reduce((a, b) => Math.min(a, b));
  const largest = data.reduce((a, b) => Math.max(a, b));
  return smallest < 0 && -smallest < ROUNDING * largest ? { zmin: 0 } : {};
}

function drawFilters(explanation: Drawn, options: DrawExplanationOptions, scale: "shared" | "each"): Figure {
  const [count] = explanation.shape as [number];
  const shown = Math.min(count, MOST_FILTERS);
  return filterGrid(first(explanation, shown), {
    title: titleOf(explanation, options, firstOf(shown, count, { en: "filters", zh: "个滤波器" })),
    scale,
    columns: FILTERS_IN_A_ROW,
  });
}

function imageTitles({ shape }: Pick<Drawn, "shape">): string[] {
  return shape[0] === 1 ? [""] : Array.from({ length: shape[0] as number }, (_, i) => explanationWords(`image ${i}`));
}

/** A row for each image, a column for each epoch or model; of many epochs some, evenly from the first to the last. */
function drawStacked(explanation: Drawn, options: DrawExplanationOptions): Figure {
  const { shape, data, axes } = explanation;
  const [all, images, ...map] = shape as [number, number, number, number];
  const columns = Math.min(all, MOST_COLUMNS);
  const shown = Array.from({ length: columns }, (_, i) => Math.round((i * (all - 1)) / Math.max(1, columns - 1)));
  const size = map[0] * map[1];
  const turned = new Float32Array(images * columns * size);
  shown.forEach((from, column) => {
    for (let image = 0; image < images; image++) {
      const at = (from * images + image) * size;
      turned.set(data.subarray(at, at + size), (image * columns + column) * size);
    }
  });
  const what = axes[0]?.name;
  return patchMaps(
    { shape: [images, columns, ...map], data: turned },
    {
      ...mapsOf(explanation, options),
      title: titleOf(
        explanation,
        options,
        columns < all ? inLanguage({ en: `, ${columns} of ${all} ${what}s`, zh: `，${all} 个中的 ${columns} 个` }) : "",
      ),
      rowTitles: imageTitles({ shape: [images] }),
      columnTitles: shown.map((i) => explanationWords(axes[0]?.labels?.[i] ?? `${what} ${i}`)),
      ...aboveRounding(turned),
    },
  );
}

function drawColors(explanation: Drawn, options: DrawExplanationOptions): Figure {
  if (explanation.shape[3] !== 3)
    throw new VitlabError(
      `${explanation.method} has ${explanation.shape[3]} components: colors are made of 3; take { components: 3 }`,
    );
  const { images } = options;
  const shown = shownImages(explanation, options);
  const [count] = shown.shape as [number];
  return tokenColors(shown, {
    title: titleOf(explanation, options, firstOf(count, explanation.shape[0] as number, IMAGES)),
    titles: imageTitles(shown),
    ...(images !== undefined && { images }),
    ...(count <= FEW_MAPS && { size: SIZE_OF_FEW }),
  });
}

/** The map of each patch where the patch lies, in the colors between the smallest and the largest number. */
function drawMosaic(explanation: Drawn, options: DrawExplanationOptions): Figure {
  const { shape, data, unit } = explanation;
  const smallest = data.reduce((a, b) => Math.min(a, b));
  const largest = data.reduce((a, b) => Math.max(a, b));
  return patchMaps(explanation, {
    title: titleOf(explanation, options),
    valueTitle: explanationWords(unit),
    tight: true,
    size: Math.floor(MOSAIC_SIDE / Math.max(...shape)),
    // All of them are alike to some degree: from 0 on there would be few colors for the differences.
    ...(smallest > 0 && smallest < largest && { zmin: smallest }),
  });
}

function drawHeads(explanation: Drawn, options: DrawExplanationOptions, which = ""): Figure {
  const { unit, uniform } = explanation;
  return headChart(explanation, {
    title: titleOf(explanation, options, which),
    yTitle: explanationWords(unit),
    ...(uniform !== undefined && { level: { value: uniform, label: inLanguage(UNIFORM) } }),
  });
}

function drawMatrix(explanation: Drawn, options: DrawExplanationOptions, which = ""): Figure {
  const [rows, columns] = explanation.axes as [Axis, Axis];
  return heatmap(explanation, {
    title: titleOf(explanation, options, which),
    yTitle: explanationWords(rows.name),
    xTitle: explanationWords(columns.name),
    valueTitle: explanationWords(explanation.unit),
    ...(rows.labels && { yLabels: rows.labels.map(explanationWords) }),
    ...(columns.labels && { xLabels: columns.labels.map(explanationWords) }),
  });
}

/** "the class token", "patch 3". */
function tokenInWords(label: string): string {
  return label.endsWith("token") ? `the ${label}` : label;
}

/** The classes that one token would be given after each state; of one class, what each patch would be given. */
function drawLens(explanation: Drawn, options: DrawExplanationOptions): Figure {
  const { axes, shape, data, unit } = explanation;
  const [, states, tokens, classes] = shape as [number, number, number, number];
  const image = chosen("image", options.image ?? 0, shape[0] as number);
  const token = chosen("token", options.token ?? 0, tokens);
  const of = axes[2]?.labels?.[token] ?? `token ${token}`;
  const values = Float32Array.from({ length: states * classes }, (_, i) => {
    const [state, of] = [Math.floor(i / classes), i % classes];
    return data[((image * states + state) * tokens + token) * classes + of] as number;
  });
  return heatmap(
    { shape: [states, classes], data: values },
    {
      title:
        options.title ??
        inLanguage({
          en: `Logit lens of ${tokenInWords(of)}`,
          zh: `${explanationWords(of)}的 logit 透镜（logit lens）`,
        }) + ofWhich(image, shape[0] as number),
      yTitle: inLanguage({ en: "after", zh: "位置" }),
      xTitle: explanationWords("class"),
      valueTitle: explanationWords(unit),
      ...(unit === "probability" && { zmin: 0, zmax: 1 }),
      ...(axes[1]?.labels && { yLabels: axes[1].labels.map(explanationWords) }),
      ...(options.classNames && { xLabels: options.classNames }),
    },
  );
}

/** What each part brings to one class's logit, the largest first where they are many. */
function drawParts(explanation: Drawn, options: DrawExplanationOptions): Figure {
  const { axes, shape, data } = explanation;
  const [, parts, classes] = shape as [number, number, number];
  const image = chosen("image", options.image ?? 0, shape[0] as number);
  const at = (part: number, of: number) => data[(image * parts + part) * classes + of] as number;
  const sums = Array.from({ length: classes }, (_, of) =>
    Array.from({ length: parts }, (_, part) => at(part, of)).reduce((a, b) => a + b, 0),
  );
  const of = chosen("class", options.class ?? sums.indexOf(Math.max(...sums)), classes);
  const all = Array.from({ length: parts }, (_, part) => ({
    label: explanationWords(axes[1]?.labels?.[part] ?? `part ${part}`),
    value: at(part, of),
  }));
  const largest = [...all].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, MOST_BARS);
  const shown = all.filter((part) => largest.includes(part));
  const name = inLanguage(options.classNames?.[of] ?? explanationWords(`class ${of}`));
  const left = all.length - shown.length;
  return bars(
    shown.map(({ label }) => label),
    shown.map(({ value }) => value),
    {
      title:
        options.title ??
        inLanguage({
          en: `What brings the logit of ${name}${left > 0 ? ` (without the ${left} smallest)` : ""}`,
          zh: `${name} 的 logit 由什么构成${left > 0 ? `（省略最小的 ${left} 项）` : ""}`,
        }) + ofWhich(image, shape[0] as number),
      valueTitle: "logit",
    },
  );
}

function drawCurves(explanation: Drawn, options: DrawExplanationOptions): Figure {
  const { axes, shape, data, unit } = explanation;
  const [images, steps] = shape as [number, number];
  const shown = Math.min(images, MOST_CURVES);
  // "12 patches"; steps that say no number are counted.
  const numbers = (axes[1]?.labels ?? []).map((label) => Number.parseInt(label, 10));
  const known = numbers.length === steps && numbers.every(Number.isFinite);
  const x = known ? numbers : Array.from({ length: steps }, (_, step) => step);
  const lines: [string, CurveWithPlaces][] = Array.from({ length: shown }, (_, image) => [
    explanationWords(`image ${image}`),
    { x, y: data.subarray(image * steps, (image + 1) * steps) },
  ]);
  return curves(Object.fromEntries(lines), {
    title: titleOf(explanation, options, firstOf(shown, images, IMAGES)),
    xTitle: explanationWords(known ? "patches" : "step"),
    yTitle: explanationWords(unit),
  });
}

function drawBars(explanation: Drawn, options: DrawExplanationOptions, which = ""): Figure {
  const labels = explanation.axes[0]?.labels ?? Array.from(explanation.data, (_, i) => `block ${i}`);
  return bars(labels.map(explanationWords), explanation.data, {
    title: titleOf(explanation, options, which),
    valueTitle: explanationWords(explanation.unit),
  });
}

/** The first of what the first axis counts. */
function first(explanation: Drawn, count: number): Drawn {
  const { shape, data, axes } = explanation;
  const size = data.length / (shape[0] as number);
  return part(explanation, axes, { shape: [count, ...shape.slice(1)], data: data.subarray(0, count * size) });
}

/** Draws the numbers of one image, the first unless another is asked for. */
function ofImage(draw: (explanation: Drawn, options: DrawExplanationOptions, which: string) => Figure): Draw {
  return (explanation, options) => {
    const { shape, data, axes } = explanation;
    const images = shape[0] as number;
    const image = chosen("image", options.image ?? 0, images);
    const size = data.length / images;
    const numbers = { shape: shape.slice(1), data: data.subarray(image * size, (image + 1) * size) };
    return draw(part(explanation, axes.slice(1), numbers), options, ofWhich(image, images));
  };
}

/** Draws the mean of the images, or the numbers of the one that is asked for. */
function ofImages(draw: (explanation: Drawn, options: DrawExplanationOptions, which: string) => Figure): Draw {
  return (explanation, options) => {
    if (options.image !== undefined) return ofImage(draw)(explanation, options);
    const { shape, data, axes } = explanation;
    const images = shape[0] as number;
    const size = data.length / images;
    const means = Float32Array.from({ length: size }, (_, i) => {
      let sum = 0;
      for (let image = 0; image < images; image++) sum += data[image * size + i] as number;
      return sum / images;
    });
    const which = images === 1 ? "" : inLanguage({ en: `, mean of ${images} images`, zh: `，${images} 张图像的均值` });
    return draw(part(explanation, axes.slice(1), { shape: shape.slice(1), data: means }), options, which);
  };
}

/** Some of an explanation's numbers, which draw as an explanation does. */
function part(explanation: Drawn, axes: readonly Axis[], numbers: Pick<Drawn, "shape" | "data">): Drawn {
  const { method, unit, uniform } = explanation;
  return { method, unit, uniform, axes, shape: numbers.shape, data: numbers.data };
}

function chosen(what: string, index: number, count: number): number {
  if (isIndex(index, count)) return index;
  throw new VitlabError(`there is no ${what} ${show(index)} to draw: there are ${count}, from 0`);
}

import { checkOptions, type OptionNames, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { Axis, Explanation } from "../explain/explanation";
import { bars } from "../figure/bars";
import { type CurveWithPlaces, curves } from "../figure/curves";
import type { Figure } from "../figure/figure";
import { filterGrid } from "../figure/filter-grid";
import { headChart } from "../figure/head-chart";
import { heatmap } from "../figure/heatmap";
import { patchMaps } from "../figure/patch-maps";
import type { ImagesInput } from "../figure/pixels";
import { tokenColors } from "../figure/token-colors";

/** What of an explanation is drawn, and over what. */
export interface DrawExplanationOptions {
  title?: string;
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
  classNames?: readonly string[];
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

/** What of an explanation is drawn. */
type Drawn = Pick<Explanation, "method" | "unit" | "even" | "axes" | "shape" | "data">;

type Draw = (explanation: Drawn, options: DrawExplanationOptions) => Figure;

/** How explanations are drawn, by the names of their axes. */
const BY_AXES: readonly (readonly [axes: string, draw: Draw])[] = [
  ["image row column", (e, o) => patchMaps(e, { ...mapsOf(e, o), titles: imageTitles(e) })],
  ["epoch image row column", (e, o) => drawStacked(e, o)],
  ["model image row column", (e, o) => drawStacked(e, o)],
  ["image row column component", drawColors],
  ["filter row column channel", (e, o) => filterGrid(e, { title: titleOf(e, o) })],
  ["component row column channel", (e, o) => filterGrid(e, { title: titleOf(e, o), scale: "each" })],
  ["row column other row other column", drawMosaic],
  ["image block head", (e, o) => drawHeads(meanOfImages(e), o)],
  ["block head", drawHeads],
  ["image state token", (e, o) => drawMatrix(ofImage(e, o), o)],
  ["image state token class", drawLens],
  ["image part class", drawParts],
  ["image step", drawCurves],
  ["image query key", (e, o) => drawMatrix(ofImage(e, o), o)],
  ["image block", (e, o) => drawBars(meanOfImages(e), o)],
  ["block", drawBars],
  ["block token", drawMatrix],
  ["image block token", (e, o) => drawMatrix(ofImage(e, o), o)],
];

/**
 * An explanation as the figure that suits its axes: maps of patches over their images, heads by block, a matrix, curves.
 * `await show(drawExplanation(relevance(model, images), { images }))`.
 *
 * @throws VitlabError when there is no figure for its axes, or an option doesn't fit it.
 */
export function drawExplanation(explanation: Explanation, options: DrawExplanationOptions = {}): Figure {
  checkOptions("drawExplanation", options, OPTIONS);
  const draw = figureFor(explanation);
  if (draw) return draw(explanation, options);
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

function figureFor({ axes }: Drawn): Draw | undefined {
  const names = axes.map(({ name }) => name).join(" ");
  return BY_AXES.find(([known]) => known === names)?.[1];
}

function titleOf({ method }: Drawn, { title }: DrawExplanationOptions): string {
  return title ?? `${method.slice(0, 1).toUpperCase()}${method.slice(1)}`;
}

function mapsOf(explanation: Drawn, options: DrawExplanationOptions) {
  const { images, marks } = options;
  return {
    title: titleOf(explanation, options),
    valueTitle: explanation.unit,
    ...(images !== undefined && { images }),
    ...(marks && { marks }),
  };
}

function imageTitles({ shape }: Pick<Drawn, "shape">): string[] {
  return shape[0] === 1 ? [""] : Array.from({ length: shape[0] as number }, (_, i) => `image ${i}`);
}

/** A row for each image, a column for each epoch or model. */
function drawStacked(explanation: Drawn, options: DrawExplanationOptions): Figure {
  const { shape, data, axes } = explanation;
  const [columns, images, ...map] = shape as [number, number, number, number];
  const size = map[0] * map[1];
  const turned = new Float32Array(data.length);
  for (let column = 0; column < columns; column++)
    for (let image = 0; image < images; image++) {
      const from = (column * images + image) * size;
      turned.set(data.subarray(from, from + size), (image * columns + column) * size);
    }
  return patchMaps(
    { shape: [images, columns, ...map], data: turned },
    {
      ...mapsOf(explanation, options),
      rowTitles: imageTitles({ shape: [images] }),
      columnTitles: axes[0]?.labels,
    },
  );
}

function drawColors(explanation: Drawn, options: DrawExplanationOptions): Figure {
  if (explanation.shape[3] !== 3)
    throw new VitlabError(
      `${explanation.method} has ${explanation.shape[3]} components: colors are made of 3; take { components: 3 }`,
    );
  const { images } = options;
  return tokenColors(explanation, { title: titleOf(explanation, options), ...(images !== undefined && { images }) });
}

function drawMosaic(explanation: Drawn, options: DrawExplanationOptions): Figure {
  return patchMaps(explanation, { title: titleOf(explanation, options), valueTitle: explanation.unit, tight: true });
}

function drawHeads(explanation: Drawn, options: DrawExplanationOptions): Figure {
  const { unit, even } = explanation;
  return headChart(explanation, {
    title: titleOf(explanation, options),
    yTitle: unit,
    ...(even !== undefined && { level: { value: even, label: "even" } }),
  });
}

function drawMatrix(explanation: Drawn, options: DrawExplanationOptions): Figure {
  const [rows, columns] = explanation.axes as [Axis, Axis];
  return heatmap(explanation, {
    title: titleOf(explanation, options),
    yTitle: rows.name,
    xTitle: columns.name,
    valueTitle: explanation.unit,
    ...(rows.labels && { yLabels: rows.labels }),
    ...(columns.labels && { xLabels: columns.labels }),
  });
}

/** The classes that one token would be given after each state; of one class, what each patch would be given. */
function drawLens(explanation: Drawn, options: DrawExplanationOptions): Figure {
  const { axes, shape, data, unit } = explanation;
  const [, states, tokens, classes] = shape as [number, number, number, number];
  const image = chosen("image", options.image ?? 0, shape[0] as number);
  const token = chosen("token", options.token ?? 0, tokens);
  const values = Float32Array.from({ length: states * classes }, (_, i) => {
    const [state, of] = [Math.floor(i / classes), i % classes];
    return data[((image * states + state) * tokens + token) * classes + of] as number;
  });
  return heatmap(
    { shape: [states, classes], data: values },
    {
      title: options.title ?? `Logit lens of ${axes[2]?.labels?.[token] ?? `token ${token}`}`,
      yTitle: "after",
      xTitle: "class",
      valueTitle: unit,
      ...(axes[1]?.labels && { yLabels: axes[1].labels }),
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
    label: axes[1]?.labels?.[part] ?? `part ${part}`,
    value: at(part, of),
  }));
  const largest = [...all].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, MOST_BARS);
  const shown = all.filter((part) => largest.includes(part));
  const name = options.classNames?.[of] ?? `class ${of}`;
  const left = all.length - shown.length;
  return bars(
    shown.map(({ label }) => label),
    shown.map(({ value }) => value),
    {
      title: options.title ?? `What brings the logit of ${name}${left > 0 ? ` (without the ${left} smallest)` : ""}`,
      valueTitle: "logit",
    },
  );
}

function drawCurves(explanation: Drawn, options: DrawExplanationOptions): Figure {
  const { axes, shape, data, unit } = explanation;
  const [images, steps] = shape as [number, number];
  const x = (axes[1]?.labels ?? []).map((label) => Number.parseInt(label, 10));
  const lines: [string, CurveWithPlaces][] = Array.from({ length: Math.min(images, 8) }, (_, image) => [
    `image ${image}`,
    { x, y: data.subarray(image * steps, (image + 1) * steps) },
  ]);
  return curves(Object.fromEntries(lines), { title: titleOf(explanation, options), xTitle: "patches", yTitle: unit });
}

function drawBars(explanation: Drawn, options: DrawExplanationOptions): Figure {
  const labels = explanation.axes[0]?.labels ?? Array.from(explanation.data, (_, i) => `block ${i}`);
  return bars(labels, explanation.data, { title: titleOf(explanation, options), valueTitle: explanation.unit });
}

/** The numbers of one image. */
function ofImage(explanation: Drawn, options: DrawExplanationOptions): Drawn {
  const { shape, data, axes } = explanation;
  const image = chosen("image", options.image ?? 0, shape[0] as number);
  const size = data.length / (shape[0] as number);
  return part(explanation, axes.slice(1), {
    shape: shape.slice(1),
    data: data.slice(image * size, (image + 1) * size),
  });
}

function meanOfImages(explanation: Drawn): Drawn {
  const { shape, data, axes } = explanation;
  const [images] = shape as [number];
  const size = data.length / images;
  const means = Float32Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let image = 0; image < images; image++) sum += data[image * size + i] as number;
    return sum / images;
  });
  return part(explanation, axes.slice(1), { shape: shape.slice(1), data: means });
}

/** Some of an explanation's numbers, which draw as an explanation does. */
function part(explanation: Drawn, axes: readonly Axis[], numbers: Pick<Drawn, "shape" | "data">): Drawn {
  const { method, unit, even } = explanation;
  return { method, unit, even, axes, shape: numbers.shape, data: numbers.data };
}

function chosen(what: string, index: number, count: number): number {
  if (Number.isInteger(index) && index >= 0 && index < count) return index;
  throw new VitlabError(`there is no ${what} ${show(index)} to draw: there are ${count}, from 0`);
}

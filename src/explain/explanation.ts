import { isIndex } from "../base/check-number";
import { csv } from "../base/csv";
import { DisplayKind, printAs } from "../base/display-kind";
import { VitlabError } from "../base/error";
import { plainText } from "../base/plain-text";
import { showShape } from "../base/shape";
import { shortenToBytes } from "../base/text-table";
import { rowOf } from "./row-of";

/** One axis of an explanation's numbers. */
export interface Axis {
  /** What it counts, in the singular: "image", "block", "head", "row", "column", "query", "token", "class", … */
  name: string;
  /** Names of its places. Default: their numbers, from 0. */
  labels?: readonly string[];
}

/** What an explanation is made of. */
export interface ExplanationParts {
  /** How it was found, in the field's words: "attention rollout". */
  method: string;
  /** What the numbers are: "share of attention", "logit", "pixels", … */
  unit: string;
  axes: readonly Axis[];
  shape: readonly number[];
  data: Float32Array;
  /** What the numbers don't say, a sentence each. */
  notes?: readonly string[];
  /** What each number would be if nothing were preferred, where that is one number. */
  uniform?: number | undefined;
  /** Of maps of patches: whose share each number is, as in "the class token's attention in block 3". */
  shareOf?: string | undefined;
}

/** What an explanation is as JSON. */
export interface ExplanationJson {
  method: string;
  unit: string;
  axes: Axis[];
  shape: number[];
  /** Row by row. */
  data: number[];
  notes: string[];
  /** What each number would be if nothing were preferred; null where that isn't one number. */
  uniform: number | null;
}

/** How notebooks show explanations. */
export const explanationDisplay = new DisplayKind<Explanation>();

const MOST_BYTES = 1000;
const DESCRIBED_IMAGES = 3;
const ROUNDING = 1e-4;

/**
 * What was found about a model: numbers with their axes and unit, row by row. Every figure takes it as it is.
 *
 * @throws VitlabError when it is zero everywhere, of all images or of one, which explains nothing, holds NaN or Infinity, or its
 * shape, axes and labels don't fit.
 *
 * @example
 * ```ts
 * import { datasetToTensor, presets, relevance, shapes, ViT } from "vitlab";
 *
 * const map = relevance(new ViT(presets.tiny), datasetToTensor(shapes({ count: 1 })), { class: 3 });
 * console.log(map.axes.map(({ name }) => name), map.shape); // [ 'image', 'row', 'column' ] [ 1, 8, 8 ]
 * console.log(map.at(0, 2, 5) === map.data[2 * 8 + 5], map.toCSV().split("\n")[0]);
 * // true image,row,column,value
 * ```
 */
export class Explanation {
  readonly method: string;
  readonly unit: string;
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly notes: readonly string[];
  readonly uniform: number | undefined;
  readonly shareOf: string | undefined;

  constructor({ method, unit, axes, shape, data, notes = [], uniform, shareOf }: ExplanationParts) {
    this.method = method;
    this.unit = unit;
    this.axes = axes;
    this.shape = shape;
    this.data = data;
    this.notes = notes;
    this.uniform = uniform;
    this.shareOf = shareOf;
    checkNumbers(this);
    printAs(this, (explanation) => explanation.text);
    explanationDisplay.mark(this, (explanation) => explanation.text);
  }

  /** What is seen, in words: under 1,000 bytes. */
  get text(): string {
    return this.describe();
  }

  /**
   * The same, with names for patches of the first image: `describe(landmarkPatches(dataset, 0, 4))` says "patch 27 (ear) gets
   * 0.31 of the class token's attention in block 3".
   *
   * @param parts patches by what is there, as `landmarkPatches` gives them
   */
  describe(parts: Readonly<Record<string, readonly number[]>> = {}): string {
    const names = this.axes.map(({ name }) => name).join(", ");
    const lines = [
      `${this.method} ${showShape(this.shape)} (${names}), ${this.unit}`,
      ...describedSlices(this, parts),
      ...this.notes,
    ];
    return shortenToBytes(lines.map(plainText).join("\n"), MOST_BYTES);
  }

  /**
   * The number at a place, such as `at(0, 3, 5)` of axes image, row and column.
   *
   * @throws VitlabError when there is no such place.
   */
  at(...place: number[]): number {
    const { shape } = this;
    if (place.length !== shape.length || !place.every((i, axis) => isIndex(i, shape[axis] as number)))
      throw new VitlabError(
        `${this.method} has no number at (${place.join(", ")}): its axes are ${this.axes.map(({ name }, i) => `${name} 0 to ${(shape[i] as number) - 1}`).join(", ")}`,
      );
    return this.data[place.reduce((offset, i, axis) => offset * (shape[axis] as number) + i, 0)] as number;
  }

  /** Its text: `${explanation}`. */
  toString(): string {
    return this.text;
  }

  /** What `JSON.stringify(explanation)` writes. */
  toJSON(): ExplanationJson {
    const { method, unit, axes, shape, data, notes, uniform = null } = this;
    return { method, unit, axes: [...axes], shape: [...shape], data: Array.from(data), notes: [...notes], uniform };
  }

  /** A line for each number: a column for each axis, then the value; the first line names them. */
  toCSV(): string {
    const head = [...this.axes.map(({ name }) => name), "value"];
    const rows = Array.from(this.data, (value, i) => [...placeOf(i, this), String(value)]);
    return csv([head, ...rows]);
  }
}

function checkNumbers({ method, axes, shape, data }: Explanation): void {
  const size = shape.reduce((product, length) => product * length, 1);
  if (size !== data.length || axes.length !== shape.length)
    throw new VitlabError(
      `${method} has ${data.length} numbers and ${axes.length} axes: its shape ${showShape(shape)} asks for ${size} and ${shape.length}`,
    );
  const unnamed = axes.find(({ labels }, i) => labels && labels.length !== shape[i]);
  if (unnamed)
    throw new VitlabError(
      `${method} has ${unnamed.labels?.length} labels for ${shape[axes.indexOf(unnamed)]} places of axis ${unnamed.name}: give one for each`,
    );
  const odd = data.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0)
    throw new VitlabError(
      `${method} came out as ${data[odd]} at ${placeInWords(odd, { axes, shape })}: the model's weights aren't finite, or numbers in it grew too large`,
    );
  const images = axes[0]?.name === "image" ? (shape[0] as number) : 1;
  const each = size / images;
  const silent = Array.from({ length: images }, (_, i) => i).find((i) =>
    rowOf(data, i, each).every((value) => value === 0),
  );
  if (silent !== undefined)
    throw new VitlabError(
      `${method}${images > 1 ? ` of image ${silent}` : ""} is zero everywhere, so that it explains nothing: what it looks at has no effect on what was asked; ask for another block, query or class`,
    );
}

/** Names of a number's place, one for each axis. */
function placeOf(index: number, { axes, shape }: Pick<Explanation, "axes" | "shape">): string[] {
  const place: string[] = [];
  let rest = index;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    place.unshift(axes[axis]?.labels?.[rest % length] ?? String(rest % length));
    rest = Math.floor(rest / length);
  }
  return place;
}

/** "block 3, head 1", "patch 27 (ear)"; what has a name goes by it alone, unless two axes have the same names. */
function placeInWords(
  index: number,
  of: Pick<Explanation, "axes" | "shape">,
  parts: Readonly<Record<string, readonly number[]>> = {},
): string {
  const { axes, shape } = of;
  const names = placeOf(index, of);
  const words: string[] = [];
  for (let axis = 0; axis < axes.length; axis++) {
    const name = names[axis] as string;
    if (isPatchRow(axes, axis)) {
      const patch = Number(name) * (shape[axis + 1] as number) + Number(names[axis + 1]);
      const part = Object.entries(parts).find(([, patches]) => patches.includes(patch))?.[0];
      const which = (axes[axis] as Axis).name.replace(/row$/, "patch");
      words.push(`${which} ${patch} (${part ?? `row ${name}, column ${names[axis + 1]}`})`);
      axis++;
    } else if (axes[axis]?.labels && !isTwin(axes, axis)) words.push(name);
    else words.push(`${axes[axis]?.name} ${name}`);
  }
  return words.join(", ");
}

/** Whether an axis and the next one say where a patch lies: by numbers, and not as pixels of a filter. */
function isPatchRow(axes: readonly Axis[], axis: number): boolean {
  const [row, column] = [axes[axis], axes[axis + 1]];
  return (
    /^(other )?row$/.test(row?.name ?? "") &&
    column?.name === row?.name.replace("row", "column") &&
    !row?.labels &&
    axes.at(-1)?.name !== "channel"
  );
}

/** Whether another axis has the same names, such as queries and keys. */
function isTwin(axes: readonly Axis[], axis: number): boolean {
  return axes.some(({ labels }, i) => i !== axis && labels?.[0] !== undefined && labels[0] === axes[axis]?.labels?.[0]);
}

/** For each of the first images, or for all of what there is: where the largest number stands, and how it compares. */
function describedSlices(explanation: Explanation, parts: Readonly<Record<string, readonly number[]>>): string[] {
  const { axes, shape, data, uniform } = explanation;
  const byImage = axes[0]?.name === "image" && axes.length > 1;
  const count = byImage ? (shape[0] as number) : 1;
  const size = data.length / count;
  const place = byImage ? { axes: axes.slice(1), shape: shape.slice(1) } : explanation;
  const lines = Array.from({ length: Math.min(count, DESCRIBED_IMAGES) }, (_, image) => {
    const words = describedSlice(explanation, rowOf(data, image, size), (index) =>
      placeInWords(index, place, image === 0 ? parts : {}),
    );
    const beside = image > 0 || uniform === undefined ? "" : `; uniform would be ${digits(uniform)}`;
    return `${count > 1 ? `image ${image}: ` : ""}${words}${beside}`;
  });
  return count > DESCRIBED_IMAGES ? [...lines, `… and ${count - DESCRIBED_IMAGES} more images`] : lines;
}

/** The largest number and, where it says something, the smallest. */
function describedSlice(
  { axes, shareOf }: Explanation,
  values: Float32Array,
  placeOf: (index: number) => string,
): string {
  const [largest, smallest] = extremes(values);
  const [most, least] = [values[largest] as number, values[smallest] as number];
  if (values.length > 1 && most === least) return `the same everywhere: ${digits(most)}`;
  if (shareOf !== undefined && isPatchRow(axes, 1)) return `${placeOf(largest)} gets ${digits(most)} of ${shareOf}`;
  if (axes.at(-1)?.name === "step") {
    const end = values.length - 1;
    return `from ${digits(values[0] as number)} at ${placeOf(0)} to ${digits(values[end] as number)} at ${placeOf(end)}`;
  }
  // Where numbers start near 0, many are small, and those below by rounding say nothing.
  const isSpread = (least < -ROUNDING * Math.abs(most) || least > most / 2) && digits(least) !== digits(most);
  return `most at ${placeOf(largest)}: ${digits(most)}${isSpread ? `, least at ${placeOf(smallest)}: ${digits(least)}` : ""}`;
}

function extremes(values: Float32Array): [largest: number, smallest: number] {
  let [largest, smallest] = [0, 0];
  values.forEach((value, i) => {
    if (value > (values[largest] as number)) largest = i;
    if (value < (values[smallest] as number)) smallest = i;
  });
  return [largest, smallest];
}

function digits(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

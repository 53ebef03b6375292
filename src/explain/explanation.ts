import { csv } from "../base/csv";
import { DisplayKind, printAs } from "../base/display-kind";
import { VitlabError } from "../base/error";
import { plainText } from "../base/plain-text";
import { showShape } from "../base/shape";
import { shortenToBytes } from "../base/text-table";

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
  even?: number | undefined;
}

/** What an explanation is as JSON. */
export interface ExplanationJson {
  method: string;
  unit: string;
  axes: Axis[];
  shape: number[];
  /** Row by row; null where there is no number. */
  data: (number | null)[];
  notes: string[];
}

/** How notebooks show explanations. */
export const explanationDisplay = new DisplayKind<Explanation>();

const MOST_BYTES = 1000;
const DESCRIBED_IMAGES = 3;

/**
 * What was found about a model: numbers with their axes and unit, row by row. Every figure takes it as it is.
 *
 * @throws VitlabError when it is zero everywhere, of all images or of one, which explains nothing, holds NaN or Infinity, or its
 * shape, axes and labels don't fit.
 */
export class Explanation {
  readonly method: string;
  readonly unit: string;
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly notes: readonly string[];
  readonly even: number | undefined;

  constructor({ method, unit, axes, shape, data, notes = [], even }: ExplanationParts) {
    this.method = method;
    this.unit = unit;
    this.axes = axes;
    this.shape = shape;
    this.data = data;
    this.notes = notes;
    this.even = even;
    checkNumbers(this);
    printAs(this, (explanation) => explanation.text);
    explanationDisplay.mark(this, (explanation) => explanation.text);
  }

  /** What is seen, in words: under 1,000 bytes. */
  get text(): string {
    return this.describe();
  }

  /**
   * The same, with names for patches: `describe(landmarkPatches(dataset, 0, 4))` says "patch 27 (ear)".
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
    const isPlace = (i: number, axis: number) => Number.isInteger(i) && i >= 0 && i < (this.shape[axis] as number);
    const inside = place.length === this.shape.length && place.every(isPlace);
    if (!inside)
      throw new VitlabError(
        `${this.method} has no number at (${place.join(", ")}): its axes are ${this.axes.map(({ name }, i) => `${name} 0 to ${(this.shape[i] as number) - 1}`).join(", ")}`,
      );
    return this.data[place.reduce((offset, i, axis) => offset * (this.shape[axis] as number) + i, 0)] as number;
  }

  /** What `JSON.stringify(explanation)` writes. */
  toJSON(): ExplanationJson {
    const { method, unit, axes, shape, data, notes } = this;
    return { method, unit, axes: [...axes], shape: [...shape], data: Array.from(data), notes: [...notes] };
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
    data.subarray(i * each, (i + 1) * each).every((value) => value === 0),
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

/** "image 0, block 3, head 1"; what has a name goes by it alone. */
function placeInWords(
  index: number,
  of: Pick<Explanation, "axes" | "shape">,
  parts: Readonly<Record<string, readonly number[]>> = {},
): string {
  const { axes, shape } = of;
  const names = placeOf(index, of);
  const words = names.map((name, axis) => (axes[axis]?.labels ? name : `${axes[axis]?.name} ${name}`));
  const last = axes.length - 1;
  if (axes[last - 1]?.name === "row" && axes[last]?.name === "column") {
    const patch = index % ((shape[last - 1] as number) * (shape[last] as number));
    const part = Object.entries(parts).find(([, patches]) => patches.includes(patch))?.[0];
    const where = `row ${names[last - 1]}, column ${names[last]}`;
    words.splice(last - 1, 2, `patch ${patch} (${part ? `${part}, ` : ""}${where})`);
  }
  return words.join(", ");
}

/** For each of the first images, or for all of what there is: where the largest number stands, and how it compares. */
function describedSlices(explanation: Explanation, parts: Readonly<Record<string, readonly number[]>>): string[] {
  const { axes, shape, data, even } = explanation;
  const byImage = axes[0]?.name === "image" && axes.length > 1;
  const count = byImage ? (shape[0] as number) : 1;
  const size = data.length / count;
  const lines = Array.from({ length: Math.min(count, DESCRIBED_IMAGES) }, (_, image) => {
    const [from, to] = [image * size, (image + 1) * size];
    const [most, least] = extremes(data, from, to);
    const named = image === 0 ? parts : {};
    const signs =
      (data[least] as number) < 0
        ? `, least at ${placeInWords(least, explanation, named)}: ${digits(data[least])}`
        : "";
    const evenly = even === undefined ? "" : `; even would be ${digits(even)}`;
    return `most at ${placeInWords(most, explanation, named)}: ${digits(data[most])}${signs}${evenly}`;
  });
  return count > DESCRIBED_IMAGES ? [...lines, `… and ${count - DESCRIBED_IMAGES} more images`] : lines;
}

function extremes(data: Float32Array, from: number, to: number): [most: number, least: number] {
  let [most, least] = [from, from];
  for (let i = from; i < to; i++) {
    if ((data[i] as number) > (data[most] as number)) most = i;
    if ((data[i] as number) < (data[least] as number)) least = i;
  }
  return [most, least];
}

function digits(value: number | undefined): string {
  return Number((value ?? Number.NaN).toPrecision(3)).toString();
}

import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { type InBoth, inLanguage } from "../base/language";
import { showShape } from "../base/shape";
import type { tf } from "../tensor/tf";

/** Numbers in nested rows, as an array literal has them. */
export type NestedNumbers = ArrayLike<number> | readonly NestedNumbers[];

/** Flat numbers and their shape, row by row. */
export interface ShapedNumbers {
  shape: readonly number[];
  data: ArrayLike<number>;
}

/** Numbers in any form that a figure takes: a tensor (which stays the caller's), nested arrays, or flat with a shape. */
export type NumbersInput = tf.Tensor | NestedNumbers | ShapedNumbers;

/** A matrix, row by row. */
export interface Matrix {
  rows: number;
  columns: number;
  values: Float64Array;
}

/**
 * Reads numbers of any form.
 *
 * @throws VitlabError when rows differ in length, the shape does not fit, or the tensor was disposed.
 */
export function toNumbers(input: NumbersInput, name: string): { shape: number[]; values: Float64Array } {
  if (typeof input !== "object" || input === null || (!isTensor(input) && !isShaped(input) && !isList(input)))
    throw new VitlabError(`${name} is ${show(input)}: give a tensor, nested arrays, or { shape, data }`);
  if (isTensor(input)) {
    if (input.isDisposed)
      throw new VitlabError(`${name} is a tensor that was disposed: draw the figure first, or protect it with tf.keep`);
    if (input.dtype === "string" || input.dtype === "complex64")
      throw new VitlabError(`${name} is a tensor of type ${input.dtype}: figures take real numbers`);
    return { shape: [...input.shape], values: Float64Array.from(input.dataSync()) };
  }
  if (isShaped(input)) {
    checkShaped(input, name);
    const size = input.shape.reduce((product, length) => product * length, 1);
    if (size !== input.data.length)
      throw new VitlabError(
        `${name} has ${input.data.length} values: its shape ${showShape(input.shape)} asks for ${size}`,
      );
    return { shape: [...input.shape], values: Float64Array.from(input.data) };
  }
  const shape = shapeOf(input);
  const values: number[] = [];
  flatten(input, shape, 0, values, name, []);
  return { shape, values: Float64Array.from(values) };
}

/**
 * Reads a matrix; leading dimensions of length 1 (a batch of one, a single head) are left out.
 *
 * @throws VitlabError when it isn't a matrix or is empty.
 */
export function toMatrix(input: NumbersInput, name: string): Matrix {
  const { shape, values } = toNumbers(input, name);
  const [rows, columns, ...more] = squeezed(shape, 2);
  if (rows === undefined || columns === undefined || more.length > 0)
    throw new VitlabError(
      `${name} is ${showShape(shape)}: a matrix [rows, columns] is expected${shape.length > 2 ? "; take one of the others first, e.g. with tensor.gather or slice" : ""}`,
    );
  if (rows === 0 || columns === 0) throw new VitlabError(`${name} is ${showShape(shape)}: it holds no numbers to draw`);
  return { rows, columns, values };
}

/**
 * Reads a vector; leading dimensions of length 1 are left out.
 *
 * @throws VitlabError when it isn't a vector or is empty.
 */
export function toVector(input: NumbersInput, name: string): Float64Array {
  const { shape, values } = toNumbers(input, name);
  if (squeezed(shape, 1).length !== 1)
    throw new VitlabError(`${name} is ${showShape(shape)}: a vector [length] is expected`);
  if (values.length === 0) throw new VitlabError(`${name} is empty: it holds no numbers to draw`);
  return values;
}

/** Smallest and largest finite number; 0 and 0 where there is none. */
export function extent(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}

/** The place of the largest finite number; -1 where there is none. */
export function largestPlace(values: ArrayLike<number>): number {
  let best = -1;
  for (let i = 0; i < values.length; i++)
    if (Number.isFinite(values[i]) && (best < 0 || values[i]! > values[best]!)) best = i;
  return best;
}

/** The sum of the finite numbers. */
export function finiteSum(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) sum += values[i]!;
  return sum;
}

/** How many numbers aren't finite, in words: "2 values are not finite: 1 Infinity, 1 NaN"; undefined where all are. */
export function notFinite(...lists: readonly ArrayLike<number>[]): InBoth | undefined {
  const counts = new Map<number, number>([
    [Number.POSITIVE_INFINITY, 0],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.NaN, 0],
  ]);
  for (const values of lists)
    for (let i = 0; i < values.length; i++)
      if (!Number.isFinite(values[i])) counts.set(values[i]!, counts.get(values[i]!)! + 1);
  const found = [...counts].filter(([, count]) => count > 0);
  const total = found.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  const kinds = found.map(([value, count]) => `${count} ${value}`).join(", ");
  return {
    en: `${total} ${total === 1 ? "value is" : "values are"} not finite: ${kinds}`,
    zh: `${total} 个值不是有限数：${kinds}`,
  };
}

/** The range of numbers in words: "from 0 to 1"; what isn't finite is counted. */
export function rangeInWords(values: ArrayLike<number>, shown: (value: number) => string = showNumber): string {
  const [low, high] = extent(values);
  const odd = notFinite(values);
  const range = inLanguage(
    largestPlace(values) < 0
      ? { en: "none that is finite", zh: "没有有限数" }
      : { en: `from ${shown(low)} to ${shown(high)}`, zh: `从 ${shown(low)} 到 ${shown(high)}` },
  );
  return odd ? `${range}; ${inLanguage(odd)}` : range;
}

/** A share of 1 as per cent. */
export function showPercent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)}%` : String(share);
}

/** A number as readers want it: four significant digits, no trailing zeros. */
export function showNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 1e6 || (rounded !== 0 && Math.abs(rounded) < 1e-4)
    ? rounded.toExponential().replace("e+", "e")
    : String(rounded);
}

/** Shapes are lists as well: leading ones go until `rank` dimensions stay. */
function squeezed(shape: readonly number[], rank: number): number[] {
  const result = [...shape];
  while (result.length > rank && result[0] === 1) result.shift();
  return result;
}

function isTensor(input: NumbersInput): input is tf.Tensor {
  return typeof (input as tf.Tensor).dataSync === "function";
}

function isShaped(input: NumbersInput): input is ShapedNumbers {
  return "data" in (input as object) && "shape" in (input as object);
}

function checkShaped({ shape, data }: ShapedNumbers, name: string): void {
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0))
    throw new VitlabError(`${name} has the shape ${show(shape)}: give a list of lengths, such as [8, 8]`);
  if (!isList(data)) throw new VitlabError(`${name} has the data ${show(data)}: give a list of numbers`);
  // A typed array holds numbers throughout, or big integers throughout.
  const looked = ArrayBuffer.isView(data) ? Array.from(data).slice(0, 1) : Array.from(data);
  const wrong = looked.findIndex((value) => typeof value !== "number");
  if (wrong >= 0)
    throw new VitlabError(`${name} has ${show(data[wrong])} at ${wrong} of its data: a number is expected`);
}

function shapeOf(input: NestedNumbers): number[] {
  const shape: number[] = [];
  for (let level: unknown = input; isList(level); level = level[0]) shape.push(level.length);
  return shape;
}

function flatten(
  input: NestedNumbers | number,
  shape: readonly number[],
  depth: number,
  values: number[],
  name: string,
  place: readonly number[],
): void {
  const where = place.length > 0 ? ` at [${place.join(", ")}]` : "";
  if (depth === shape.length) {
    if (typeof input !== "number")
      throw new VitlabError(`${name}${where} is ${isList(input) ? "a list" : typeof input}: a number is expected`);
    values.push(input);
    return;
  }
  if (!isList(input)) throw new VitlabError(`${name}${where} is ${typeof input}: ${shape[depth]} numbers are expected`);
  if (input.length !== shape[depth])
    throw new VitlabError(
      `${name} is not rectangular: row ${place.join(", ")} has ${input.length} values where row 0 has ${shape[depth]}`,
    );
  for (let i = 0; i < input.length; i++)
    flatten(input[i] as NestedNumbers | number, shape, depth + 1, values, name, [...place, i]);
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

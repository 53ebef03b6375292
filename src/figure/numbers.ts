import { VitlabError } from "../tensor/error";
import { showShape } from "../tensor/shape";
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
  if (typeof input !== "object" || input === null)
    throw new VitlabError(`${name} is ${typeof input}: give a tensor, nested arrays, or { shape, data }`);
  if (isTensor(input)) {
    if (input.isDisposed)
      throw new VitlabError(`${name} is a tensor that was disposed: draw the figure first, or protect it with tf.keep`);
    return { shape: [...input.shape], values: Float64Array.from(input.dataSync()) };
  }
  if (isShaped(input)) {
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

/** Smallest and largest number, without NaN; 0 and 0 where there is none. */
export function extent(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
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

import { inspect } from "node:util";
import { cutLine, cutText } from "./cut-text";
import { nestedRows } from "./nested-rows";
import { numberFormat, statistics, statisticsText } from "./numbers";

/** A tensor of TensorFlow.js, or of any library whose tensors look alike. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly isDisposed?: boolean;
  dataSync(): ArrayLike<number> | readonly string[];
}

/** Typed arrays up to this length are shown as they are. */
const SHORT = 10;

/** Whether a value looks like a tensor; false when looking at it throws. */
export function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== "object" || value === null) return false;
  try {
    const { shape, dtype, dataSync } = value as Partial<TensorLike>;
    return (
      typeof dataSync === "function" &&
      typeof dtype === "string" &&
      Array.isArray(shape) &&
      shape.every((length) => typeof length === "number")
    );
  } catch {
    return false;
  }
}

/** `Tensor float32 [64, 65, 32]`. */
export function tensorTitle(tensor: TensorLike): string {
  const kind = tensor.constructor?.name === "Variable" ? "Variable" : "Tensor";
  return `${kind} ${tensor.dtype} [${tensor.shape.join(", ")}]${tensor.isDisposed ? " (disposed)" : ""}`;
}

/** A tensor's type and shape, first and last values, mean and range. Reads its values once. */
export function tensorText(tensor: TensorLike): string {
  const title = tensorTitle(tensor);
  if (tensor.isDisposed) return `${title}: dispose() or tf.tidy() freed its values; keep it with tf.keep().`;
  const values = tensor.dataSync();
  const parts = [title, cutText(nestedRows(tensor.shape, texts(tensor.dtype, values))), summary(tensor.dtype, values)];
  return parts.filter((part) => part !== "").join("\n");
}

/** A typed array's length, first and last values, mean and range; a short one as `util.inspect` shows it. */
export function typedArrayText(array: NodeJS.TypedArray): string {
  if (array.length <= SHORT || Buffer.isBuffer(array) || typeof array[0] === "bigint") return inspect(array);
  const title = `${array.constructor.name}(${array.length})`;
  const numbers = array as ArrayLike<number>;
  return [title, nestedRows([array.length], texts("float32", numbers)), summary("float32", numbers)].join("\n");
}

function texts(dtype: string, values: ArrayLike<number> | readonly string[]) {
  return (offsets: readonly number[]): string[] => {
    const at = (offset: number) => values[offset] as number;
    if (dtype === "string") return offsets.map((offset) => cutLine(inspect(values[offset]), 40));
    if (dtype === "bool") return offsets.map((offset) => String(Boolean(values[offset])));
    if (dtype === "complex64") {
      const format = numberFormat(offsets.flatMap((offset) => [at(2 * offset), at(2 * offset + 1)]));
      return offsets.map((offset) => {
        const imaginary = at(2 * offset + 1);
        return `${format(at(2 * offset))}${imaginary < 0 ? "-" : "+"}${format(Math.abs(imaginary))}i`;
      });
    }
    const shown = offsets.map(at);
    return shown.map(numberFormat(shown));
  };
}

function summary(dtype: string, values: ArrayLike<number> | readonly string[]): string {
  if (dtype === "string" || dtype === "complex64" || values.length < 2) return "";
  const numbers = values as ArrayLike<number>;
  if (dtype !== "bool") return statisticsText(statistics(numbers));
  let yes = 0;
  for (let i = 0; i < numbers.length; i++) yes += numbers[i] ? 1 : 0;
  return `${yes.toLocaleString("en-US")} of ${numbers.length.toLocaleString("en-US")} true`;
}

import { VitlabError } from "./error";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "./half";
import type { HeaderEntry } from "./safetensors-header";

/** One tensor of a safetensors file, outside the engine. */
export interface SafetensorsEntry {
  shape: readonly number[];
  data: Float32Array;
}

/** Types of numbers that a file can be written in. */
export const WEIGHT_TYPES = ["F32", "F16", "BF16"] as const;

/** A type of numbers that a file can be written in. */
export type WeightType = (typeof WEIGHT_TYPES)[number];

const READABLE = ["F64", ...WEIGHT_TYPES] as const;

/** Whether `decodeNumbers` takes a type of numbers. */
export function isReadable(dtype: string | undefined): boolean {
  return (READABLE as readonly unknown[]).includes(dtype);
}

/**
 * The numbers of one tensor as float32; of F32 they may lie in the same memory.
 *
 * @param what names the tensor in messages
 * @throws VitlabError when the numbers are of another type.
 */
export function decodeNumbers(bytes: Uint8Array, { dtype }: HeaderEntry, what: string): Float32Array {
  if (!isReadable(dtype)) throw new VitlabError(`${what} is ${dtype}; only ${READABLE.join(", ")} can be read`);
  const size = dtype === "F64" ? 8 : dtype === "F32" ? 4 : 2;
  // A copy starts on a boundary that every type of number can be read from.
  const { buffer, byteOffset: offset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const count = bytes.byteLength / size;
  if (dtype === "F32") return new Float32Array(buffer, offset, count);
  if (dtype === "F64") return Float32Array.from(new Float64Array(buffer, offset, count));
  const halves = new Uint16Array(buffer, offset, count);
  return dtype === "F16" ? fromFloat16(halves) : fromBfloat16(halves);
}

/** Numbers as a file of a type has them. */
export function encodeNumbers(numbers: Float32Array, dtype: WeightType): Float32Array | Uint16Array {
  if (dtype === "F32") return numbers;
  return dtype === "F16" ? toFloat16(numbers) : toBfloat16(numbers);
}

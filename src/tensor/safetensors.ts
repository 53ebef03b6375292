import { VitlabError } from "./error";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "./half";
import { type HeaderEntry, headerLength, parseHeader } from "./safetensors-header";
import { showShape } from "./shape";

/** One tensor of a safetensors file, outside the engine. */
export interface SafetensorsEntry {
  shape: readonly number[];
  data: Float32Array;
}

/** What a safetensors file holds. */
export interface Safetensors {
  tensors: Record<string, SafetensorsEntry>;
  /** The file's `__metadata__`: text by name. */
  metadata: Record<string, string>;
}

/** Types of numbers that a file can be written in. */
export const WEIGHT_TYPES = ["F32", "F16", "BF16"] as const;

/** A type of numbers that a file can be written in. */
export type WeightType = (typeof WEIGHT_TYPES)[number];

/** A tensor to write, whose numbers are made when their turn comes. */
export interface LazyEntry {
  name: string;
  shape: readonly number[];
  data: () => Float32Array;
}

const READABLE = ["F64", ...WEIGHT_TYPES] as const;

/**
 * The bytes of a safetensors file, in pieces to write one after the other: an 8-byte length, a JSON header, then the
 * tensors as little-endian numbers in the order given (the format of huggingface/safetensors).
 *
 * @throws VitlabError when a tensor's data doesn't fill its shape.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafetensorsEntry>>,
  metadata: Readonly<Record<string, string>> = {},
  dtype: WeightType = "F32",
): Uint8Array[] {
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => ({ name, shape, data: () => data }));
  return [...safetensorsPieces(entries, metadata, dtype)];
}

/** The same as `encodeSafetensors`, one piece in memory at a time. */
export function* safetensorsPieces(
  entries: readonly LazyEntry[],
  metadata: Readonly<Record<string, string>> = {},
  dtype: WeightType = "F32",
): Generator<Uint8Array> {
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  const size = dtype === "F32" ? 4 : 2;
  let offset = 0;
  for (const { name, shape } of entries) {
    const end = offset + product(shape) * size;
    header.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  // The format allows trailing spaces, which bring the numbers onto 8-byte boundaries.
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, " ");
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  yield length;
  yield padded;
  for (const { name, shape, data } of entries) {
    const numbers = data();
    if (numbers.length !== product(shape))
      throw new VitlabError(
        `tensor ${name} has ${numbers.length} numbers: its shape ${showShape(shape)} takes ${product(shape)}`,
      );
    const { buffer, byteOffset, byteLength } = encodeNumbers(numbers, dtype);
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}

/**
 * Reads a safetensors file; F64, F16 and BF16 numbers become float32.
 *
 * @param what names the file in messages
 * @throws VitlabError when the bytes aren't a whole safetensors file, or hold another type of number.
 */
export function decodeSafetensors(bytes: Uint8Array, what = "the file"): Safetensors {
  const length = headerLength(bytes, bytes.length, what);
  const body = bytes.subarray(8 + length);
  const { entries, metadata } = parseHeader(bytes.subarray(8, 8 + length), body.length, what);
  const tensors: Record<string, SafetensorsEntry> = {};
  for (const [name, entry] of entries) {
    const data = decodeNumbers(body.subarray(...entry.span), entry, `${what}: tensor ${name}`);
    tensors[name] = { shape: entry.shape, data };
  }
  return { tensors, metadata };
}

/**
 * The numbers of one tensor as float32; of F32 they may lie in the same memory.
 *
 * @param what names the tensor in messages
 * @throws VitlabError when the numbers are of another type.
 */
export function decodeNumbers(bytes: Uint8Array, { dtype }: HeaderEntry, what: string): Float32Array {
  if (!READABLE.includes(dtype as (typeof READABLE)[number]))
    throw new VitlabError(`${what} is ${dtype}; only ${READABLE.join(", ")} can be read`);
  const size = dtype === "F64" ? 8 : dtype === "F32" ? 4 : 2;
  // A copy starts on a boundary that every type of number can be read from.
  const { buffer, byteOffset: offset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const count = bytes.byteLength / size;
  if (dtype === "F32") return new Float32Array(buffer, offset, count);
  if (dtype === "F64") return Float32Array.from(new Float64Array(buffer, offset, count));
  const halves = new Uint16Array(buffer, offset, count);
  return dtype === "F16" ? fromFloat16(halves) : fromBfloat16(halves);
}

function encodeNumbers(numbers: Float32Array, dtype: WeightType): Float32Array | Uint16Array {
  if (dtype === "F32") return numbers;
  return dtype === "F16" ? toFloat16(numbers) : toBfloat16(numbers);
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

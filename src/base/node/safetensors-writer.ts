import { VitlabError } from "../error";
import type { HeaderEntry } from "../safetensors-header";
import { encodeNumbers, type SafetensorsEntry, type WeightType } from "../safetensors-numbers";
import { showShape } from "../shape";
import { beginDigest, CONTENT_DIGEST } from "./safetensors-digest";

/** A tensor to write, whose numbers are made when their turn comes. */
export interface LazyEntry {
  name: string;
  shape: readonly number[];
  data: () => Float32Array;
}

/** How a safetensors file is encoded. */
export interface EncodeOptions {
  /** Default "F32". */
  dtype?: WeightType;
  /** Note the SHA-256 of the content in `__metadata__`. Default false. */
  digest?: boolean;
}

/**
 * The bytes of a safetensors file, in pieces to write one after the other: an 8-byte length, a JSON header, then the
 * tensors as little-endian numbers in the order given (the format of huggingface/safetensors).
 *
 * @throws VitlabError when a tensor's data doesn't fill its shape.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafetensorsEntry>>,
  metadata?: Readonly<Record<string, string>>,
  options?: EncodeOptions,
): Uint8Array[] {
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => ({ name, shape, data: () => data }));
  return [...safetensorsPieces(entries, metadata, options)];
}

/** The same as `encodeSafetensors`, one piece in memory at a time; for a digest each tensor is made twice. */
export function* safetensorsPieces(
  tensors: readonly LazyEntry[],
  metadata: Readonly<Record<string, string>> = {},
  { dtype = "F32", digest = false }: EncodeOptions = {},
): Generator<Uint8Array> {
  const entries = new Map<string, HeaderEntry>();
  let offset = 0;
  for (const { name, shape } of tensors) {
    const end = offset + product(shape) * (dtype === "F32" ? 4 : 2);
    entries.set(name, { dtype, shape, span: [offset, end] });
    offset = end;
  }
  let told = metadata;
  if (digest) {
    const content = beginDigest({ entries, metadata });
    for (const tensor of tensors) content.update(bytesOf(tensor, dtype));
    told = { ...metadata, [CONTENT_DIGEST]: content.digest("hex") };
  }
  const json = Buffer.from(headerJson(entries, told));
  // The format allows trailing spaces, which bring the numbers onto 8-byte boundaries.
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, " ");
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  yield length;
  yield padded;
  for (const tensor of tensors) yield bytesOf(tensor, dtype);
}

function headerJson(entries: ReadonlyMap<string, HeaderEntry>, metadata: Readonly<Record<string, string>>): string {
  const fields: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  for (const [name, { dtype, shape, span }] of entries) fields.push([name, { dtype, shape, data_offsets: span }]);
  return JSON.stringify(Object.fromEntries(fields));
}

function bytesOf({ name, shape, data }: LazyEntry, dtype: WeightType): Uint8Array {
  const numbers = data();
  if (numbers.length !== product(shape))
    throw new VitlabError(
      `tensor ${name} has ${numbers.length} numbers: its shape ${showShape(shape)} takes ${product(shape)}`,
    );
  const { buffer, byteOffset, byteLength } = encodeNumbers(numbers, dtype);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

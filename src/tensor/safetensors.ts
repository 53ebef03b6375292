import { VitlabError } from "./error";

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

type NumberType = "F64" | "F32" | "F16" | "BF16";

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const BYTES: Record<NumberType, number> = { F64: 8, F32: 4, F16: 2, BF16: 2 };
const HEADER_LIMIT = 100_000_000;

/**
 * The bytes of a safetensors file, in pieces to write one after the other: an 8-byte length, a JSON header, then the
 * tensors as little-endian float32 in the order given (the format of huggingface/safetensors).
 *
 * @throws VitlabError when a tensor's data doesn't fill its shape.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafetensorsEntry>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (data.length !== product(shape))
      throw new VitlabError(
        `tensor ${name} has ${data.length} numbers: its shape [${shape.join(", ")}] takes ${product(shape)}`,
      );
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + data.byteLength] };
    pieces.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  // The format allows trailing spaces, which bring the numbers onto 8-byte boundaries.
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, " ");
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return [length, padded, ...pieces];
}

/**
 * Reads a safetensors file; F64, F16 and BF16 numbers become float32.
 *
 * @param what names the file in messages
 * @throws VitlabError when the bytes aren't a whole safetensors file, or hold another type of number.
 */
export function decodeSafetensors(bytes: Uint8Array, what = "the file"): Safetensors {
  const broken = (detail: string) =>
    new VitlabError(`${what} is not a whole safetensors file: ${detail}; get it again`);
  if (bytes.length < 8) throw broken(`it has ${bytes.length} bytes, too few for a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > Math.min(HEADER_LIMIT, bytes.length - 8))
    throw broken(`its header claims ${headerLength} bytes of ${bytes.length - 8}`);
  const header = parseHeader(bytes.subarray(8, 8 + headerLength), broken);
  const body = bytes.subarray(8 + headerLength);
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, unknown>;
  const tensors: Record<string, SafetensorsEntry> = {};
  const spans: [number, number][] = [];
  for (const [name, value] of Object.entries(entries)) {
    const entry = value as HeaderEntry;
    if (!isHeaderEntry(entry)) throw broken(`its entry ${name} has no dtype, shape and data_offsets`);
    const { dtype, shape, data_offsets: span } = entry;
    if (!(dtype in BYTES))
      throw new VitlabError(`${what}: tensor ${name} is ${dtype}; only ${Object.keys(BYTES).join(", ")} can be read`);
    const size = BYTES[dtype as NumberType];
    if (span[0] > span[1] || span[1] > body.length)
      throw broken(`tensor ${name} reaches beyond its ${body.length} bytes`);
    if (span[1] - span[0] !== product(shape) * size)
      throw broken(`tensor ${name} has ${span[1] - span[0]} bytes for ${dtype} of shape [${shape.join(", ")}]`);
    spans.push(span);
    tensors[name] = { shape, data: decodeNumbers(body.subarray(...span), dtype as NumberType) };
  }
  spans.sort(([a], [b]) => a - b);
  let end = 0;
  for (const [from, to] of spans) {
    if (from !== end) throw broken(`its tensors overlap or leave a gap at byte ${end}`);
    end = to;
  }
  if (end !== body.length) throw broken(`${body.length - end} bytes belong to no tensor`);
  return { tensors, metadata: metadata as Record<string, string> };
}

function parseHeader(bytes: Uint8Array, broken: (detail: string) => VitlabError): object {
  try {
    const header: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (typeof header === "object" && header !== null && !Array.isArray(header)) return header;
  } catch {
    // Falls through to the one message.
  }
  throw broken("its header is not a JSON object");
}

function isHeaderEntry(entry: HeaderEntry): boolean {
  const whole = (list: unknown) => Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  const { dtype, shape, data_offsets: span } = entry ?? {};
  return typeof dtype === "string" && whole(shape) && whole(span) && span.length === 2;
}

function decodeNumbers(bytes: Uint8Array, dtype: NumberType): Float32Array {
  // A copy starts on a boundary that every type of number can be read from.
  const aligned = bytes.byteOffset % BYTES[dtype] === 0 ? bytes : new Uint8Array(bytes);
  const { buffer, byteOffset: offset } = aligned;
  const count = bytes.byteLength / BYTES[dtype];
  if (dtype === "F32") return new Float32Array(buffer, offset, count);
  if (dtype === "F64") return Float32Array.from(new Float64Array(buffer, offset, count));
  const halves = new Uint16Array(buffer, offset, count);
  if (dtype === "F16") return Float32Array.from(halves, halfToNumber);
  // bfloat16 is the upper half of a float32.
  const words = new Uint32Array(count);
  for (let i = 0; i < count; i++) words[i] = (halves[i] as number) << 16;
  return new Float32Array(words.buffer);
}

/** IEEE 754 binary16: 1 sign bit, 5 bits of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

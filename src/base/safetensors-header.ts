import { VitlabError } from "./error";
import { showShape } from "./shape";

/** A tensor as the header of a safetensors file describes it. */
export interface HeaderEntry {
  /** The type of its numbers, such as "F32". */
  dtype: string;
  shape: readonly number[];
  /** Where its bytes lie, from the end of the header on. */
  span: readonly [from: number, to: number];
}

/** What the header of a safetensors file says. */
export interface SafetensorsHeader {
  /** In the order of the header. */
  entries: Map<string, HeaderEntry>;
  /** The file's `__metadata__`: text by name. */
  metadata: Record<string, string>;
}

/** The longest header that the format allows, in bytes. */
export const HEADER_LIMIT = 100_000_000;

/** More values than this are no weights: parsing them would fill the memory. */
const MOST_VALUES = 2_000_000;

/** Header, tensor, shape: nothing lies deeper. */
const DEEPEST = 3;

/** Bytes of a number; packed types of less than a byte are left out. */
const BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
};

/** A file that isn't whole, in one sentence. */
export function brokenSafetensors(what: string, detail: string): VitlabError {
  return new VitlabError(`${what} is not a whole safetensors file: ${detail}; get it again`);
}

/**
 * The length of the header, from the first 8 bytes of the file.
 *
 * @param size of the whole file, in bytes
 * @throws VitlabError when the file is too short for it, or it is over the format's limit.
 */
export function headerLength(start: Uint8Array, size: number, what: string): number {
  if (size < 8 || start.length < 8) throw brokenSafetensors(what, `it has ${size} bytes, too few for a header`);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(Math.min(HEADER_LIMIT, size - 8)))
    throw brokenSafetensors(what, `its header claims ${length} bytes of ${size - 8}`);
  return Number(length);
}

/**
 * Reads the header and checks that the tensors fill the rest of the file, each byte belonging to one of them.
 *
 * @param bytes the JSON
 * @param bodySize bytes of the file behind the header
 * @param what names the file in messages
 * @throws VitlabError naming what is wrong.
 */
export function parseHeader(bytes: Uint8Array, bodySize: number, what: string): SafetensorsHeader {
  const broken = (detail: string) => brokenSafetensors(what, detail);
  const json = parseJson(bytes, broken);
  const entries = new Map<string, HeaderEntry>();
  for (const [name, value] of Object.entries(json)) {
    if (name === "__metadata__") continue;
    if (name === "__proto__") throw broken("it calls a tensor __proto__, a name of JavaScript's own");
    entries.set(name, checkEntry(name, value, bodySize, broken));
  }
  checkSpans(entries, bodySize, broken);
  return { entries, metadata: checkMetadata(json.__metadata__, broken) };
}

type Broken = (detail: string) => VitlabError;

function parseJson(bytes: Uint8Array, broken: Broken): Record<string, unknown> {
  let json: unknown;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw broken("its header is not UTF-8");
  }
  const twice = scan(text, broken);
  try {
    json = JSON.parse(text);
  } catch {
    // Falls through to the one message.
  }
  if (typeof json !== "object" || json === null || Array.isArray(json) || !text.startsWith("{"))
    throw broken("its header is not a JSON object");
  if (twice !== undefined) throw broken(`it names ${twice} twice`);
  return json as Record<string, unknown>;
}

/**
 * Looks over JSON before it is parsed, so that neither depth nor number of values can fill the memory.
 *
 * @returns a key that an object has twice, which the parser would keep silent about
 */
function scan(text: string, broken: Broken): string | undefined {
  const open: Set<string>[] = [];
  let values = 0;
  let twice: string | undefined;
  let last = "";
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === QUOTE) {
      const start = i + 1;
      for (i = start; i < text.length && text.charCodeAt(i) !== QUOTE; i++) if (text.charCodeAt(i) === BACKSLASH) i++;
      last = text.slice(start, i);
    } else if (character === BRACE || character === BRACKET) {
      open.push(new Set());
      if (open.length > DEEPEST) throw broken("its header is not a JSON object of tensors");
    } else if (character === BRACE_END || character === BRACKET_END) open.pop();
    else if (character === COMMA) {
      if (++values > MOST_VALUES) throw broken(`its header has more than ${MOST_VALUES} values`);
    } else if (character === COLON) {
      const keys = open.at(-1);
      const key = unescaped(last);
      if (keys?.has(key)) twice ??= key;
      keys?.add(key);
    }
  }
  return twice;
}

const [QUOTE, BACKSLASH, COMMA, COLON, BRACE, BRACKET, BRACE_END, BRACKET_END] = Array.from('"\\,:{[}]', (character) =>
  character.charCodeAt(0),
) as [number, number, number, number, number, number, number, number];

/** The same name may be written in several ways: `a` and `\u0061`. */
function unescaped(key: string): string {
  if (!key.includes("\\")) return key;
  try {
    return JSON.parse(`"${key}"`);
  } catch {
    return key;
  }
}

function checkEntry(name: string, value: unknown, bodySize: number, broken: Broken): HeaderEntry {
  const { dtype, shape, data_offsets: span } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !isWhole(shape) || !isWhole(span) || span.length !== 2)
    throw broken(`its entry ${name} has no dtype, shape and data_offsets`);
  const [from, to] = span as [number, number];
  if (from > to || to > bodySize) throw broken(`tensor ${name} reaches beyond its ${bodySize} bytes`);
  const size = Object.hasOwn(BYTES, dtype) ? (BYTES[dtype] as number) : undefined;
  const count = shape.reduce((product, n) => product * n, 1);
  if (size !== undefined && to - from !== count * size)
    throw broken(`tensor ${name} has ${to - from} bytes for ${dtype} of shape ${showShape(shape)}`);
  return { dtype, shape, span: [from, to] };
}

/** Numbers of the format have no sign, so that -0 is none. */
function isWhole(list: unknown): list is number[] {
  return Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0 && !Object.is(n, -0));
}

function checkSpans(entries: ReadonlyMap<string, HeaderEntry>, bodySize: number, broken: Broken): void {
  const spans = [...entries.values()].map(({ span }) => span).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let end = 0;
  for (const [from, to] of spans) {
    if (from !== end) throw broken(`its tensors overlap or leave a gap at byte ${end}`);
    end = to;
  }
  if (end !== bodySize) throw broken(`${bodySize - end} bytes belong to no tensor`);
}

function checkMetadata(value: unknown, broken: Broken): Record<string, string> {
  if (value === undefined) return {};
  const isText =
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === "string");
  if (!isText) throw broken("its __metadata__ is not text by name");
  return value as Record<string, string>;
}

import fc from "fast-check";
import { describe, expect, vi } from "vitest";
import { SafetensorsFile } from "../../src/base/node/safetensors-file";
import { encodeSafetensors } from "../../src/base/node/safetensors-writer";
import { headerLength, parseHeader, type SafetensorsHeader } from "../../src/base/safetensors-header";
import { decodeNumbers, isReadable, type SafetensorsEntry } from "../../src/base/safetensors-numbers";
import { damagedBytes } from "./damaged-bytes";
import { damagedJson, type Json } from "./damaged-json";
import { fuzz, taken, takenLater } from "./fuzz";
import { writeInMemory } from "./memory-files";

vi.mock("../../src/base/node/read-regular-file", async (original) => ({
  ...(await original<object>()),
  ...(await vi.importActual<object>("./memory-files")),
}));

const SIZES: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, U8: 1, BOOL: 1, F8_E4M3: 1 };

const shape = fc.array(fc.nat(3), { maxLength: 3 });
const name = fc.constantFrom("weight", "bias", "a.b.c", "é", " ", "toString", 'quo"te', "back\\slash", "two\nlines");
const tensors: fc.Arbitrary<Record<string, SafetensorsEntry>> = fc.dictionary(
  name,
  fc.tuple(shape, fc.integer()).map(([shape, first]) => ({
    shape,
    data: Float32Array.from({ length: product(shape) }, (_, i) => Math.fround(first / (i + 1))),
  })),
  { maxKeys: 4 },
);
const metadata = fc.dictionary(fc.constantFrom("format", "note", "constructor", "é"), fc.string(), { maxKeys: 2 });
const files = fc
  .tuple(tensors, metadata, fc.boolean())
  .map(([tensors, metadata, digest]) => Buffer.concat(encodeSafetensors(tensors, metadata, { digest })));

/** Headers with other types of numbers, too, and as many bytes behind them as they ask for, or a few more. */
const headers: fc.Arbitrary<{ json: Json; body: number }> = fc
  .tuple(fc.array(fc.tuple(name, shape, fc.constantFrom(...Object.keys(SIZES), "F4", "X")), { maxLength: 4 }), metadata)
  .map(([list, metadata]) => {
    const json: Record<string, Json> = { __metadata__: metadata };
    let at = 0;
    for (const [i, [name, shape, dtype]] of list.entries()) {
      const end = at + product(shape) * (SIZES[dtype] ?? 1);
      json[`${name}${i}`] = { dtype, shape, data_offsets: [at, end] };
      at = end;
    }
    return { json, body: at };
  });
const lyingFiles = headers.chain(({ json, body }) =>
  fc.tuple(damagedJson(fc.constant(json)), fc.constantFrom(0, 0, 0, 0, 1, -1)).map(([text, more]) => {
    const header = Buffer.from(text);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, header, Buffer.alloc(Math.max(0, body + more), 1)]);
  }),
);

describe("a safetensors file of whatever bytes is refused in a sentence, or its tensors fill it", () => {
  fuzz("safetensors", fc.oneof(damagedBytes(files), lyingFiles), (bytes) => {
    const header = taken(() => read(bytes));
    if (header) checkFilled(header, bytes);
  });

  fuzz(
    "a safetensors file",
    fc.oneof(damagedBytes(files), lyingFiles),
    async (bytes) => {
      writeInMemory("x.safetensors", bytes);
      const open = await takenLater(() => SafetensorsFile.open("x.safetensors"));
      try {
        await takenLater(async () => open?.verify());
        for (const name of open?.names() ?? [])
          if (open?.isReadable(name)) {
            const { shape, data } = await open.read(name);
            expect(data.length).toBe(product(shape));
          }
      } finally {
        await open?.close();
      }
    },
    { share: 0.1 },
  );

  fuzz(
    "safetensors as they were written",
    fc.tuple(tensors, metadata),
    ([tensors, metadata]) => {
      const bytes = Buffer.concat(encodeSafetensors(tensors, metadata));
      const header = read(bytes);
      expect(header.metadata).toEqual(metadata);
      expect([...header.entries.keys()].sort()).toEqual(Object.keys(tensors).sort());
      for (const [name, entry] of header.entries) {
        const [from, to] = entry.span;
        const body = bytes.subarray(bytes.length - bodyOf(header));
        expect(decodeNumbers(body.subarray(from, to), entry, name)).toEqual(tensors[name]?.data);
      }
    },
    { share: 0.1 },
  );
});

function read(bytes: Buffer): SafetensorsHeader {
  const length = headerLength(bytes.subarray(0, 8), bytes.length, "the file");
  return parseHeader(bytes.subarray(8, 8 + length), bytes.length - 8 - length, "the file");
}

function checkFilled(header: SafetensorsHeader, bytes: Buffer): void {
  const body = bytes.subarray(bytes.length - bodyOf(header));
  const spans = [...header.entries.values()].map(({ span }) => span).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let end = 0;
  for (const [from, to] of spans) {
    expect([from, to >= from]).toEqual([end, true]);
    end = to;
  }
  expect(8 + Number(bytes.readBigUInt64LE(0)) + end).toBe(bytes.length);
  for (const text of Object.values(header.metadata)) expect(text).toBeTypeOf("string");
  for (const [name, entry] of header.entries) {
    const [from, to] = entry.span;
    const size = Object.hasOwn(SIZES, entry.dtype) ? SIZES[entry.dtype] : undefined;
    if (size !== undefined) expect(product(entry.shape) * size).toBe(to - from);
    if (isReadable(entry.dtype))
      expect(decodeNumbers(body.subarray(from, to), entry, name).length).toBe(product(entry.shape));
  }
}

function bodyOf({ entries }: SafetensorsHeader): number {
  return Math.max(0, ...[...entries.values()].map(({ span }) => span[1]));
}

function product(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

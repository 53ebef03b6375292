import { describe, expect, it } from "vitest";
import { encodeSafetensors } from "../../../src/base/node/safetensors-writer";
import { decodeSafetensors } from "../../support/decode-safetensors";

const tensors = {
  a: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  "b.weight": { shape: [], data: Float32Array.of(-0.1) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
};

function file(header: object | string, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, body]);
}

function halves(...bits: number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(bits).buffer);
}

/** An entry of a header that can say the same twice. */
function entry(name: string, from: number, to: number): string {
  return `"${name}":{"dtype":"F32","shape":[1],"data_offsets":[${from},${to}]}`;
}

/** A file that claims a longer header than it has. */
function lengthOnly(claim: number): Uint8Array {
  const bytes = Buffer.from(file("{}"));
  bytes.writeBigUInt64LE(BigInt(claim));
  return bytes;
}

describe("safetensors", () => {
  it("reads what it wrote, to the bit", () => {
    const bytes = Buffer.concat(encodeSafetensors(tensors, { format: "pt", note: "ü" }));
    const read = decodeSafetensors(bytes);
    expect(read.metadata).toEqual({ format: "pt", note: "ü" });
    expect(read.tensors).toEqual(tensors);
  });

  it("puts the numbers on an 8-byte boundary behind the header", () => {
    const [length, header] = encodeSafetensors(tensors) as [Buffer, Buffer];
    expect(Number(length.readBigUInt64LE())).toBe(header.length);
    expect(header.length % 8).toBe(0);
    expect(JSON.parse(header.toString())["b.weight"]).toEqual({ dtype: "F32", shape: [], data_offsets: [24, 28] });
  });

  it.each(["F16", "BF16"] as const)("writes %s in half the bytes, and reads it back", (dtype) => {
    const bytes = Buffer.concat(encodeSafetensors(tensors, {}, { dtype }));
    const plain = Buffer.concat(encodeSafetensors(tensors));
    const [length, half] = [plain, bytes].map((file) => file.length - 8 - Number(file.readBigUInt64LE()));
    expect(half).toBe((length as number) / 2);
    const { tensors: read } = decodeSafetensors(bytes);
    expect(read.a).toEqual(tensors.a);
    expect(read["b.weight"]?.data[0]).toBeCloseTo(-0.1, dtype === "F16" ? 4 : 3);
  });

  it("keeps names that every object of JavaScript has", () => {
    const named = { constructor: tensors.a, toString: tensors.a };
    expect(decodeSafetensors(Buffer.concat(encodeSafetensors(named))).tensors).toEqual(named);
  });

  it("reads numbers that lie on odd addresses", () => {
    const bytes = Buffer.concat([Buffer.alloc(1), ...encodeSafetensors(tensors)]).subarray(1);
    expect(decodeSafetensors(bytes).tensors).toEqual(tensors);
  });

  it("reads half precision: normal, subnormal, negative zero and infinity", () => {
    const bytes = file(
      { x: { dtype: "F16", shape: [5], data_offsets: [0, 10] } },
      halves(0x3c00, 0xc500, 0x0001, 0x8000, 0x7c00),
    );
    const x = decodeSafetensors(bytes).tensors.x?.data;
    expect([...(x ?? [])]).toEqual([1, -5, 2 ** -24, -0, Number.POSITIVE_INFINITY]);
  });

  it("reads bfloat16 and doubles", () => {
    const doubles = new Uint8Array(Float64Array.of(0.5, -3).buffer);
    const bytes = file(
      {
        b: { dtype: "BF16", shape: [2], data_offsets: [0, 4] },
        d: { dtype: "F64", shape: [2], data_offsets: [4, 20] },
      },
      Buffer.concat([halves(0x3f80, 0xc040), doubles]),
    );
    const { b, d } = decodeSafetensors(bytes).tensors;
    expect([...(b?.data ?? [])]).toEqual([1, -3]);
    expect([...(d?.data ?? [])]).toEqual([0.5, -3]);
  });

  it.each([
    ["empty", new Uint8Array(0), "w.safetensors is not a whole safetensors file: it has 0 bytes"],
    ["only a length", file("{}").subarray(0, 8), "its header claims 2 bytes of 0"],
    ["text", Buffer.from("<!doctype html><html></html>"), "its header claims"],
    ["no JSON", file("{{{{"), "its header is not a JSON object"],
    ["a list", file("[]"), "its header is not a JSON object"],
    [
      "cut off",
      file({ x: { dtype: "F32", shape: [2], data_offsets: [0, 8] } }, new Uint8Array(7)),
      "beyond its 7 bytes",
    ],
    ["too long", file({}, new Uint8Array(3)), "3 bytes belong to no tensor"],
    [
      "a wrong shape",
      file({ x: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }, new Uint8Array(8)),
      "8 bytes for F32 of shape [3]",
    ],
    [
      "an entry without offsets",
      file({ x: { dtype: "F32", shape: [3] } }),
      "its entry x has no dtype, shape and data_offsets",
    ],
    [
      "a gap",
      file({ x: { dtype: "F32", shape: [1], data_offsets: [4, 8] } }, new Uint8Array(8)),
      "overlap or leave a gap at byte 0",
    ],
    ["of another encoding", file("{}").map((byte, i) => (i === 8 ? 0xff : byte)), "its header is not UTF-8"],
    ["nested", file('{"x":{"shape":[[[1]]]}}'), "its header is not a JSON object of tensors"],
    ["a header of 2 GB", lengthOnly(2 ** 31), "its header claims 2147483648 bytes of 2"],
    ["a header beyond counting", lengthOnly(2 ** 64 - 2048), "its header claims 18446744073709549568 bytes of 2"],
    ["a name twice", file(`{${entry("x", 0, 4)},${entry("x", 4, 8)}}`, new Uint8Array(8)), "it names x twice"],
    [
      "a name twice, once in disguise",
      file(`{${entry("x", 0, 4)},${entry("\\u0078", 4, 8)}}`, new Uint8Array(8)),
      "x twice",
    ],
    [
      "two dtypes",
      file('{"x":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,2]}}', new Uint8Array(2)),
      "dtype twice",
    ],
    ["__proto__", file(`{${entry("__proto__", 0, 4)}}`, new Uint8Array(4)), "a tensor __proto__"],
    ["metadata of numbers", file({ __metadata__: { a: 1 } }), "its __metadata__ is not text by name"],
    [
      "a negative size",
      file({ x: { dtype: "F32", shape: [-1], data_offsets: [0, 4] } }, new Uint8Array(4)),
      "its entry x has no",
    ],
    [
      "more numbers than there are",
      file({ x: { dtype: "F32", shape: [2 ** 40, 2 ** 40, 2 ** 40], data_offsets: [0, 4] } }, new Uint8Array(4)),
      "4 bytes for F32",
    ],
    ["overlapping", file(`{${entry("x", 0, 4)},${entry("y", 0, 4)}}`, new Uint8Array(4)), "overlap or leave a gap"],
    ["values without end", file(`{"x":{"shape":[${"0,".repeat(2_000_001)}0]}}`), "more than 2000000 values"],
    [
      "integers",
      file({ x: { dtype: "I64", shape: [1], data_offsets: [0, 8] } }, new Uint8Array(8)),
      "tensor x is I64; only F64, F32, F16, BF16",
    ],
  ])("refuses a file that is %s", (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, "w.safetensors")).toThrow(message);
  });

  it("refuses to write data that don't fill their shape", () => {
    expect(() => encodeSafetensors({ x: { shape: [3], data: new Float32Array(2) } })).toThrow(
      "tensor x has 2 numbers: its shape [3] takes 3",
    );
  });
});

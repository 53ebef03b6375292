import { describe, expect, it } from "vitest";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "../../src/base/half";

const every = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

describe("half precision", () => {
  it("float16 comes back to the bit from float32, all 65,536 of them", () => {
    const numbers = fromFloat16(every);
    const isNumber = (bits: number) => (bits & 0x7c00) !== 0x7c00 || (bits & 0x3ff) === 0;
    const back = toFloat16(numbers);
    expect(every.filter((bits) => isNumber(bits) && back[bits] !== bits)).toHaveLength(0);
    expect(every.filter((bits) => !isNumber(bits) && !Number.isNaN(numbers[bits]))).toHaveLength(0);
  });

  it("bfloat16 comes back to the bit from float32", () => {
    const back = toBfloat16(fromBfloat16(every));
    const isNumber = (bits: number) => (bits & 0x7f80) !== 0x7f80 || (bits & 0x7f) === 0;
    expect(every.filter((bits) => isNumber(bits) && back[bits] !== bits)).toHaveLength(0);
  });

  it.each([
    ["1 and half a step: to even", 1 + 2 ** -11, 0x3c00],
    ["1 and a step and a half: to even", 1 + 3 * 2 ** -11, 0x3c02],
    ["a little more than half a step: up", 1 + 2 ** -11 + 2 ** -20, 0x3c01],
    ["the largest", 65504, 0x7bff],
    ["what rounds to the largest", 65519.99, 0x7bff],
    ["what is too large: infinity", 65520, 0x7c00],
    ["the smallest normal", 2 ** -14, 0x0400],
    ["what rounds up to the smallest normal", 2 ** -14 - 2 ** -26, 0x0400],
    ["the smallest", 2 ** -24, 0x0001],
    ["half of the smallest: zero", 2 ** -25, 0x0000],
    ["three quarters of the smallest", 1.5 * 2 ** -25, 0x0001],
    ["minus zero", -0, 0x8000],
    ["minus infinity", Number.NEGATIVE_INFINITY, 0xfc00],
    ["not a number", Number.NaN, 0x7e00],
  ])("rounds to float16: %s", (_, number, bits) => {
    expect(toFloat16(Float32Array.of(number))[0]).toBe(bits);
  });

  it.each([
    ["half a step: to even", 1 + 2 ** -8, 0x3f80],
    ["a step and a half: to even", 1 + 3 * 2 ** -8, 0x3f82],
    ["more than half a step: up", 1 + 2 ** -8 + 2 ** -20, 0x3f81],
    ["the largest float32: infinity", 3.4028234663852886e38, 0x7f80],
    ["not a number", Number.NaN, 0x7fc0],
  ])("rounds to bfloat16: %s", (_, number, bits) => {
    expect(toBfloat16(Float32Array.of(number))[0]).toBe(bits);
  });
});

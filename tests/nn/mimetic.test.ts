import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { mimeticAttention } from "../../src/nn/mimetic";

describe("mimetic attention", () => {
  const dim = 256;
  const heads = 4;
  const { qkv, projection } = mimeticAttention(dim, heads, new Random(3));
  const column = (part: number, feature: number) => (input: number) =>
    qkv[3 * dim * input + part * dim + feature] as number;

  /** Mean of the diagonal of left times right, and the deviation of everything beside it. */
  function product(
    left: (row: number, k: number) => number,
    right: (k: number, column: number) => number,
    size: number,
  ) {
    let diagonal = 0;
    let beside = 0;
    for (let row = 0; row < dim; row++)
      for (let other = 0; other < dim; other++) {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += left(row, k) * right(k, other);
        if (row === other) diagonal += sum;
        else beside += sum * sum;
      }
    return { diagonal: diagonal / dim, beside: Math.sqrt(beside / (dim * (dim - 1))) };
  }

  it("starts every head with query times key near 0.3 of the identity", () => {
    const size = dim / heads;
    for (let head = 0; head < heads; head++) {
      const { diagonal, beside } = product(
        (row, k) => column(0, head * size + k)(row),
        (k, other) => column(1, head * size + k)(other),
        size,
      );
      expect(diagonal).toBeCloseTo(0.3, 1);
      expect(beside).toBeCloseTo(0.3 / Math.sqrt(size), 2);
    }
  });

  it("starts value times projection near -0.4 of the identity", () => {
    const { diagonal, beside } = product(
      (row, k) => column(2, k)(row),
      (k, other) => projection[k * dim + other] as number,
      dim,
    );
    expect(diagonal).toBeCloseTo(-0.4, 1);
    expect(beside).toBeCloseTo(0.4 / Math.sqrt(dim), 2);
  });

  it("is the same for the same seed, another for each head and seed, and zeros where nothing is drawn", () => {
    expect(mimeticAttention(8, 2, new Random(3))).toEqual(mimeticAttention(8, 2, new Random(3)));
    expect(mimeticAttention(8, 2, new Random(3))).not.toEqual(mimeticAttention(8, 2, new Random(4)));
    expect(column(0, 0)(0)).not.toBe(column(0, dim / heads)(0));
    expect(mimeticAttention(8, 2, null).qkv).toEqual(new Float32Array(8 * 24));
  });
});

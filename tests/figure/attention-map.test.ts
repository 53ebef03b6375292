import { describe, expect, it } from "vitest";
import { type GridHints, overlayImage, readPatchWeights } from "../../src/figure/attention-map";
import { toImage } from "../../src/figure/pixels";
import { plainImage } from "./images";

const seen = { width: 32, height: 32 };
const even = new Float32Array(64).fill(1 / 64);

describe("attention weights for patches", () => {
  const read = (weights: Parameters<typeof readPatchWeights>[0], hints: Partial<GridHints> = {}) =>
    readPatchWeights(weights, { seen, ...hints });

  it("come as a vector or as the patches lie, and know the grid", () => {
    expect(read(even).grid).toEqual({ rows: 8, columns: 8 });
    expect(read({ shape: [1, 8, 8], data: even }).grid).toEqual({ rows: 8, columns: 8 });
    expect(read({ shape: [4, 16], data: even }).grid).toEqual({ rows: 4, columns: 16 });
    expect(read(new Float32Array(8), { seen: { width: 32, height: 16 } }).grid).toEqual({ rows: 2, columns: 4 });
  });

  it.each([
    [{ width: 451, height: 300 }, 64],
    [{ width: 300, height: 300 }, 64],
    [{ width: 37, height: 1001 }, 196],
  ])("lie in a square on an image of any size: %j", (size, count) => {
    const side = Math.sqrt(count);
    expect(read(new Float32Array(count), { seen: size })).toMatchObject({ grid: { rows: side, columns: side } });
    expect(read(new Float32Array(count + 1), { seen: size })).toMatchObject({ grid: { rows: side, columns: side } });
  });

  it("may have the class token's in front, which is kept apart", () => {
    const weights = [0.25, ...even.map((weight) => 0.75 * weight)];
    for (const hints of [{}, { patchSize: 4 }, { grid: [8, 8] as const }]) {
      const { values, classToken } = read(weights, hints);
      expect([values.length, classToken]).toEqual([64, 0.25]);
    }
    expect(read(even).classToken).toBeUndefined();
  });

  it("that may lie in several ways must be told apart", () => {
    expect(() => read(even, { seen: { width: 400, height: 100 } })).toThrow(
      "attention has 64 weights, and patches of a 100x400 image may lie in several ways: say how, as in grid: [4, 16] or grid: [8, 8]",
    );
    expect(read(even, { seen: { width: 400, height: 100 }, grid: [8, 8] }).grid).toEqual({ rows: 8, columns: 8 });
  });

  it("must be those of one query", () => {
    const softmax = (tokens: number) => ({
      shape: [tokens, tokens],
      data: new Float32Array(tokens * tokens).fill(1 / tokens),
    });
    expect(() => read(softmax(65))).toThrow(
      "attention is [65, 65]: these are the weights of 65 queries; take the row of one, e.g. weights.slice([query, 0], [1, -1])",
    );
    expect(() => read({ shape: [65, 65], data: new Float32Array(65 * 65) }, { patchSize: 4 })).toThrow(
      "these are the weights of 65 queries",
    );
    expect(() => read({ ...softmax(65), shape: [1, 1, 65, 65] })).toThrow(
      "weights.slice([0, 0, query, 0], [1, 1, 1, -1])",
    );
    expect(() => read({ shape: [4, 65, 65], data: new Float32Array(4 * 65 * 65) })).toThrow(
      "take one image, one head and one query first, e.g. weights.slice([head, query, 0], [1, 1, -1])",
    );
    expect(() => read({ shape: [2, 4, 65, 65], data: new Float32Array(8 * 65 * 65) })).toThrow(
      "weights.slice([image, head, query, 0], [1, 1, 1, -1])",
    );
  });

  it("must fit the patches", () => {
    expect(() => read(new Float32Array(10), { patchSize: 4 })).toThrow(
      "attention has 10 weights: expected 64 patches of 4 pixels for a 32x32 image, or 65 with the class token",
    );
    expect(() => read({ shape: [4, 16], data: even }, { patchSize: 4 })).toThrow(
      "attention is [4, 16]: as a matrix 64 patches are [8, 8]",
    );
    expect(() => read(even, { patchSize: 5 })).toThrow("patch size 5 does not divide");
    expect(() => read(even, { grid: [4, 4] })).toThrow("expected 16 patches in 4 rows and 4 columns, or 17");
    expect(() => read(even, { grid: [4, 4], patchSize: 4 })).toThrow("give one of the two");
    expect(() => read(new Float32Array(60))).toThrow("which fill no square and no patches of a 32x32 image");
  });

  it("must have one that is finite", () => {
    expect(() => read(new Array(64).fill(Number.NaN))).toThrow(
      "attention has no finite weight (64 values are not finite: 64 NaN): there is nothing to draw",
    );
  });
});

describe("overlayImage", () => {
  const gray = toImage(plainImage(8, [100, 100, 100]));
  const whole = { left: 0, top: 0, width: 8, height: 8 };
  const options = { zmin: 0, zmax: 1, colorScale: "inferno", alpha: 0.8, seen: whole, smooth: false } as const;
  const weightsOf = (weights: number[]) => readPatchWeights(weights, { seen: whole });
  const look = (weights: number[], more: Partial<Parameters<typeof overlayImage>[2]> = {}) => {
    const { rgba } = overlayImage(gray, weightsOf(weights), { ...options, ...more });
    return (x: number, y: number) => [...rgba.subarray((y * 8 + x) * 4, (y * 8 + x) * 4 + 3)];
  };

  it("colors each patch evenly, the more the greater its weight", () => {
    const at = look([1, 0, 0, 0.5]);
    // Weight 1: 0.2 of the image and 0.8 of the last color, #fcffa4.
    expect(at(0, 0)).toEqual([222, 224, 151]);
    expect(at(3, 3)).toEqual(at(0, 0));
    // Weight 0: 0.28 of the first color, #000004.
    expect(at(4, 3)).toEqual([72, 72, 73]);
    expect(at(5, 5)).not.toEqual(at(4, 3));
  });

  it("runs the colors into each other when asked: linear between the middles of patches", () => {
    const at = look([1, 0, 0, 0], { smooth: true, colorScale: "gray", alpha: 1, zmin: 0, zmax: 1 });
    const reds = [0, 1, 2, 3, 4, 5, 6, 7].map((x) => at(x, 0)[0]!);
    for (let i = 1; i < reds.length; i++) expect(reds[i]).toBeLessThanOrEqual(reds[i - 1]!);
    // Middles of the patches lie at 2 and 6: beyond them the color stands still.
    expect(reds[0]).toBe(reds[1]);
    expect(reds[6]).toBe(reds[7]);
    // Column 3 is 1.5 of 4 pixels on the way: weight 0.625, covering 0.35 + 0.65 * 0.625.
    const weight = 0.625;
    const cover = 0.35 + 0.65 * weight;
    expect(Math.abs(reds[3]! - (100 * (1 - cover) + 255 * weight * cover))).toBeLessThan(1);
  });

  it("lays the patches over the part that the model saw, and dims the rest", () => {
    const at = look([1, 0, 0, 1], { seen: { left: 2, top: 2, width: 4, height: 4 } });
    expect(at(2, 2)).toEqual([222, 224, 151]);
    expect(at(3, 4)).toEqual([72, 72, 73]);
    expect(at(5, 5)).toEqual([222, 224, 151]);
    // A third of the gray is left on white.
    for (const [x, y] of [
      [1, 2],
      [6, 5],
      [3, 1],
      [0, 0],
    ] as const)
      expect(at(x, y)).toEqual([201, 201, 201]);
  });

  it("leaves the bare image where a weight isn't finite", () => {
    for (const smooth of [false, true]) {
      const at = look([1, Number.NaN, Number.POSITIVE_INFINITY, 0.5], { smooth });
      expect(at(6, 1)).toEqual([100, 100, 100]);
      expect(at(1, 6)).toEqual([100, 100, 100]);
      // Nor does it spoil its neighbors.
      expect(at(3, 3)).not.toEqual([100, 100, 100]);
    }
  });
});

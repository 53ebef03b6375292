import { describe, expect, it } from "vitest";
import { overlayImage, readPatchWeights } from "../../src/figure/attention-map";
import { toImage } from "../../src/figure/pixels";
import { gradientImage, plainImage } from "./images";

const image = gradientImage(32);
const even = new Float32Array(64).fill(1 / 64);

describe("attention weights for patches", () => {
  const read = (weights: Parameters<typeof readPatchWeights>[0], patchSize?: number) =>
    readPatchWeights(weights, toImage(image), patchSize);

  it("come as a vector or as the patches lie, and tell the patch size", () => {
    expect(read(even).patchSize).toBe(4);
    expect(read({ shape: [1, 8, 8], data: even }).layout).toEqual({ rows: 8, columns: 8, count: 64 });
  });

  it("must not hold the class token", () => {
    const message =
      "attention has 65 weights: expected 64 patches of 4 pixels for a 32x32 image; leave out the class token with weights.slice(1)";
    expect(() => read(new Float32Array(65), 4)).toThrow(message);
    expect(() => read(new Float32Array(65))).toThrow(message);
  });

  it("must be those of one query", () => {
    expect(() => read({ shape: [65, 65], data: new Float32Array(65 * 65) }, 4)).toThrow(
      "these are the weights of 65 queries: take the row of one, without the class token, e.g. weights.slice([0, 1], [1, 64])",
    );
    expect(() => read({ shape: [4, 65, 65], data: new Float32Array(4 * 65 * 65) }, 4)).toThrow(
      "take one image, one head and one query first",
    );
  });

  it("must fit the patches", () => {
    expect(() => read(new Float32Array(10), 4)).toThrow("attention has 10 weights: expected 64 patches of 4 pixels");
    expect(() => read({ shape: [4, 16], data: even }, 4)).toThrow("as a matrix they are [8, 8]");
    expect(() => read(even, 5)).toThrow("patch size 5 does not divide");
  });
});

describe("overlayImage", () => {
  const grey = plainImage(8, [100, 100, 100]);
  const options = { zmin: 0, zmax: 1, colorScale: "inferno", alpha: 0.8 } as const;

  it("colours each patch evenly, the more the greater its weight", () => {
    const weights = readPatchWeights([1, 0, 0, 0.5], toImage(grey), 4);
    const { rgba } = overlayImage(toImage(grey), weights, { ...options, smooth: false });
    const at = (x: number, y: number) => [...rgba.subarray((y * 8 + x) * 4, (y * 8 + x) * 4 + 3)];
    // Weight 1: 0.2 of the image and 0.8 of the last colour, #fcffa4.
    expect(at(0, 0)).toEqual([222, 224, 151]);
    expect(at(3, 3)).toEqual(at(0, 0));
    // Weight 0: 0.28 of the first colour, #000004.
    expect(at(4, 3)).toEqual([72, 72, 73]);
    expect(at(5, 5)).not.toEqual(at(4, 3));
  });

  it("runs the colours into each other when asked", () => {
    const weights = readPatchWeights([1, 0, 0, 0], toImage(grey), 4);
    const { rgba } = overlayImage(toImage(grey), weights, { ...options, smooth: true });
    const reds = [0, 2, 3, 4, 5, 7].map((x) => rgba[x * 4]!);
    for (let i = 1; i < reds.length; i++) expect(reds[i]).toBeLessThanOrEqual(reds[i - 1]!);
    expect(new Set(reds).size).toBeGreaterThan(3);
  });
});

import { describe, expect, it } from "vitest";
import { tokenSimilarity } from "../../src/figure/token-similarity";

describe("tokenSimilarity", () => {
  it("is the cosine of the angle between tokens", () => {
    const { spec } = tokenSimilarity([
      [3, 4],
      [1, 0],
      [0, 2],
      [-3, 0],
    ]);
    expect(spec.data[0]).toMatchObject({
      z: [
        [1, 0.6, 0.8, -0.6],
        [0.6, 1, 0, -1],
        [0.8, 0, 1, 0],
        [-0.6, -1, 0, 1],
      ],
      zmin: -1,
      zmax: 1,
    });
  });

  it("leaves a token without direction blank", () => {
    expect(
      tokenSimilarity([
        [0, 0],
        [1, 0],
      ]).spec.data[0],
    ).toMatchObject({
      z: [
        [null, null],
        [null, 1],
      ],
    });
  });
});

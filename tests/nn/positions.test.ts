import { describe, expect, it } from "vitest";
import { sincos1d, sincos2d } from "../../src/nn/positions";
import { Golden } from "../support/golden";

describe("positions of sines and cosines", () => {
  const golden = new Golden("layers/positions");

  it("of an index are those of the Transformer", () => {
    golden.expectClose("sincos_1d", sincos1d(65, 32));
  });

  it("of row and column are those of SimpleViT, for a grid that isn't square too", () => {
    golden.expectClose("sincos_2d_simple_vit", sincos2d(6, 9, 32));
  });

  it("start with sin 0 and cos 0", () => {
    expect([...sincos1d(1, 4)]).toEqual([0, 1, 0, 1]);
    expect([...sincos2d(1, 1, 8)]).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
  });

  it("say which dim they need", () => {
    expect(() => sincos1d(4, 5)).toThrow("sincos1d positions need an even dim, got 5; choose an even dim");
    for (const dim of [4, 10])
      expect(() => sincos2d(2, 2, dim)).toThrow(
        `sincos2d positions need a dim of 8 or more that 4 divides, got ${dim}; choose such a dim`,
      );
  });
});

import { describe, expect, it } from "vitest";
import { subset } from "../../src/data/dataset";
import { DRAWN, type DrawnName } from "../../src/data/drawn-by-name";
import { drawnDataset, drawnSubset } from "../../src/data/drawn-dataset";

describe("drawnSubset", () => {
  it.each(Object.keys(DRAWN) as DrawnName[])("draws of %s what subset would take of the whole", (name) => {
    const options = { count: 43, seed: 3, split: "validation" } as const;
    const drawn = drawnSubset(options, DRAWN[name], 17);
    expect(drawn).toEqual(subset(drawnDataset(options, DRAWN[name]), 17));
    expect(drawn.landmarks).toHaveLength(17);
  });

  it("refuses more than there are", () => {
    expect(() => drawnSubset({ count: 5 }, DRAWN.needle, 6)).toThrow(
      "a subset of 6 images can't be taken of needle train: give a whole number from 1 to 5",
    );
  });
});

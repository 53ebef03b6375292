import { expect, it } from "vitest";
import { meanAndDeviation } from "../../src/base/mean-and-deviation";

it("is the mean, and the standard deviation of a sample", () => {
  expect(meanAndDeviation([1, 2, 3])).toEqual({ mean: 2, deviation: 1 });
  expect(meanAndDeviation([0.5])).toEqual({ mean: 0.5, deviation: 0 });
});

it("of equal numbers is that number, and 0", () => {
  expect(meanAndDeviation([0.1, 0.1, 0.1])).toEqual({ mean: 0.1, deviation: 0 });
});

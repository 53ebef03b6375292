import { beforeAll, describe, expect, it } from "vitest";
import { type Loaded, load } from "./load";

let quantile: Loaded;
let ratioByRound: Loaded;
let summary: Loaded;

beforeAll(async () => {
  ({ quantile, ratioByRound, summary } = await load("models/statistics.mjs"));
});

describe("statistics", () => {
  it("have the median and the quartiles, between two numbers where none is there", () => {
    expect(summary([4, 1, 3, 2, 5])).toEqual({ median: 3, q1: 2, q3: 4 });
    expect(quantile([1, 2], 0.25)).toBe(1.25);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it("keep a ratio that a slow round did not change", () => {
    const vitlab = [[10, 10], [30, 30], [10]];
    const other = [[20, 20], [60, 60], [20]];
    expect(ratioByRound(other, vitlab)).toEqual({ median: 2, q1: 2, q3: 2 });
  });

  it("leave out rounds in which one had no turn", () => {
    expect(ratioByRound([[20], [], [40]], [[10], [10], []]).median).toBe(2);
  });
});

import { expect, it } from "vitest";
import { Series } from "../../../src/panels/dashboard/series";

it("keeps few numbers as they are", () => {
  const series = new Series(4);
  for (let i = 1; i <= 4; i++) series.add(i, 10 * i);
  expect(series.points()).toEqual({ x: [1, 2, 3, 4], y: [10, 20, 30, 40] });
  expect(series.points((y) => 1 / y).y[0]).toBe(0.1);
});

it("makes neighbors of many their mean, in bounded memory", () => {
  const series = new Series(100);
  const count = 12_345;
  for (let i = 0; i < count; i++) series.add(i, 3 * i);
  const { x, y } = series.points();
  expect(x.length).toBeLessThanOrEqual(100);
  expect(x.length).toBeGreaterThanOrEqual(50);
  expect(x.every((each, i) => i === 0 || each > (x[i - 1] as number))).toBe(true);
  y.forEach((each, i) => {
    expect(each).toBeCloseTo(3 * (x[i] as number), -1);
  });
  expect(x.at(-1)).toBeGreaterThan(count - 256);
});

it("has null for what is no number", () => {
  const series = new Series();
  series.add(1, 0);
  expect(series.points((y) => 1 / y).y).toEqual([null]);
});

import { describe, expect, it } from "vitest";
import { completePlan, type SweepPlan } from "../../src/sweep/plan";
import { sweepPoints } from "../../src/sweep/sweep-points";
import { type Fate, madeSweep } from "./report/made-sweep";

const PLAN: SweepPlan = { data: "shapes", settings: { epochs: 2, dim: { values: [8, 16, 24] } }, seeds: [0, 1] };

function pointsOf(plan: SweepPlan, fate: Parameters<typeof madeSweep>[1]) {
  const { trials, epochs } = madeSweep(plan, fate);
  return sweepPoints(completePlan(plan), trials, epochs);
}

describe("the points of a sweep", () => {
  it("come the best first, by the mean over their seeds after their last epoch, with its interval", () => {
    const points = pointsOf(PLAN, ({ point, seed }) => [3, 1, 2][point]! + seed / 10);
    expect(points.map(({ point }) => point)).toEqual([1, 2, 0]);
    expect(points[0]).toMatchObject({ count: 2, isFinal: true, epochs: 2, settings: { dim: 16 } });
    expect(points[0]!.mean).toBeCloseTo(1.05);
    expect(points[0]!.high! - 1.05).toBeCloseTo(12.706 * 0.05, 3);
  });

  it("have the highest accuracy first", () => {
    const points = pointsOf({ ...PLAN, monitor: "validationAccuracy" }, ({ point }) => [0.3, 0.1, 0.2][point]!);
    expect(points.map(({ point }) => point)).toEqual([0, 2, 1]);
  });

  it("count less the fewer of their seeds came to their end with a number", () => {
    const fate = ({ point, seed }: { point: number; seed: number }): Fate | number => {
      if (point === 0 && seed === 1) return { values: [1], state: "failed", error: "it broke" };
      if (point === 1) return { values: [1, Number.NaN] };
      return point === 0 ? 0.1 : 5;
    };
    const points = pointsOf(PLAN, fate);
    expect(points.map(({ point, count }) => [point, count])).toEqual([
      [2, 2],
      [0, 1],
      [1, 0],
    ]);
    expect(points[1]).toMatchObject({ low: null, high: null });
    expect(points[2]!.mean).toBeNaN();
  });

  it("that came further are before the others where none came to its end", () => {
    const points = pointsOf({ ...PLAN, seeds: [0] }, ({ point }) => ({
      values: [[1], [3, 2], [null]][point]!,
      state: "paused",
    }));
    expect(points.map(({ point, isFinal, epochs }) => [point, isFinal, epochs])).toEqual([
      [1, false, 2],
      [0, false, 1],
      [2, false, 0],
    ]);
  });
});

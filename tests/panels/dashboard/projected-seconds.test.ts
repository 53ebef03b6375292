import { expect, it } from "vitest";
import { projectedSeconds } from "../../../src/panels/dashboard/projected-seconds";

it("is the steps left at the median of the last ones, and a validation an epoch", () => {
  const pace = { stepsLeft: 10, epochsLeft: 2, stepSeconds: [9, 0.5, 0.5, 0.4, 0.6], validationSeconds: 3 };
  expect(projectedSeconds(pace)).toBe(11);
});

it("is nothing before the first step", () => {
  expect(projectedSeconds({ stepsLeft: 10, epochsLeft: 2, stepSeconds: [], validationSeconds: 0 })).toBeNull();
});

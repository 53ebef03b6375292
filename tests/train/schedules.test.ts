import { expect, it } from "vitest";
import { constant, type Schedule, warmupCosine } from "../../src/train/schedules";
import { Golden } from "../support/golden";

const golden = new Golden("layers/training");
const { steps, warmup, lr, min_lr } = golden.json.config as Record<string, number> & {
  steps: number;
  warmup: number;
  lr: number;
  min_lr: number;
};

function rates(schedule: Schedule): number[] {
  return Array.from({ length: steps + 1 }, (_, step) => schedule.learningRate(step, lr, steps));
}

it("cosine_warmup: from zero, as transformers' get_cosine_schedule_with_warmup", () => {
  golden.expectClose("schedule/cosine_warmup", rates(warmupCosine({ warmupSteps: warmup, warmupFrom: "zero" })));
});

it("cosine_warmup_floor: the first step learns already, and the last keeps a minimum", () => {
  golden.expectClose("schedule/cosine_warmup_floor", rates(warmupCosine({ warmupSteps: warmup, minimum: min_lr })));
});

it("cosine_annealing: torch's CosineAnnealingLR", () => {
  golden.expectClose("schedule/cosine_annealing", rates(warmupCosine({ minimum: min_lr })));
});

it("a schedule's own totalSteps wins over the run's, and the rate stays at the minimum after it", () => {
  const schedule = warmupCosine({ totalSteps: 10, minimum: 1e-4 });
  expect(schedule.learningRate(5, 1e-3, 1000)).toBeCloseTo(5.5e-4, 12);
  expect(schedule.learningRate(10, 1e-3, 1000)).toBe(1e-4);
  expect(schedule.learningRate(500, 1e-3, 1000)).toBe(1e-4);
});

it("constant keeps the optimizer's rate", () => {
  expect(new Set(rates(constant()))).toEqual(new Set([lr]));
});

it("refuses steps that aren't whole", () => {
  expect(() => warmupCosine({ warmupSteps: 0.1 })).toThrow("warmupSteps is 0.1: it must be a whole number, 0 or more");
  expect(() => warmupCosine({ totalSteps: 0 })).toThrow("totalSteps is 0");
  expect(() => warmupCosine({ minimum: -1 })).toThrow("minimum is -1");
});

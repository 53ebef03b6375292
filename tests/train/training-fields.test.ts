import { afterAll, describe, expect, it } from "vitest";
import { misfit } from "../../src/base/field";
import { fit } from "../../src/train/fit";
import { FIT_OPTIONS, type FitOptions } from "../../src/train/fit-options";
import { adamW } from "../../src/train/optimizers/adam";
import { asOptimizer } from "../../src/train/optimizers/by-name";
import { OPTIMIZERS } from "../../src/train/optimizers/defaults";
import { warmupCosine } from "../../src/train/schedules";
import { TRAINING_FIELDS, type TrainingValues } from "../../src/train/training-fields";
import { colors, microModel } from "./micro";

const model = microModel();
afterAll(() => model.dispose());
const least = { train: colors(3), epochs: 1 };

const WRONG: Partial<Record<keyof TrainingValues, readonly unknown[]>> = {
  epochs: [0, 1.5],
  batchSize: [0],
  learningRate: [0, Number.NaN],
  weightDecay: [-1],
  warmupSteps: [-1, 0.5],
  labelSmoothing: [1],
  clipNorm: [0],
  ema: [1],
  layerDecay: [0, 1.5],
  accumulate: [0],
  recompute: ["yes"],
  seed: [0.5],
};

/** Where a field is an option. */
function use(field: string, value: unknown): unknown {
  if (field in FIT_OPTIONS) return fit(model, { ...least, [field]: value } as FitOptions);
  return field === "warmupSteps" ? warmupCosine({ warmupSteps: value as number }) : adamW({ [field]: value });
}

describe("the fields of training", () => {
  it.each(Object.entries(WRONG).flatMap(([field, values]) => values.map((value) => [field, value] as const)))(
    "are what fit, its optimizer and its schedule check: %s %s",
    (field, value) => {
      const found = misfit(value, TRAINING_FIELDS[field as keyof TrainingValues]);
      expect(() => use(field, value)).toThrow(`${field} ${found?.wrong}`);
    },
  );

  it("have the optimizers' own defaults", () => {
    for (const optimizer of OPTIMIZERS) {
      const said = { optimizer } as TrainingValues;
      for (const field of ["learningRate", "weightDecay"] as const)
        expect((TRAINING_FIELDS[field].default as (said: TrainingValues) => unknown)(said)).toBe(
          asOptimizer(optimizer).settings[field],
        );
    }
  });
});

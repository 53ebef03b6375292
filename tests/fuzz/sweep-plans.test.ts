import fc from "fast-check";
import { describe, expect } from "vitest";
import { type CompletePlan, completePlan, epochsOf, type SweepPlan, searchOf } from "../../src/sweep/plan";
import { describeSettings } from "../../src/sweep/space";
import { editedJson, type Json } from "./damaged-json";
import { checkPrototypes, fuzz, taken } from "./fuzz";

const MOST_TRIALS = 100_000;

const values = fc.oneof(
  fc.constantFrom<Json>(
    { values: [1, 2, 3] },
    { values: ["adam"] },
    { values: [0, 0.1] },
    { values: [[1, 2], { a: 1 }] },
  ),
  fc.constantFrom<Json>({ uniform: [0, 1] }, { logUniform: [1e-5, 1e-2] }, { integer: [1, 9] }),
  fc.constantFrom<Json>(
    { values: [1, 2], when: { optimizer: "adam" } },
    { values: [3], when: { optimizer: ["sgd", "adam"], dim: 32 } },
    { uniform: [0, 1], when: { depth: 1 } },
  ),
  fc.constantFrom<Json>(1, 3, "tiny", "adam", true, [16, 32]),
);
const settings = fc.record(
  {
    preset: fc.constantFrom<Json>("tiny", { values: ["tiny", "small"] }),
    dim: values,
    depth: values,
    learningRate: values,
    optimizer: fc.constantFrom<Json>("adam", { values: ["sgd", "adam"] }),
    momentum: values,
    weightDecay: values,
    epochs: fc.constantFrom<Json>(1, 5, { values: [1, 2] }),
    imageSize: values,
  },
  { requiredKeys: ["preset", "optimizer"] },
);
const plans = fc
  .tuple(
    fc.constantFrom("shapes", "cifar10", "folder:x"),
    settings,
    fc.oneof(
      fc.record({ search: fc.constant("grid") }, { requiredKeys: [] }),
      fc.record({ search: fc.constant("random"), trials: fc.integer({ min: 1, max: 20 }) }),
      fc.record(
        {
          search: fc.constant("asha"),
          trials: fc.integer({ min: 1, max: 20 }),
          minEpochs: fc.integer({ min: 1, max: 4 }),
          reduction: fc.integer({ min: 2, max: 4 }),
        },
        { requiredKeys: ["search", "trials"] },
      ),
    ),
    fc.record(
      {
        seed: fc.nat(),
        seeds: fc.constantFrom([0], [1, 2]),
        monitor: fc.constantFrom("validationLoss", "validationAccuracy"),
        threads: fc.constantFrom(1, 2),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([data, settings, search, more]) => ({ data, settings, ...search, ...more }) as Json);

describe("a plan of whatever JSON is refused in a sentence, or has trials that can be begun", () => {
  fuzz("a sweep's plan", editedJson(plans), (text) => {
    const value = JSON.parse(text);
    const plan = taken(() => completePlan(value as SweepPlan));
    checkPrototypes();
    if (plan) checkTrials(plan);
  });
});

function checkTrials(plan: CompletePlan): void {
  const { trials, seeds, settings } = plan;
  expect(trials.length).toBeGreaterThan(0);
  expect(trials.length).toBeLessThanOrEqual(MOST_TRIALS);
  expect(trials.length % seeds.length).toBe(0);
  const names = Object.keys(settings);
  // Many trials are alike: what is wrong with one is with the first ones or the last.
  for (const trial of [...trials.slice(0, 3), ...trials.slice(-3)]) {
    expect(trials[trial.id]).toBe(trial);
    expect(seeds[trial.id % seeds.length]).toBe(trial.seed);
    for (const [name, chosen] of Object.entries(trial.settings)) {
      expect(names).toContain(name);
      checkChosen(settings[name], chosen);
    }
    expect(describeSettings(trial.settings)).toBeTypeOf("string");
    expect(Number.isSafeInteger(epochsOf(trial))).toBe(true);
    // As its worker will get it; JSON has no -0.
    const minus = (_: string, value: unknown) => (value === 0 ? 0 : value);
    expect(JSON.parse(JSON.stringify(trial))).toEqual(JSON.parse(JSON.stringify(trial, minus)));
  }
  expect(searchOf(plan)).toBeDefined();
}

/** A number is of its range; any other value stands in the plan. */
function checkChosen(setting: unknown, chosen: unknown): void {
  const { uniform, logUniform, integer } = (setting ?? {}) as Record<string, readonly [number, number] | undefined>;
  const range = Object.hasOwn(Object(setting), "values") ? undefined : (uniform ?? logUniform ?? integer);
  if (typeof chosen === "number") expect(Number.isFinite(chosen)).toBe(true);
  if (!range) return;
  // Logarithm and power round.
  const rounded = 1e-9 * Math.max(Math.abs(range[0]), Math.abs(range[1]));
  expect(chosen).toBeGreaterThanOrEqual(range[0] - rounded);
  expect(chosen).toBeLessThanOrEqual(range[1] + rounded);
  if (integer) expect(Number.isSafeInteger(chosen)).toBe(true);
}

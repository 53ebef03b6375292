import util from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { tf } from "../../src/tensor/tf";
import { fit as train } from "../../src/train/fit";
import { forwardFlops, trainingFlops } from "../../src/train/flops";
import { adam } from "../../src/train/optimizers/adam";
import { duration, planTraining } from "../../src/train/plan";
import { constant } from "../../src/train/schedules";
import { completeConfig } from "../../src/vit/complete-config";
import type { ViT } from "../../src/vit/model";
import { presets } from "../../src/vit/presets";
import { onEveryEngine } from "../support/engines";
import { colors, microModel, weightsOf } from "./micro";

let model: ViT;
afterEach(() => model?.dispose());
const options = { train: colors(30), validation: colors(12, { split: "validation" }), epochs: 3, batchSize: 8 };

onEveryEngine("planTraining", () => {
  it("states cost and chance, and changes neither weights nor tensors", async () => {
    model = microModel();
    const weights = weightsOf(model);
    const tensors = tf.memory().numTensors;
    const plan = await planTraining(model, options);
    expect(plan).toMatchObject({
      parameters: model.parameterCount().total,
      trainExamples: 30,
      validationExamples: 12,
      epochs: 3,
      batchSize: 8,
      stepsPerEpoch: 4,
      totalSteps: 12,
      stepsLeft: 12,
      chance: { accuracy: 1 / 3, loss: Math.log(3) },
      notes: [],
    });
    expect(plan.flops).toBe((plan.flopsPerExample ?? Number.NaN) * 90);
    expect(plan.secondsPerStep).toBeGreaterThan(0);
    expect(plan.seconds).toBeGreaterThan(12 * (plan.secondsPerStep ?? Number.NaN));
    expect(weightsOf(model)).toEqual(weights);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

onEveryEngine("memory of a step", () => {
  const peak = async (fields: object, more: object = {}) => {
    model = microModel({ depth: 6, ...fields });
    const plan = await planTraining(model, { ...options, train: colors(64), batchSize: 32, ...more });
    model.dispose();
    return plan.peakBytes as number;
  };

  it("is stated as training then takes it", async () => {
    model = microModel({ depth: 3 });
    const run = train(model, { ...options, validation: undefined, epochs: 1 });
    const { peakBytes } = await run.plan;
    const profile = await tf.profile(async () => {
      await run;
      return tf.scalar(0);
    });
    expect(Math.abs((peakBytes as number) / profile.peakBytes - 1)).toBeLessThan(0.05);
    tf.dispose(profile.result as tf.Tensor);
  });

  it("falls where batches are added up, and where blocks are computed anew", async () => {
    const whole = await peak({});
    expect(await peak({}, { batchSize: 8, accumulate: 4 })).toBeLessThan(0.6 * whole);
    expect(await peak({}, { recompute: true })).toBeLessThan(0.6 * whole);
  });
});

describe("plan", () => {
  it("comes from a run before its first step", async () => {
    model = microModel();
    const run = train(model, { ...options, timing: false });
    const plan = await run.plan;
    expect(plan).toMatchObject({ totalSteps: 12, secondsPerStep: null, seconds: null });
    expect(util.inspect(run)).toBe("training run: 0 of 3 epochs done, 0 of 12 steps");
    expect((await run).plan).toBe(plan);
  });

  it("reads as sentences in a notebook", async () => {
    model = microModel();
    const text = util.inspect(await planTraining(model, { ...options, timing: false }));
    expect(text).toBe(
      [
        "1,083 parameters; 30 training images, 12 held out for validation",
        "3 epochs in batches of 8: 12 steps; 27.1 kFLOP an image forward and backward, 2.44 MFLOP in all",
        "guessing would get 33.3 % accuracy and a loss of 1.099",
      ].join("\n"),
    );
  });
});

describe("a plan for images that are not of all classes", () => {
  const of = (labels: readonly number[], dataset = colors(labels.length)) => ({
    ...dataset,
    labels: Int32Array.from(labels),
  });

  it("says which classes can't be learnt, how to make a model without them, and what guessing the commonest gets", async () => {
    model = microModel({ classes: 10 });
    const train = { ...of([0, 0, 0, 1, 1, 1]), classNames: ["cat", "dog"] };
    const plan = await planTraining(model, { train, epochs: 1, timing: false });
    expect(plan.majority).toEqual({ className: "cat", accuracy: 0.5 });
    expect(plan.notes).toEqual([
      "no training images of 8 of the model's 10 classes (class 2, class 3, class 4, class 5, class 6, class 7, class 8, class 9): " +
        "it can't learn them; withNewHead(model, 2) makes a model of the 2 that are named",
    ]);
    expect(util.inspect(plan)).toContain(
      "\nguessing the commonest class, cat, would get 50.0 % accuracy; guessing evenly 10.0 % accuracy and a loss of 2.303",
    );
  });

  it("says which classes the validation tells nothing of, and measures guessing by it", async () => {
    model = microModel();
    const sets = { train: colors(30), validation: of([2, 2]) };
    const run = train(model, { ...sets, epochs: 1, timing: false });
    const plan = await run.plan;
    await run;
    expect(plan.notes).toEqual(["no validation images of red, green: the validation accuracy says nothing about them"]);
    expect(plan.majority).toEqual({ className: "blue", accuracy: 1 });
  });

  it("says so in Chinese where that is asked for", async () => {
    vi.stubEnv("VITLAB_LANG", "zh");
    try {
      model = microModel({ classes: 10 });
      const sets = { train: { ...of([0, 0, 0]), classNames: ["cat", "dog"] }, validation: of([1]) };
      const plan = await planTraining(model, { ...sets, epochs: 1, timing: false });
      expect(plan.notes.map((note) => note.replace(/[（(].*/, ""))).toEqual([
        "模型的 10 个类别中有 9 个没有训练图像",
        "没有 red, blue 的验证图像：验证准确率不包含这些类别",
      ]);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

it("says one epoch and one step in the singular", async () => {
  model = microModel();
  const plan = await planTraining(model, { ...options, epochs: 1, batchSize: 30, timing: false });
  expect(util.inspect(plan)).toContain("\n1 epoch in batches of 30: 1 step; ");
});

it.each<[string, Partial<Parameters<typeof planTraining>[1]>]>([
  ["a step", { optimizer: { ...adam(), update: fail } }],
  ["the schedule", { schedule: { ...constant(), learningRate: fail } }],
  ["the augmentation", { augment: fail }],
])("leaves no tensors behind where %s throws while it is timed", async (_, faulty) => {
  model = microModel();
  const tensors = tf.memory().numTensors;
  await expect(planTraining(model, { ...options, ...faulty })).rejects.toThrow("not today");
  expect(tf.memory().numTensors).toBe(tensors);
});

function fail(): never {
  throw new Error("not today");
}

describe("operations", () => {
  it("of the article's model, counted by hand", () => {
    const tokens = 65;
    const block = 4 * 2 * tokens * 32 * 32 + 2 * 2 * tokens * tokens * 32 + 2 * 2 * tokens * 32 * 2048;
    const forward = 2 * 64 * 48 * 32 + 2 * block + 2 * 32 * 10;
    const config = completeConfig(presets.articleSimpleViT);
    expect(forwardFlops(config)).toBe(forward);
    expect(trainingFlops(config)).toBe(3 * forward);
  });

  it("of ViT-B/16 are the 17.6 billion multiply-adds that are published for it, twice", () => {
    const flops = forwardFlops(completeConfig(presets.vitBase16));
    expect(flops / 2 / 1e9).toBeCloseTo(17.56, 1);
  });
});

it.each([
  [0.42, "0.4 s"],
  [45, "45 s"],
  [600, "10 min"],
  [12_000, "3 h 20 min"],
])("%d seconds read as %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

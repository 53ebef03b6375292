import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tf } from "../../src/tensor/tf";
import { loadCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import { evaluate } from "../../src/train/evaluate";
import { fit } from "../../src/train/fit";
import type { FitOptions } from "../../src/train/fit-options";
import { adam, adamW } from "../../src/train/optimizers/adam";
import { sgd } from "../../src/train/optimizers/sgd";
import { warmupCosine } from "../../src/train/schedules";
import type { ViT } from "../../src/vit/model";
import { onEveryEngine } from "../support/engines";
import { collect, colors, microModel, untimed, weightsOf } from "./micro";

const images = colors(30);
const validation = colors(12, { seed: 2, split: "validation" });
const plain = { train: images, epochs: 2, batchSize: 8, timing: false, seed: 5 };

let dir: string;
const models: ViT[] = [];
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), "vitlab-options-")), "run");
});
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
  rmSync(join(dir, ".."), { recursive: true, force: true });
});

function start(options: Partial<FitOptions> = {}, config: Parameters<typeof microModel>[0] = {}) {
  const model = microModel(config);
  models.push(model);
  return { model, run: fit(model, { ...plain, ...options }) };
}

onEveryEngine("a run with averaged weights, mixing, layer decay and frozen parts", () => {
  it("that was broken off goes on with the same numbers as an unbroken one, to the bit", async () => {
    const options: Partial<FitOptions> = {
      validation,
      epochs: 3,
      optimizer: adamW({ learningRate: 5e-3, weightDecay: 0.1 }),
      schedule: warmupCosine({ warmupSteps: 3 }),
      ema: 0.9,
      mix: { mixup: 0.5, cutmix: 1 },
      layerDecay: 0.75,
      freeze: "embeddings.*",
      thaw: "embeddings.classToken",
    };
    const config = { dropPath: 0.3, depth: 2 };
    const whole = start(options, config);
    const events = untimed(await collect(whole.run));
    for (const after of [1, 4, 6]) {
      const first = start({ ...options, checkpoint: { dir } }, config);
      for await (const event of first.run) if (event.type === "step" && event.update === after) first.run.stop();
      const before = tf.memory().numTensors;
      const { model, run } = start({ ...options, checkpoint: { dir, resume: true } }, config);
      const rest = untimed(await collect(run));
      expect(rest.filter(({ type }) => type === "epoch")).toEqual(events.filter(({ type }) => type === "epoch"));
      expect(weightsOf(model)).toEqual(weightsOf(whole.model));
      expect(tf.memory().numTensors - before, "the new model alone is left").toBe(model.parameters().length);
      const saved = await loadCheckpoint(dir);
      models.push(saved.model);
      expect(weightsOf(saved.model)).toEqual(weightsOf(model));
      rmSync(dir, { recursive: true });
    }
  });
});

onEveryEngine("ema", () => {
  it("leaves the average of the weights in the model, its decay rising from (1 + t) / (10 + t)", async () => {
    const { model: last, run } = start({ epochs: 1 });
    const seen = [weightsOf(last)];
    for await (const event of run) if (event.type === "step") seen.push(weightsOf(last));
    let expected = seen[0] as number[];
    for (let t = 1; t < seen.length; t++) {
      const decay = Math.min(0.3, (1 + t) / (10 + t));
      expected = expected.map((a, i) => decay * a + (1 - decay) * ((seen[t] as number[])[i] as number));
    }
    const averaged = start({ epochs: 1, ema: 0.3 });
    await averaged.run;
    weightsOf(averaged.model).forEach((value, i) => {
      expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-6);
    });
  });

  it("is what is measured and saved", async () => {
    const { model, run } = start({ validation, ema: 0.9, checkpoint: { dir } });
    const { history } = await run;
    expect((await evaluate(model, validation)).loss).toBe(history.at(-1)?.validationLoss);
    const saved = await loadCheckpoint(dir);
    models.push(saved.model);
    expect(weightsOf(saved.model)).toEqual(weightsOf(model));
  });
});

describe("layerDecay", () => {
  it("moves block i by decay^(depth - i) of what it would move, the embeddings least, the head wholly", async () => {
    const config = { depth: 2, dropout: 0, attentionDropout: 0 };
    const options = { epochs: 1, batchSize: 30, optimizer: adam({ learningRate: 1e-2 }) };
    const before = microModel(config);
    models.push(before);
    const whole = start(options, config);
    const decayed = start({ ...options, layerDecay: 0.5 }, config);
    await whole.run;
    await decayed.run;
    const shares = { "embeddings.positionEmbedding": 1 / 8, "blocks.0.mlp.fc1.weight": 1 / 4 };
    const more = { "blocks.1.norm1.bias": 1 / 2, "norm.weight": 1, "head.weight": 1, "head.bias": 1 };
    const [from, full, part] = [before, whole.model, decayed.model].map((model) => model.stateDict());
    for (const [name, share] of Object.entries({ ...shares, ...more })) {
      const values = (state: typeof from) => state?.[name]?.data as Float32Array;
      values(from).forEach((start, i) => {
        const moved = ((values(part)[i] as number) - start) / ((values(full)[i] as number) - start);
        if (Math.abs((values(full)[i] as number) - start) > 1e-3) expect(moved, name).toBeCloseTo(share, 3);
      });
    }
  });
});

onEveryEngine("freeze", () => {
  it("keeps what it names to the bit under weight decay and momentum, and trains the rest", async () => {
    for (const optimizer of [adamW({ weightDecay: 0.1 }), sgd({ momentum: 0.9, weightDecay: 0.1 })]) {
      const { model, run } = start({ freeze: ["embeddings.*", "blocks.0.norm?.*"], optimizer });
      const before = model.stateDict();
      await run;
      for (const [name, { data }] of Object.entries(model.stateDict())) {
        const same = data.every((value, i) => value === before[name]?.data[i]);
        expect(same, name).toBe(/^embeddings\.|^blocks\.0\.norm\d\./.test(name));
      }
    }
  });

  it("leaves the frozen parts out of the length of the gradient", async () => {
    const lengthOf = async (options: Partial<FitOptions>) => {
      for await (const event of start({ ...options, epochs: 1 }).run)
        if (event.type === "step") return event.gradientNorm;
      return Number.NaN;
    };
    const [all, head, rest] = [
      await lengthOf({}),
      await lengthOf({ freeze: "*", thaw: "head.*" }),
      await lengthOf({ freeze: "head.*" }),
    ];
    expect(Math.hypot(head, rest)).toBeCloseTo(all, 4);
    expect(head).toBeLessThan(all);
  });
});

describe("the options of a recipe", () => {
  it.each<[string, Partial<FitOptions>]>([
    ["ema is 1: it must be at least 0 and below 1", { ema: 1 }],
    ["layerDecay is 1.5: it must be at most 1", { layerDecay: 1.5 }],
    ["layerDecay is 0: it must be above 0", { layerDecay: 0 }],
    [
      'freeze "embedding.*" is the name of no parameter: give a name or a pattern such as "embeddings.*", out of embeddings.*, blocks.0.*, norm.*, head.*',
      { freeze: "embedding.*" },
    ],
    ['thaw "heads.*" is the name of no parameter', { freeze: "*", thaw: "heads.*" }],
    ["thaw makes exceptions from freeze, which is not given", { thaw: "head.*" }],
    ["freeze leaves no parameter to train", { freeze: "*" }],
    ["freeze is 5: give names of parameters", { freeze: 5 as unknown as string }],
    ["mix has neither mixup nor cutmix", { mix: {} }],
    ["mix has no option mixUp: did you mean mixup?", { mix: { mixUp: 1 } as object }],
  ])("say what is wrong: %s", (message, options) => {
    expect(() => start(options)).toThrow(message);
  });

  it.each<[string, Partial<FitOptions>]>([
    ["ema was not set and is now 0.9", { ema: 0.9 }],
    ["mix.mixup was not set and is now 1", { mix: { mixup: 1 } }],
    ["rates.embeddings.patchEmbedding.weight was not set and is now 0", { freeze: "embeddings.patchEmbedding.*" }],
  ])("decide whether a run can be resumed: %s", async (difference, options) => {
    const { run } = start({ checkpoint: { dir } });
    for await (const event of run) if (event.type === "step") run.stop();
    await expect(start({ ...options, checkpoint: { dir, resume: true } }).run).rejects.toThrow(difference);
  });
});

describe("normalize", () => {
  it("is part of the model, and fit and evaluate prepare images by it", async () => {
    const normalize = { mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3] };
    const { model, run } = start({ validation, checkpoint: { dir } }, { normalize });
    const { history } = await run;
    const saved = await loadCheckpoint(dir);
    models.push(saved.model);
    expect(saved.model.config.normalize).toEqual(normalize);
    const measured = await evaluate(saved.model, validation);
    expect(measured.loss).toBe(history.at(-1)?.validationLoss);
    const other = microModel();
    models.push(other);
    other.loadStateDict(model.stateDict());
    expect((await evaluate(other, validation)).loss).not.toBeCloseTo(measured.loss, 5);
  });

  it("must have a mean and a std above 0 for each channel", () => {
    expect(() => microModel({ normalize: { mean: [0.5], std: [0.5] } })).toThrow(
      'config.normalize is {"mean":[0.5],"std":[0.5]}: give a mean and a std above 0 for each of the 3 channels',
    );
    expect(() => microModel({ normalize: { mean: [0, 0, 0], std: [1, 1, 0] } })).toThrow("a std above 0");
  });
});

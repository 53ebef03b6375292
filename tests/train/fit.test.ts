import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { augment } from "../../src/data/augment";
import { currentEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { evaluate } from "../../src/train/evaluate";
import type { EpochEvent, StepEvent, TrainingEvent } from "../../src/train/events";
import { fit as train } from "../../src/train/fit";
import type { FitOptions } from "../../src/train/fit-options";
import { adam, adamW } from "../../src/train/optimizers/adam";
import { sgd } from "../../src/train/optimizers/sgd";
import { warmupCosine } from "../../src/train/schedules";
import type { ViT } from "../../src/vit/model";
import { onEveryEngine } from "../support/engines";
import { collect, colors, microModel, untimed, weightsOf } from "./micro";

const images = colors(30);
const validation = colors(12, { seed: 2, split: "validation" });
const plain = { train: images, epochs: 2, batchSize: 8, timing: false };

let model: ViT;
afterEach(() => model?.dispose());

function start(options: Partial<FitOptions> = {}) {
  model = microModel();
  return train(model, { ...plain, ...options });
}

const steps = (events: readonly TrainingEvent[]) => events.filter((event): event is StepEvent => event.type === "step");
const epochs = (events: readonly TrainingEvent[]) =>
  events.filter((event): event is EpochEvent => event.type === "epoch");

onEveryEngine("fit", () => {
  it("learns, and leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const run = start({ epochs: 12, validation, optimizer: adam({ learningRate: 1e-2 }) });
    const counts = new Set<number>();
    for await (const event of run) if (event.type === "step") counts.add(tf.memory().numTensors);
    const { history, reason } = await run;
    expect(reason).toBe("finished");
    expect(history[0]?.trainLoss).toBeGreaterThan(0.9);
    expect(history.at(-1)?.trainLoss).toBeLessThan(0.6);
    expect(history.at(-1)?.validationAccuracy).toBeGreaterThan(0.8);
    expect(counts.size, "every step ends with the same number of tensors").toBe(1);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("adds up batches to the step that all of them at once would take", async () => {
    const quiet = { dropout: 0, attentionDropout: 0 };
    const losses = async (options: Partial<FitOptions>) => {
      const before = tf.memory().numTensors;
      model = microModel(quiet);
      const events = steps(await collect(train(model, { ...plain, ...options, clipNorm: 0.5 })));
      const result = { losses: events.map(({ loss }) => loss), examples: events.map((event) => event.examples) };
      const weights = weightsOf(model);
      model.dispose();
      expect(tf.memory().numTensors).toBe(before);
      return { ...result, weights };
    };
    const whole = await losses({ batchSize: 12 });
    // The last step of an epoch has what is left: 6 images, a batch of 4 and one of 2.
    const parts = await losses({ batchSize: 5, accumulate: 2 });
    const added = await losses({ batchSize: 4, accumulate: 3 });
    expect(parts.examples).toEqual([10, 10, 10, 10, 10, 10]);
    expect(added.examples).toEqual(whole.examples);
    added.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(whole.losses[i] as number, 5);
    });
    added.weights.forEach((weight, i) => {
      expect(Math.abs(weight - (whole.weights[i] as number))).toBeLessThan(1e-4);
    });
  });

  it("gives the same losses to the bit where blocks are computed anew", async () => {
    const events = async (recompute: boolean) => {
      const found = untimed(await collect(start({ recompute, accumulate: 2, batchSize: 4 })));
      model.dispose();
      return found;
    };
    expect(await events(true)).toEqual(await events(false));
  });

  it("gives the same losses to the bit for the same seed, and others for another", async () => {
    const options = {
      validation,
      augment: augment({ flip: true, shift: 1 }),
      schedule: warmupCosine({ warmupSteps: 2 }),
      clipNorm: 0.5,
      labelSmoothing: 0.1,
      optimizer: adamW({ decay: (name) => !name.endsWith("bias") }),
    };
    const first = untimed(await collect(start({ ...options, seed: 3 })));
    const weights = weightsOf(model);
    model.dispose();
    expect(untimed(await collect(start({ ...options, seed: 3, timing: true })))).toEqual(first);
    expect(weightsOf(model)).toEqual(weights);
    model.dispose();
    expect(untimed(await collect(start({ ...options, seed: 4 })))).not.toEqual(first);
  });

  it("keeps the weights from before a step that is no longer finite", async () => {
    const run = start({ optimizer: sgd({ learningRate: 1e37 }), validation });
    const before = tf.memory().numTensors;
    let last = weightsOf(model);
    await expect(
      (async () => {
        for await (const event of run) if (event.type === "step") last = weightsOf(model);
      })(),
    ).rejects.toThrow(
      /^the (loss|gradient|next weights) became (NaN|infinite) at epoch 1, step \d, with learning rate 1e\+37: the model keeps the weights from before, no checkpoint was asked for; lower the learning rate \(try 0\.01\), or clip the gradient to length 1$/,
    );
    expect(weightsOf(model)).toEqual(last);
    expect(last.every(Number.isFinite)).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("ends after the current step when told to, and frees what it held", async () => {
    const before = tf.memory().numTensors;
    const run = start({ epochs: 100 });
    const seen: TrainingEvent[] = [];
    for await (const event of run) {
      seen.push(event);
      if (event.type === "step" && event.update === 6) run.stop();
    }
    const result = await run;
    expect(result).toMatchObject({ reason: "stopped", steps: 6 });
    expect(seen.at(-1)).toMatchObject({ type: "step", epoch: 2, step: 2 });
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("fit", () => {
  beforeAll(() => void currentEngine());

  it("tells each step and epoch, the mean loss being over images, not batches", async () => {
    const events = await collect(start({ validation }));
    expect(steps(events).map(({ epoch, step, update, examples: n }) => [epoch, step, update, n])).toEqual([
      [1, 1, 1, 8],
      [1, 2, 2, 8],
      [1, 3, 3, 8],
      [1, 4, 4, 6],
      [2, 1, 5, 8],
      [2, 2, 6, 8],
      [2, 3, 7, 8],
      [2, 4, 8, 6],
    ]);
    const first = steps(events).slice(0, 4);
    expect(first[0]).toMatchObject({ stepsPerEpoch: 4, totalSteps: 8, epochs: 2, learningRate: 1e-3 });
    expect(first.every(({ gradientNorm, seconds }) => gradientNorm > 0 && seconds > 0)).toBe(true);
    const mean = first.reduce((sum, { loss, examples: n }) => sum + loss * n, 0) / 30;
    expect(epochs(events)[0]?.trainLoss).toBe(mean);
    expect(events.map(({ type }) => type).join(" ")).toBe("step step step step epoch step step step step epoch");
  });

  it("measures the validation images as evaluate does", async () => {
    const { history } = await start({ validation, epochs: 1 });
    const measured = await evaluate(model, validation);
    expect(history[0]).toMatchObject({ validationLoss: measured.loss, validationAccuracy: measured.accuracy });
  });

  it("does without validation images", async () => {
    const { history } = await start({ epochs: 1 });
    expect(history[0]).toMatchObject({ validationLoss: null, validationAccuracy: null });
  });

  it("follows the schedule", async () => {
    const events = await collect(start({ schedule: warmupCosine({ warmupSteps: 4 }) }));
    expect(steps(events).map(({ learningRate }) => learningRate)).toEqual([
      2.5e-4,
      5e-4,
      7.5e-4,
      1e-3,
      1e-3,
      expect.closeTo(1e-3 * (0.5 + Math.SQRT1_2 / 2), 10),
      expect.closeTo(5e-4, 10),
      expect.closeTo(1e-3 * (0.5 - Math.SQRT1_2 / 2), 10),
    ]);
  });

  it("gives way to the event loop in every step", async () => {
    let turns = 0;
    let running = true;
    const turn = () => {
      turns++;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    const { steps: taken } = await start();
    running = false;
    expect(turns).toBeGreaterThanOrEqual(taken);
  });

  it("runs to its end without a listener, and tells a late one every epoch", async () => {
    const run = start({ epochs: 3 });
    await run;
    const events = await collect(run);
    expect(events.map((event) => [event.type, event.epoch])).toEqual([
      ["epoch", 1],
      ["epoch", 2],
      ["epoch", 3],
    ]);
    expect(run.history.length).toBe(3);
  });

  it("goes on when a listener leaves, and serves several", async () => {
    const run = start();
    const one = collect(run);
    for await (const _ of run) break;
    const [events, result] = await Promise.all([one, run]);
    expect(steps(events).length).toBe(8);
    expect(result.reason).toBe("finished");
  });

  it("ends with its signal, before the first step where that has come already", async () => {
    const controller = new AbortController();
    const run = start({ signal: controller.signal, epochs: 50 });
    for await (const event of run) if (event.type === "step" && event.update === 3) controller.abort();
    expect(await run).toMatchObject({ reason: "aborted", steps: 3, history: [] });
    model.dispose();
    expect(await start({ signal: controller.signal })).toMatchObject({ reason: "aborted", steps: 0 });
  });

  it("ends with an interrupt in a process that answers interrupts itself", async () => {
    const host = () => {};
    process.on("SIGINT", host);
    const others = process.listenerCount("SIGINT");
    const run = start({ epochs: 50 });
    for await (const event of run) if (event.type === "step" && event.update === 2) process.emit("SIGINT");
    expect(await run).toMatchObject({ reason: "interrupted", steps: 2 });
    expect(process.listenerCount("SIGINT")).toBe(others);
    process.off("SIGINT", host);
  });

  it("clips long gradients: the step of plain gradient descent is then as long as the limit", async () => {
    model = microModel({ dropout: 0, attentionDropout: 0 });
    const before = weightsOf(model);
    await train(model, { ...plain, batchSize: 30, epochs: 1, clipNorm: 1e-3, optimizer: sgd({ learningRate: 1 }) });
    const moved = weightsOf(model).map((weight, i) => weight - (before[i] as number));
    expect(Math.hypot(...moved)).toBeCloseTo(1e-3, 4);
  });

  it("decays only the parameters that are chosen by name", async () => {
    const decay = (name: string) => name === "head.weight";
    const shrink = async (optimizer: ReturnType<typeof adamW>) => {
      await start({ batchSize: 30, epochs: 1, optimizer });
      const state = model.stateDict();
      model.dispose();
      return state;
    };
    const none = await shrink(adamW({ weightDecay: 0 }));
    const some = await shrink(adamW({ weightDecay: 10, decay }));
    for (const [name, { data }] of Object.entries(some))
      if (name === "head.weight") expect([...data]).not.toEqual([...(none[name]?.data ?? [])]);
      else expect([...data], name).toEqual([...(none[name]?.data ?? [])]);
  });

  it("refuses a second run of the same model, and allows one afterwards", async () => {
    const run = start();
    expect(() => train(model, plain)).toThrow("this model is in training already: await that run");
    await run;
    await train(model, { ...plain, epochs: 1 });
  });

  const wrongLabel = { ...images, labels: Int32Array.from(images.labels, (label, i) => (i === 4 ? 3 : label)) };
  const empty = { ...images, length: 0, labels: new Int32Array(0), images: new Uint8Array(0) };
  it.each<[string, Partial<FitOptions>]>([
    ["epochs is -1: it must be a whole number, 1 or more", { epochs: -1 }],
    ["epochs is 1.5", { epochs: 1.5 }],
    ["batchSize is 0", { batchSize: 0 }],
    ["seed is 0.5: it must be a whole number", { seed: 0.5 }],
    ["labelSmoothing is 1: it must be at least 0 and below 1", { labelSmoothing: 1 }],
    ["clipNorm is 0: it must be above 0", { clipNorm: 0 }],
    ["data set colors train is empty", { train: empty }],
    ["data set colors train is empty", { validation: empty }],
    ["image 4 of colors train has label 3: the model has 3 classes, so labels go from 0 to 2", { train: wrongLabel }],
    [
      "the images of colors train are 4x16 with 3 channels: the model was made for 8x8",
      { train: { ...images, height: 4, width: 16 } },
    ],
    ["the schedule warms up for 8 steps, and the run has 8", { schedule: warmupCosine({ warmupSteps: 8 }) }],
    ["checkpoint.everySteps is 0", { checkpoint: { dir: "none", everySteps: 0 } }],
  ])("says at once what is wrong: %s", (message, options) => {
    expect(() => start(options)).toThrow(VitlabError);
    model.dispose();
    expect(() => start(options)).toThrow(message);
  });
});

import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import util from "node:util";
import type { Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import type { Dataset } from "../../src/data/examples";
import { tensorDataset } from "../../src/data/tensor-dataset";
import type { ForwardContext } from "../../src/nn/forward-context";
import { Linear } from "../../src/nn/linear";
import { Module } from "../../src/nn/module";
import { tf } from "../../src/tensor/tf";
import { loadCheckpoint, readCheckpointInfo, saveCheckpoint } from "../../src/train/checkpoint/model-checkpoint";
import { evaluate } from "../../src/train/evaluate";
import { finetune } from "../../src/train/finetune";
import { fit } from "../../src/train/fit";
import type { FitOptions } from "../../src/train/fit-options";
import { sgd } from "../../src/train/optimizers/sgd";
import { planTraining } from "../../src/train/plan";
import { temporaryFolder } from "../data/helpers";
import { onEveryEngine } from "../support/engines";
import { colors, microModel } from "./micro";

/** Numbers to numbers: y = 2 a - b, and what a straight line can learn of it. */
function line(count: number, seed = 1): Dataset {
  const random = new Random(seed);
  const inputs = Array.from({ length: count }, () => [random.normal(), random.normal()] as [number, number]);
  const [x, y] = [tf.tensor2d(inputs), tf.tensor2d(inputs.map(([a, b]) => [2 * a - b]))];
  const dataset = tensorDataset(x, y);
  tf.dispose([x, y]);
  return dataset;
}

const squared = (output: Tensor, target: Tensor) => tf.losses.meanSquaredError(target, output) as Scalar;
const newLine = (seed = 1) => new Linear(2, 1, { random: new Random(seed) });
const options: FitOptions = {
  train: line(40),
  validation: line(20, 2),
  epochs: 5,
  batchSize: 8,
  loss: squared,
  optimizer: sgd({ learningRate: 0.1 }),
  timing: false,
};

onEveryEngine("a module that is no ViT", () => {
  it("learns numbers from numbers with a loss of its own, as the formulas say", async () => {
    const model = newLine();
    const before = tf.memory().numTensors;
    const { history, reason } = await fit(model, { ...options, epochs: 20 });
    expect(tf.memory().numTensors).toBe(before);
    expect(reason).toBe("finished");
    expect(history.at(-1)?.validationLoss).toBeLessThan(1e-3);
    const [a, b] = model.weight.dataSync();
    expect(a).toBeCloseTo(2, 1);
    expect(b).toBeCloseTo(-1, 1);
    model.dispose();
  });

  it("is measured with its loss and metrics, a mean over all examples whatever the batches", async () => {
    const model = newLine();
    const absolute = (output: Tensor, target: Tensor) => tf.mean(tf.abs(tf.sub(output, target))) as Scalar;
    const own = { loss: squared, metrics: { absolute, first: () => 3 } };
    const before = tf.memory().numTensors;
    const measured = await evaluate(model, line(20, 2), { ...own, batchSize: 7 });
    expect(tf.memory().numTensors).toBe(before);
    const { input, target } = line(20, 2).batch(Uint32Array.from({ length: 20 }, (_, i) => i));
    const wanted = tf.tidy(() => {
      const output = model.forward(input);
      return [squared(output, target), absolute(output, target)].map((each) => each.dataSync()[0]);
    }) as unknown as [number, number];
    tf.dispose([input, target]);
    expect(measured).toMatchObject({ count: 20, accuracy: null });
    expect(measured.loss).toBeCloseTo(wanted[0], 5);
    expect(measured.metrics.absolute).toBeCloseTo(wanted[1], 5);
    expect(measured.metrics.first).toBeCloseTo(3, 9);
    model.dispose();
  });
});

describe("a plan of a module that is no ViT", () => {
  it("leaves out what it doesn't know", async () => {
    const model = newLine();
    const plan = await planTraining(model, { ...options, timing: false });
    expect(plan).toMatchObject({ flops: null, flopsPerExample: null, chance: null, majority: null, noun: "example" });
    expect(util.inspect(plan)).toBe(
      "3 parameters; 40 training examples, 20 held out for validation\n5 epochs in batches of 8: 25 steps",
    );
    model.dispose();
  });

  it("knows the chance of classes of images", async () => {
    class Flat extends Module {
      readonly head = this.child("head", new Linear(8 * 8 * 3, 3, { random: new Random(1) }));
      forward(images: Tensor): Tensor {
        return this.head.forward(tf.reshape(images, [-1, 192]) as Tensor2D);
      }
    }
    const model = new Flat();
    const plan = await planTraining(model, { train: colors(30), epochs: 1, timing: false });
    expect(plan.chance?.accuracy).toBeCloseTo(1 / 3);
    await finetune(model, { train: colors(30), epochs: 40, batchSize: 10, timing: false });
    const { accuracy, perClass } = await evaluate(model, colors(30, { seed: 3 }));
    expect(accuracy).toBeGreaterThan(0.8);
    expect(perClass.map(({ className }) => className)).toEqual(["red", "green", "blue"]);
    model.dispose();
  });
});

describe("early stopping", () => {
  it("ends a run when nothing was better for so many epochs, and a resumed run knows", async () => {
    const model = newLine();
    const dir = `${temporaryFolder()}/run`;
    let epoch = 0;
    const values = [5, 4, 4.5, 4.4, 3];
    const metrics = { chosen: () => values[epoch] as number };
    const early = { ...options, metrics, earlyStopping: { patience: 2, monitor: "chosen", mode: "min" } } as const;
    const callbacks: FitOptions["callbacks"] = ({ type }) => {
      if (type === "epoch") epoch++;
    };
    const result = await fit(model, {
      ...early,
      callbacks,
      checkpoint: { dir, best: { monitor: "chosen", mode: "min" } },
    });
    expect(result.reason).toBe("early");
    expect(result.history).toHaveLength(4);
    expect(result.best).toEqual({ epoch: 2, monitor: "chosen", value: 4 });
    expect(util.inspect(result)).toContain("ended (early)");
    const again = await fit(newLine(), { ...early, checkpoint: { dir, resume: true } });
    expect(again.history).toHaveLength(4);
    expect(again.reason).toBe("early");
    model.dispose();
  });
});

describe("the checkpoint of the best epoch", () => {
  it("has its weights, while the run goes on from the last", async () => {
    const model = newLine();
    const dir = `${temporaryFolder()}/run`;
    const weights: Float32Array[] = [];
    const values = [3, 1, 2];
    const metrics = { chosen: () => values[weights.length] as number };
    const { best } = await fit(model, {
      ...options,
      epochs: 3,
      metrics,
      checkpoint: { dir, best: { monitor: "chosen", mode: "min" } },
      callbacks: ({ type }) => {
        if (type === "epoch") weights.push(model.weight.dataSync().slice() as Float32Array);
      },
    });
    expect(best?.epoch).toBe(2);
    const { model: loaded } = await loadCheckpoint(dir, { model: newLine(5) });
    expect(loaded.weight.dataSync()).toEqual(weights[1]);
    expect(model.weight.dataSync()).toEqual(weights[2]);
    for (const each of [model, loaded]) each.dispose();
  });

  it("keeps them where a run goes on that doesn't become better", async () => {
    const dir = `${temporaryFolder()}/run`;
    const weights: Float32Array[] = [];
    const values = [3, 1, 2, 4];
    const metrics = { chosen: () => values[weights.length] as number };
    const checkpoint = { dir, resume: true, best: { monitor: "chosen", mode: "min" } } as const;
    /** Goes on until so many epochs are over; what `loadCheckpoint` then opens. */
    const until = async (epoch: number) => {
      const model = newLine();
      const callbacks: FitOptions["callbacks"] = (event, run) => {
        if (event.type !== "epoch") return;
        weights.push(model.weight.dataSync().slice() as Float32Array);
        if (event.epoch === epoch) run.stop();
      };
      const { best } = await fit(model, { ...options, epochs: 4, metrics, checkpoint, callbacks });
      const { model: loaded } = await loadCheckpoint(dir, { model: newLine(5) });
      return { best: best?.epoch, weight: loaded.weight.dataSync() };
    };
    expect(await until(2)).toEqual({ best: 2, weight: weights[1] });
    expect(await until(3)).toEqual({ best: 2, weight: weights[1] });
    expect(await until(4)).toEqual({ best: 2, weight: weights[1] });
    expect(weights).toHaveLength(4);
    // Finished, and looked at once more.
    expect(await until(4)).toEqual({ best: 2, weight: weights[1] });
  });

  it("is refused where the run so far kept other weights, or what it kept is damaged", async () => {
    const dir = `${temporaryFolder()}/run`;
    const until = (epochs: number, best?: boolean) => {
      const callbacks: FitOptions["callbacks"] = (event, run) => {
        if (event.type === "epoch" && event.epoch === epochs) run.stop();
      };
      const metrics = { chosen: () => epochs };
      const monitor = { monitor: "chosen", mode: "min" } as const;
      const checkpoint = { dir, resume: true, ...(best && { best: monitor }) };
      return fit(newLine(), { ...options, epochs: 4, metrics, checkpoint, callbacks });
    };
    await until(1);
    await expect(until(2, true)).rejects.toThrow(/can't be resumed with other settings: best.*chosen/);
    await rm(dir, { recursive: true });
    await until(1, true);
    await until(2, true);
    const file = `${dir}/model.safetensors`;
    await writeFile(file, (await readFile(file)).subarray(0, 100));
    await expect(until(3, true)).rejects.toThrow(/model\.safetensors/);
  });
});

describe("callbacks", () => {
  it("come one after the other with each event, before the next step", async () => {
    const model = newLine();
    const order: string[] = [];
    const slow = async ({ type, update }: { type: string; update: number }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(`${type} ${update}`);
    };
    const { steps } = await fit(model, {
      ...options,
      epochs: 2,
      batchSize: 40,
      callbacks: [slow, (event, run) => void (run.model === model && order.push(`then ${event.type}`))],
    });
    expect(steps).toBe(2);
    expect(order).toEqual(
      ["step 1", "epoch 1", "step 2", "epoch 2"].flatMap((each) => [each, `then ${each.split(" ")[0]}`]),
    );
    model.dispose();
  });

  it("that throw end the run, which leaves no tensor behind", async () => {
    const model = newLine();
    const before = tf.memory().numTensors;
    const run = fit(model, {
      ...options,
      callbacks: () => {
        throw new Error("not today");
      },
    });
    await expect(run).rejects.toThrow("not today");
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

describe("what is no loss, metric, data set or model", () => {
  const failing = async (given: Partial<FitOptions>, model: Module = newLine()) => {
    const before = tf.memory().numTensors;
    const error = await (async () => fit(model as Linear, { ...options, ...given }))().catch((thrown: Error) => thrown);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
    return (error as Error).message;
  };

  it.each<[string, Partial<FitOptions>]>([
    ["the loss is [8, 1]: it must be a scalar; return its mean", { loss: (o, t) => tf.sub(o, t) as never }],
    ["the loss is undefined: it must be a scalar", { loss: () => undefined as never }],
    ["the metric m is [20, 1]: it must be a number or a scalar", { metrics: { m: (o) => o as never } }],
    ['the metric m is "x": it must be a number', { metrics: { m: () => "x" as never } }],
    [
      "the model's output is [8, 1] and the target [8, 2]: cross-entropy takes scores",
      {
        loss: undefined,
        train: { length: 40, batch: (i) => ({ input: tf.ones([i.length, 2]), target: tf.ones([i.length, 2]) }) },
      },
    ],
    [
      "data set gave undefined as the input of 8 examples: batch(indices) must",
      { train: { length: 40, batch: () => ({}) as never } },
    ],
    [
      "characters train gave [3, 2] as the input of 8 examples",
      {
        train: {
          name: "characters",
          split: "train",
          length: 40,
          batch: () => ({ input: tf.ones([3, 2]), target: tf.ones([3]) }),
        },
      },
    ],
    ["data set data set is empty: give at least one example", { train: { length: 0, batch: () => ({}) as never } }],
    ["augment changes images, and tensors has none", { augment: ((x: never) => x) as never }],
    ["train is an object: give a data set", { train: { length: 3, batch: 5 } as never }],
    ["layerDecay needs to know the layers of a model, and this Linear has no list", { layerDecay: 0.5 }],
    ["labelSmoothing is for the default loss", { labelSmoothing: 0.1 }],
  ])("%s", async (message, given) => {
    expect(await failing(given)).toContain(message);
  });

  it("a disposed module is said to be", async () => {
    const model = newLine();
    model.dispose();
    expect(() => fit(model, options)).toThrow("this Linear was disposed");
  });

  it("a module that makes no tensor is told so", async () => {
    class Nothing extends Module {
      readonly inside = this.child("inside", newLine());
      forward(): Tensor {
        return undefined as never;
      }
    }
    const sentence = "forward of this Nothing returned undefined: it must return a tensor";
    expect(await failing({}, new Nothing())).toBe(sentence);
    await expect(evaluate(new Nothing(), line(4))).rejects.toThrow(sentence);
  });

  it("what only looks like a module is told from one", () => {
    expect(() => fit({ forward: (x: Tensor) => x } as never, options)).toThrow(
      "fit got an object for a model: give a module, such as new ViT(presets.tiny) or one of a class that extends Module",
    );
  });
});

describe("a checkpoint of a module that is no ViT", () => {
  class Pair extends Module {
    readonly first = this.child("first", new Linear(2, 3, { random: new Random(1) }));
    readonly second = this.child("second", new Linear(3, 1, { random: new Random(2) }));
    constructor(private readonly slope: number) {
      super();
    }
    override get settings() {
      return { slope: this.slope };
    }
    forward(x: Tensor2D, _context?: ForwardContext): Tensor2D {
      return tf.tidy(() => this.second.forward(tf.mul(this.slope, this.first.forward(x)) as Tensor2D));
    }
  }

  it("fills one that is made likewise, and no other", async () => {
    const dir = `${temporaryFolder()}/pair`;
    const [model, same, steeper, straight] = [new Pair(1), new Pair(1), new Pair(2), newLine(3)];
    await fit(model, { ...options, checkpoint: { dir } });
    const { classNames } = await loadCheckpoint(dir, { model: same });
    expect(classNames).toEqual([]);
    expect(same.stateDict()).toEqual(model.stateDict());
    const before = straight.stateDict();
    await expect(loadCheckpoint(dir, { model: straight })).rejects.toThrow(
      `the module given is of another structure than the one saved in ${dir}: the model was a Pair and is a Linear`,
    );
    await expect(loadCheckpoint(dir, { model: steeper })).rejects.toThrow("slope of the model was 1 and is 2");
    expect(straight.stateDict()).toEqual(before);
    await expect(loadCheckpoint(dir)).rejects.toThrow(`${dir} holds a Pair, which only the code that made it can make`);
    await expect(readCheckpointInfo(dir)).rejects.toThrow("holds a Pair");
    await expect(fit(new Pair(2), { ...options, checkpoint: { dir, resume: true } })).rejects.toThrow(
      "model..slope was 1 and is now 2",
    );
    for (const each of [model, same, steeper, straight]) each.dispose();
  });

  it("of a ViT fills no module of another kind, and no ViT of another config", async () => {
    const dir = `${temporaryFolder()}/vit`;
    const [model, other, line] = [microModel(), microModel({ heads: 4 }), newLine()];
    await saveCheckpoint(dir, model);
    expect(existsSync(dir)).toBe(true);
    await expect(loadCheckpoint(dir, { model: other })).rejects.toThrow("heads of the model was 2 and is 4");
    await expect(loadCheckpoint(dir, { model: line })).rejects.toThrow("the model was a ViT and is a Linear");
    const drier = microModel({ dropout: 0.5 });
    drier.head.bias?.assign(tf.ones([3]));
    await loadCheckpoint(dir, { model: drier });
    expect(drier.stateDict()).toEqual(model.stateDict());
    for (const each of [model, other, line, drier]) each.dispose();
  });
});

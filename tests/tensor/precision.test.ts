import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import type { Activation } from "../../src/tensor/activation";
import { useCompiled } from "../../src/tensor/compiled";
import { feedForward } from "../../src/tensor/feed-forward";
import { linear } from "../../src/tensor/linear";
import { currentEngine, useEngine } from "../../src/tensor/node/engine";
import { bfloat16Instructions, type Precision, precision, withPrecision } from "../../src/tensor/precision";
import { tf } from "../../src/tensor/tf";
import { evaluate } from "../../src/train/evaluate";
import { fit } from "../../src/train/fit";
import type { FitOptions } from "../../src/train/fit-options";
import { describePlan, planTraining } from "../../src/train/plan";
import { ViT } from "../../src/vit/model";
import { expectNoLeak } from "../support/engines";
import { collect, colors, microModel, untimed, weightsOf } from "../train/micro";
import { drawn } from "./directional-derivative";

currentEngine();
const here = bfloat16Instructions() !== "none";

/** Rounding to bfloat16 moves a number by at most this part of it: 8 digits, to the nearest. */
const ROUNDED = 2 ** -8;

describe("a precision", () => {
  it("is float32 unless something runs in another, and afterwards again", () => {
    expect(precision()).toBe("float32");
    expect(withPrecision("float32", precision)).toBe("float32");
    if (here) expect(withPrecision("bfloat16", precision)).toBe("bfloat16");
    expect(precision()).toBe("float32");
    const fails = () =>
      withPrecision(here ? "bfloat16" : "float32", () => {
        throw new Error("within");
      });
    expect(fails).toThrow("within");
    expect(precision()).toBe("float32");
  });

  it("is refused by its name when there is none of that name", () => {
    const wrong = "float16" as Precision;
    expect(() => withPrecision(wrong, () => 0)).toThrow('precision is "float16": it must be "float32" or "bfloat16"');
    const options = { train: colors(8), epochs: 1, precision: wrong };
    const model = microModel();
    expect(() => fit(model, options)).toThrow('precision is "float16"');
    model.dispose();
  });

  it("is refused, not imitated, where there is nothing that computes it", async () => {
    const sentence = /precision "bfloat16" needs the native engine with its compiled operations.*use "float32"/;
    const model = microModel();
    const before = useCompiled(false);
    expect(() => withPrecision("bfloat16", () => 0)).toThrow(sentence);
    expect(() => fit(model, { train: colors(8), epochs: 1, precision: "bfloat16" })).toThrow(sentence);
    await expect(evaluate(model, colors(8), { precision: "bfloat16" })).rejects.toThrow(sentence);
    const images = tf.zeros<tf.Rank.R4>([1, 8, 8, 3]);
    expect(() => model.predict(images, { precision: "bfloat16" })).toThrow(sentence);
    useCompiled(before);
    images.dispose();
    model.dispose();
  });
});

describe.skipIf(!here)("bfloat16", () => {
  // Of Σ |x| |w| the rounding of both can change 2^-7 at most; sums are in float32.
  it.each([
    [[1, 3], 5],
    [[7, 48], 32],
    [[2, 65, 33], 192],
    [[300, 20], 3],
    [[40, 65, 130], 97],
    [[3, 197, 300], 520],
  ])("linear of %j to %i: value and gradients within the rounding of what is multiplied", (shape, outputs) => {
    const inputs = shape[shape.length - 1] as number;
    const random = new Random(3);
    tf.tidy(() => {
      const [x, w, b] = [
        drawn(shape, random),
        drawn<Tensor2D>([inputs, outputs], random),
        drawn<Tensor1D>([outputs], random),
      ];
      const dy = drawn([...shape.slice(0, -1), outputs], random);
      const residual = drawn(dy.shape, random);
      const all = [x, w, b, residual] as [Tensor, Tensor2D, Tensor1D, Tensor];
      const of = (precision: Precision, [x1, w1, b1, r1]: typeof all, dy1: Tensor) =>
        withPrecision(precision, () => {
          const { value, grads } = tf.valueAndGrads((...given: Tensor[]) =>
            linear(given[0] as Tensor, given[1] as Tensor2D, given[2] as Tensor1D, given[3] as Tensor),
          )([x1, w1, b1, r1], dy1);
          return [value, ...grads];
        });
      const rounded = of("bfloat16", all, dy);
      const exact = of("float32", all, dy);
      const most = of("float32", all.map((tensor) => tf.abs(tensor)) as typeof all, tf.abs(dy) as Tensor);
      rounded.forEach((tensor, i) => {
        expectWithin(tensor, exact[i] as Tensor, most[i] as Tensor, 2.01 * ROUNDED);
      });
      expect(largest(rounded[0] as Tensor, exact[0] as Tensor)).toBeGreaterThan(0);
    });
  });

  it.each([
    ["relu", [2, 65, 32], 300, 0],
    ["gelu", [3, 65, 100], 90, 0.3],
    ["gelu_tanh", [8, 65, 96], 384, 0],
    ["gelu", [4, 197, 520], 1200, 0.1],
  ] as [Activation, number[], number, number][])(
    "feed-forward network, %s of %j with %i hidden, dropout %d: within 2 % of their length",
    (activation, shape, hidden, rate) => {
      const dim = shape[shape.length - 1] as number;
      const random = new Random(5);
      tf.tidy(() => {
        const shapes = [shape, [dim, hidden], [hidden], [hidden, dim], [dim], shape];
        const inputs = shapes.map((each, i) => tf.mul(drawn(each, random), i === 1 || i === 3 ? 0.1 : 1)) as Tensor[];
        const dy = drawn(shape, random);
        const of = (precision: Precision) =>
          withPrecision(precision, () => {
            const dropout = rate > 0 ? { rate, random: new Random(7) } : undefined;
            const { value, grads } = tf.valueAndGrads((x, w1, b1, w2, b2, residual) =>
              feedForward(x as Tensor, [w1, b1, w2, b2] as [Tensor2D, Tensor1D, Tensor2D, Tensor1D], {
                ...{ activation, dropout, residual },
              }),
            )(inputs, dy);
            return [value, ...grads];
          });
        const [rounded, exact] = [of("bfloat16"), of("float32")];
        rounded.forEach((tensor, i) => {
          // Where ReLU's input is next to 0, rounding may turn a slope off or on: few numbers, and those much.
          const length = (vector: Tensor) => tf.norm(vector).dataSync()[0] as number;
          expect(length(tf.sub(tensor, exact[i] as Tensor))).toBeLessThan(0.02 * length(exact[i] as Tensor));
        });
      });
    },
  );

  it("keeps infinite and what is no number", () => {
    tf.tidy(() => {
      const x = tf.tensor2d([
        [Number.NaN, 1],
        [Number.POSITIVE_INFINITY, 1],
        [3e38, 1],
      ]);
      const w = tf.tensor2d([[1], [1]]);
      const [nan, infinite, large] = withPrecision("bfloat16", () => linear(x, w, null)).dataSync();
      expect(nan).toBeNaN();
      expect(infinite).toBe(Number.POSITIVE_INFINITY);
      expect(large).toBeCloseTo(3e38, -37);
    });
  });

  it("computes a gradient in the precision of its value, wherever it is asked for, recomputed or not", () => {
    const model = new ViT({ imageSize: 8, patchSize: 4, dim: 32, depth: 2, heads: 2, mlpDim: 64, classes: 3 });
    const images = drawn<Tensor4D>([4, 8, 8, 3], new Random(2));
    const slopes = (options: object) =>
      tf.tidy(() => [
        ...(tf.grad((x) => tf.sum(tf.square(model.forward(x as Tensor4D, options))))(images) as Tensor).dataSync(),
      ]);
    const rounded = slopes({ precision: "bfloat16" });
    expect(slopes({ precision: "bfloat16", recompute: true })).toEqual(rounded);
    expect(rounded).not.toEqual(slopes({}));
    expect(withPrecision("bfloat16", () => slopes({}))).toEqual(rounded);
    images.dispose();
    model.dispose();
  });

  it.each([1, 40])("answers %i images as its parts would, near to float32's answer", (batch) => {
    const model = new ViT({ imageSize: 16, patchSize: 4, dim: 48, depth: 3, heads: 3, mlpDim: 100, classes: 7 });
    const images = drawn<Tensor4D>([batch, 16, 16, 3], new Random(4));
    expectNoLeak(() => {
      const answers = model.forward(images, { precision: "bfloat16" });
      const { logits, trace } = model.run(images, { precision: "bfloat16", names: ["blocks.0.norm1.output"] });
      const exact = model.forward(images);
      const size = largest(exact);
      expect(largest(answers, logits)).toBeLessThan(0.01 * size);
      expect(largest(answers, exact)).toBeLessThan(0.02 * size);
      expect(largest(answers, exact)).toBeGreaterThan(0);
      trace.dispose();
      tf.dispose([answers, logits, exact]);
    });
    images.dispose();
    model.dispose();
  });
});

describe.skipIf(!here)("training in bfloat16", () => {
  const dir = join(mkdtempSync(join(tmpdir(), "vitlab-precision-")), "run");
  const images = colors(48);
  const config = { dim: 96, mlpDim: 200, depth: 2 };
  beforeAll(async () => {
    await useEngine("native", { quiet: true });
  });
  afterAll(() => {
    rmSync(join(dir, ".."), { recursive: true, force: true });
  });
  async function train(options: Partial<FitOptions>) {
    const model = microModel(config);
    const run = fit(model, {
      train: images,
      validation: colors(12, { seed: 9, split: "validation" }),
      epochs: 3,
      batchSize: 16,
      timing: false,
      ...options,
    });
    const events = untimed(await collect(run));
    const history = untimed((await run).history);
    const weights = weightsOf(model);
    model.dispose();
    return { events, history, weights };
  }

  it("gives the same losses to the bit for the same seed, and about those of float32", async () => {
    const first = await train({ precision: "bfloat16" });
    expect(await train({ precision: "bfloat16" })).toEqual(first);
    const exact = await train({});
    first.history.forEach(({ trainLoss, validationLoss }, i) => {
      expect(trainLoss).not.toBe(exact.history[i]?.trainLoss);
      expect(trainLoss).toBeCloseTo(exact.history[i]?.trainLoss as number, 1);
      expect(validationLoss).toBeCloseTo(exact.history[i]?.validationLoss as number, 1);
    });
  });

  it("goes on to the bit where it was stopped, and only in the precision it began in", async () => {
    const whole = await train({ precision: "bfloat16" });
    await train({
      precision: "bfloat16",
      checkpoint: { dir },
      callbacks: ({ type, ...event }, run) => {
        if (type === "step" && "update" in event && event.update === 4) run.stop();
      },
    });
    await expect(train({ checkpoint: { dir, resume: true } })).rejects.toThrow(
      "can't be resumed with other settings: precision was bfloat16 and is now float32",
    );
    const resumed = await train({ precision: "bfloat16", checkpoint: { dir, resume: true } });
    expect(resumed.weights).toEqual(whole.weights);
  });

  it("leaves no tensor behind, and takes less memory than float32", async () => {
    const model = microModel({ ...config, dim: 128, mlpDim: 512 });
    const options: FitOptions = { train: images, epochs: 1, batchSize: 48 };
    const [exact, rounded] = [
      await planTraining(model, options),
      await planTraining(model, { ...options, precision: "bfloat16" }),
    ];
    expect(rounded.peakBytes as number).toBeLessThan(exact.peakBytes as number);
    expect(describePlan(rounded)).toMatch(/ms a step in bfloat16, measured just now/);
    const before = tf.memory().numTensors;
    await fit(model, { ...options, precision: "bfloat16" });
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

/** The largest number of a tensor, or of the difference of two, without its sign. */
function largest(tensor: Tensor, other?: Tensor): number {
  return tf.tidy(() => tf.max(tf.abs(other ? tf.sub(tensor, other) : tensor)).dataSync()[0] as number);
}

/** Whether each number is off by at most a part of what bounds it, and by float32's own rounding. */
function expectWithin(got: Tensor, exact: Tensor, bound: Tensor, part: number): void {
  const [values, wanted, most] = [got.dataSync(), exact.dataSync(), bound.dataSync()];
  values.forEach((value, i) => {
    const off = Math.abs(value - (wanted[i] as number));
    expect(off, `number ${i}`).toBeLessThanOrEqual((part + 1e-5) * (most[i] as number) + 1e-6);
  });
}

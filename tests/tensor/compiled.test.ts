import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import type { Activation } from "../../src/tensor/activation";
import { attention } from "../../src/tensor/attention";
import { compiled, type RunCompiled, useCompiled } from "../../src/tensor/compiled";
import { maskOf } from "../../src/tensor/dropout";
import { feedForward } from "../../src/tensor/feed-forward";
import { layerNorm } from "../../src/tensor/layer-norm";
import { linear } from "../../src/tensor/linear";
import { type EngineName, useEngine } from "../../src/tensor/node/engine";
import { compiledFile } from "../../src/tensor/node/load-compiled";
import { loadNative } from "../../src/tensor/node/load-native";
import { orthogonalize } from "../../src/tensor/orthogonalize";
import { tf } from "../../src/tensor/tf";
import { sumsOfSquares } from "../../src/train/clip-gradient";
import { adam, adamW } from "../../src/train/optimizers/adam";
import { drawn } from "./directional-derivative";

type Operation = (...inputs: Tensor[]) => Tensor;

// Each test here compares both forms of an operation in sizes that take every way through the compiled one: one thread and
// several, whole vectors and rests, few rows and many. Without a compiler the native engine has only one form.
const native = "version" in loadNative() && existsSync(compiledFile());

describe.each<EngineName>(native ? ["native", "wasm"] : ["wasm"])("compiled operations on %s", (engine) => {
  beforeAll(async () => {
    expect((await useEngine(engine, { quiet: true })).compiled).toBe(true);
  });

  it("are those of set-up, unless they are turned off", () => {
    const before = useCompiled(false);
    expect(compiled()).toBeUndefined();
    useCompiled(before);
  });

  it.each([
    [[3], 5],
    [[1, 130], 70],
    [[2, 65, 33], 192],
    [[300, 20], 3],
    [[40, 65, 48], 96],
    [[197, 64], 257],
  ])("linear of %j to %i equals its steps", (shape, outputs) => {
    const inputs = shape[shape.length - 1] as number;
    expectSameForms(
      (x, w, b, r) => linear(x as Tensor, w as Tensor2D, b as Tensor1D, r),
      [shape, [inputs, outputs], [outputs], [...shape.slice(0, -1), outputs]],
    );
  });

  for (const rate of [0, 0.3])
    it.each([
      ["relu", [1, 7], 5],
      ["gelu", [2, 65, 32], 300],
      ["relu", [2, 65, 32], 2048],
      ["gelu", [3, 65, 100], 90],
      ["gelu_tanh", [40, 65, 48], 96],
      ["gelu", [300, 130], 257],
      ["gelu", [8, 65, 96], 384],
    ] as [Activation, number[], number][])(
      `feed-forward network, %s of %j with %i hidden, dropout ${rate}: equals its steps`,
      (activation, shape, hidden) => {
        const dim = shape[shape.length - 1] as number;
        const dropout = () => (rate > 0 ? { rate, random: new Random(7) } : undefined);
        expectSameForms(
          (x, w1, b1, w2, b2, residual) =>
            feedForward(x as Tensor, [w1, b1, w2, b2] as [Tensor2D, Tensor1D, Tensor2D, Tensor1D], {
              activation,
              dropout: dropout(),
              residual,
            }),
          [shape, [dim, hidden], [hidden], [hidden, dim], [dim], shape],
        );
      },
    );

  for (const rate of [0, 0.3])
    it.each([
      [1, 1, 1, 1],
      [1, 1, 20, 5],
      [2, 65, 32, 4],
      [3, 17, 20, 5],
      [5, 197, 48, 2],
      [2, 64, 192, 3],
      [2, 130, 40, 1],
    ])(`attention, batch %i, %i tokens of %i in %i heads, dropout ${rate}: equals its steps`, (...sizes) => {
      const [batch, tokens, dim, heads] = sizes as [number, number, number, number];
      const dropout = () => (rate > 0 ? { rate, random: new Random(8) } : undefined);
      expectSameForms((qkv) => attention(qkv as Tensor3D, heads, dropout()), [[batch, tokens, 3 * dim]]);
    });

  it.each([[[1, 1]], [[3, 7]], [[2, 65, 33]], [[40, 65, 48]]])("layer norm of %j equals its steps", (shape) => {
    const features = shape.slice(-1);
    const operation: Operation = (x, scale, shift) =>
      layerNorm(x as Tensor, scale as Tensor1D, shift as Tensor1D, 1e-3);
    expectSameForms(operation, [shape, features, features]);
  });

  it.each([7, 100_003])("AdamW of %i weights, and others beside them, equals its steps", (size) => {
    tf.tidy(() => {
      const random = new Random(9);
      const sizes = [3, size, 1, 17];
      const places = sizes.map((each, i) => ({ name: `${i}`, shape: [each], size: each, role: "matrix" as const }));
      const draw = () => sizes.map((each) => drawn<Tensor1D>([each], random));
      const [weights, gradients, means] = [draw(), draw(), draw()];
      const squares = draw().map((each) => tf.square(each) as Tensor1D);
      const rateShares = [1, 0.5, 0, 1];
      const decays = [1, 0, 1, 1];
      const step = { update: 3, learningRate: 0.01, places, gradientScale: 0.25, rateShares, overwriteState: false };
      const optimizer = adamW({ weightDecay: 0.2, decay: (name) => name !== "1" });
      const got = optimizer.updateApart?.(weights, gradients, [...means, ...squares], step);
      expect(got?.probe.dataSync()[0]).toBe(0);
      sizes.forEach((_, i) => {
        const { weights: next, state } = optimizer.update(
          weights[i] as Tensor1D,
          tf.mul(gradients[i] as Tensor1D, 0.25) as Tensor1D,
          [means[i] as Tensor1D, squares[i] as Tensor1D],
          { ...step, decayed: tf.fill([sizes[i] as number], decays[i] as number) as Tensor1D },
        );
        const moved = tf.add(weights[i] as Tensor, tf.mul(tf.sub(next, weights[i] as Tensor), rateShares[i] as number));
        expectClose(got?.weights[i] as Tensor, moved);
        state.forEach((wanted, slot) => {
          expectClose(got?.state[slot * sizes.length + i] as Tensor, wanted);
        });
      });
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("Adam tells that a new weight is %d", (broken) => {
    tf.tidy(() => {
      const places = [3, 40].map((size, i) => ({ name: `${i}`, shape: [size], size, role: "matrix" as const }));
      const weights = places.map(({ size }) => tf.ones([size]));
      const values = new Float32Array(40).fill(1);
      values[39] = broken;
      const state = [...places, ...places].map(({ size }) => tf.zeros([size]) as Tensor1D);
      const step = { update: 1, learningRate: 0.1, places, gradientScale: 1, overwriteState: false };
      const got = adam().updateApart?.([weights[0] as Tensor, tf.tensor1d(values)], weights, state, step);
      expect(got?.probe.dataSync()[0]).toBeNaN();
    });
  });

  it("writes Adam's state over the old one where it may, and only there", () => {
    tf.tidy(() => {
      const random = new Random(3);
      const places = [5, 1000].map((size, i) => ({ name: `${i}`, shape: [size], size, role: "matrix" as const }));
      const draw = () => places.map(({ size }) => tf.abs(drawn<Tensor1D>([size], random)) as Tensor1D);
      const [weights, gradients, state] = [draw(), draw(), [...draw(), ...draw()]];
      const before = state.map((vector) => [...vector.dataSync()]);
      const step = { update: 2, learningRate: 0.1, places, gradientScale: 1 };
      const fresh = adam().updateApart?.(weights, gradients, state, { ...step, overwriteState: false });
      expect(state.map((vector) => [...vector.dataSync()])).toEqual(before);
      const over = adam().updateApart?.(weights, gradients, state, { ...step, overwriteState: true });
      expect(over?.state).toEqual(state);
      const numbers = (tensors: Tensor[] | undefined) => tensors?.map((tensor) => [...tensor.dataSync()]);
      expect(numbers(over?.state)).toEqual(numbers(fresh?.state));
      expect(numbers(over?.weights)).toEqual(numbers(fresh?.weights));
    });
  });

  it("sums of squares keep what is small beside what is large", () => {
    tf.tidy(() => {
      const values = new Float32Array(1_000_001).fill(1e-3);
      values[0] = 1000;
      const [sum, none] = sumsOfSquares([tf.tensor1d(values), tf.zeros([0])]).dataSync();
      expect(sum).toBeCloseTo(1_000_001, 0);
      expect(none).toBe(0);
    });
  });

  it.each([
    [1, 1, 1],
    [5, 1, 9],
    [3, 7, 20],
    [20, 65, 65],
    [4, 96, 192],
    [3, 130, 131],
  ])("%i matrices of %ix%i made orthogonal equal their steps", (count, rows, columns) => {
    tf.tidy(() => {
      const random = new Random(11);
      const matrices = Array.from({ length: count }, () => drawn<Tensor2D>([rows, columns], random));
      const [got, wanted] = bothForms(() => orthogonalize(matrices));
      got.forEach((tensor, i) => {
        expectClose(tensor, wanted[i] as Tensor);
      });
    });
  });

  it.each([0.1, 0.5])("drop the very elements that the formula drops, at rate %d", (rate) => {
    tf.tidy(() => {
      // Weights that hand the hidden layer on as it is show its dropout.
      const [rows, hidden] = [37, 75];
      const eye = tf.eye(hidden) as Tensor2D;
      const none = tf.zeros([hidden]) as Tensor1D;
      const random = new Random(10);
      const y = feedForward(tf.ones([rows, hidden]), [eye, none, eye, none], {
        activation: "relu",
        dropout: { rate, random },
      });
      const again = new Random(10);
      const mask = maskOf([rows, hidden], { rate, keys: [again.uint32(), again.uint32()] });
      expect([...y.dataSync()]).toEqual([...mask.dataSync()]);
    });
  });

  it("take an empty batch", () => {
    tf.tidy(() => {
      const [eye, none] = [tf.eye(4) as Tensor2D, tf.zeros([4]) as Tensor1D];
      expect(linear(tf.zeros([0, 4]), eye, none).shape).toEqual([0, 4]);
      expect(feedForward(tf.zeros([0, 3, 4]), [eye, none, eye, none], { activation: "gelu" }).shape).toEqual([0, 3, 4]);
      expect(attention(tf.zeros([0, 3, 12]) as Tensor3D, 2).shape).toEqual([0, 3, 4]);
      expect(layerNorm(tf.zeros([0, 4]), none, none, 1e-5).shape).toEqual([0, 4]);
    });
  });

  it.each([0, 0.5])("take the gradient of an empty batch, which is 0, at dropout %d", (rate) => {
    tf.tidy(() => {
      const random = new Random(12);
      const dim = 100;
      const [x, w, b] = [tf.zeros([0, 3, dim]), drawn<Tensor2D>([dim, dim], random), drawn<Tensor1D>([dim], random)];
      const dropout = rate > 0 ? { rate, random } : undefined;
      const operations: Operation[] = [
        (input, weight, bias) => linear(input as Tensor, weight as Tensor2D, bias as Tensor1D),
        (input, weight, bias) =>
          feedForward(input as Tensor, [weight, bias, weight, bias] as [Tensor2D, Tensor1D, Tensor2D, Tensor1D], {
            activation: "gelu",
            dropout,
          }),
      ];
      for (const operation of operations) {
        const [dx, dw, db] = tf.grads(operation)([x, w, b], tf.zeros([0, 3, dim]));
        expect(dx?.shape).toEqual([0, 3, dim]);
        for (const gradient of [dw, db]) expect(tf.max(tf.abs(gradient as Tensor)).dataSync()[0]).toBe(0);
      }
    });
  });

  it("serve one worker of Node after the other", async () => {
    const tensor = path.join(__dirname, "..", "..", "dist", "tensor");
    const program = `
      const { useEngine } = require(${JSON.stringify(path.join(tensor, "node", "engine.js"))});
      const { linear } = require(${JSON.stringify(path.join(tensor, "linear.js"))});
      const { tf } = require(${JSON.stringify(path.join(tensor, "tf.js"))});
      useEngine("${engine}", { quiet: true }).then(() => {
        const sum = tf.sum(linear(tf.ones([300, 64]), tf.ones([64, 64]), null)).dataSync()[0];
        require("node:worker_threads").parentPort.postMessage(sum);
      });`;
    for (let turn = 0; turn < 3; turn++) {
      const worker = new Worker(program, { eval: true });
      const [sum] = await once(worker, "message");
      expect(sum).toBe(300 * 64 * 64);
      await worker.terminate();
    }
  });

  it("give the same bits again", () => {
    const random = new Random(11);
    const shapes = [[16, 65, 48], [48, 96], [96], [96, 48], [48]];
    tf.tidy(() => {
      const inputs = shapes.map((shape) => drawn(shape, random));
      const run = () => {
        const operation: Operation = (x, ...weights) =>
          feedForward(x as Tensor, weights as [Tensor2D, Tensor1D, Tensor2D, Tensor1D], { activation: "gelu" });
        return [operation(...inputs), ...tf.grads(operation)(inputs)].map((tensor) => [...tensor.dataSync()]);
      };
      expect(run()).toEqual(run());
    });
  });

  it("say what does not fit instead of reading past it", () => {
    const run = compiled() as RunCompiled;
    const none = tf.zeros([0]);
    expect(() => run("Linear", [tf.ones([2, 3]), tf.ones([4, 5]), none, none], 2)).toThrow(/linear: the last axis/);
    const attend = (shape: number[], heads: number) => () => run("Attention", [tf.ones(shape), none], 2, { heads });
    expect(attend([1, 2, 10], 2)).toThrow(/heads don't divide/);
    expect(attend([2, 12], 2)).toThrow(/three axes/);
    expect(attend([1, 2, 12], 0)).toThrow(/heads above 0/);
    const [x, w] = [tf.ones([2, 4]), tf.ones([4, 5])];
    expect(() => run("Linear", [x, w, tf.ones([2]), none], 2)).toThrow(/the bias/);
    expect(() => run("Linear", [x, w, none, tf.ones([2, 1])], 2)).toThrow(/the residual/);
    expect(() => run("Linear", [tf.scalar(1), w, none, none], 2)).toThrow(/too few axes/);
    const four = tf.ones([4]);
    const shares = tf.ones([2]);
    const step = (numbers: number) => tf.ones([numbers]);
    const adamOf = (...inputs: Tensor[]) => run("Adam", inputs, 4, { count: 1 });
    expect(() => adamOf(four, tf.ones([3]), four, four, shares, step(10))).toThrow(/other sizes/);
    expect(() => adamOf(four, four, four, four, tf.ones([3]), step(10))).toThrow(/two shares/);
    expect(() => adamOf(four, four, four, four, shares, step(9))).toThrow(/10 numbers/);
    tf.dispose([none, x, w, four]);
  });
});

/** Values and gradients of an operation on drawn inputs, compiled and in steps. */
function expectSameForms(operation: Operation, shapes: readonly (readonly number[])[]): void {
  tf.tidy(() => {
    const random = new Random(6);
    const inputs = shapes.map((shape) => drawn(shape, random));
    const [got, wanted] = bothForms(() => {
      const value = operation(...inputs);
      const dy = drawn(value.shape, new Random(5));
      return [value, ...tf.grads(operation)(inputs, dy)];
    });
    got.forEach((tensor, i) => {
      expectClose(tensor, wanted[i] as Tensor);
    });
  });
}

function bothForms<T>(run: () => T): [T, T] {
  const before = useCompiled(true);
  try {
    const first = run();
    useCompiled(false);
    return [first, run()];
  } finally {
    useCompiled(before);
  }
}

function expectClose(got: Tensor, wanted: Tensor): void {
  expect(got.shape).toEqual(wanted.shape);
  const largest = tf.max(tf.abs(wanted)).dataSync()[0] as number;
  expect(tf.max(tf.abs(tf.sub(got, wanted))).dataSync()[0]).toBeLessThan(5e-6 * (1 + largest));
}

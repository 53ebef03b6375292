import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { type Activation, activate } from "../../src/tensor/activation";
import { dropout } from "../../src/tensor/dropout";
import { feedForward } from "../../src/tensor/feed-forward";
import { linear } from "../../src/tensor/linear";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { expectGradients, type Input, numbers } from "./directional-derivative";

type Weights = [Tensor2D, Tensor1D, Tensor2D, Tensor1D];

/** x, w1, b1, w2, b2. ReLU's kink is kept out of reach: each hidden unit is pushed to one side by its bias. */
function inputs(x: number[], hidden: number, activation: Activation): Input[] {
  const random = new Random(12);
  const dim = x[x.length - 1] as number;
  const b1 = numbers([hidden], random, 0.5);
  const reach = 1.5 * dim;
  const shift = (i: number) => (activation !== "relu" ? 0 : i % 3 === 0 ? -reach : reach);
  return [
    { name: "x", shape: x, data: numbers(x, random) },
    { name: "w1", shape: [dim, hidden], data: numbers([dim, hidden], random) },
    { name: "b1", shape: [hidden], data: b1.map((value, i) => value + shift(i)) },
    { name: "w2", shape: [hidden, dim], data: numbers([hidden, dim], random) },
    { name: "b2", shape: [dim], data: numbers([dim], random) },
  ];
}

onEveryEngine("feedForward", () => {
  for (const activation of ["relu", "gelu", "gelu_tanh"] as Activation[])
    for (const rate of [0, 0.5]) {
      const fused = ([x, ...weights]: Tensor[]) =>
        feedForward(x as Tensor3D, weights as Weights, {
          activation,
          dropout: rate > 0 ? { rate, random: new Random(13) } : undefined,
        });
      const inSteps = ([x, w1, b1, w2, b2]: Tensor[]) => {
        const hidden = activate(linear(x as Tensor, w1 as Tensor2D, b1 as Tensor1D), activation);
        return linear(dropout(hidden, { rate, random: new Random(13) }), w2 as Tensor2D, b2 as Tensor1D);
      };

      it.each([
        [[1, 1, 4], 3],
        [[2, 5, 3], 8],
        [[7, 4], 1],
      ])(`${activation} of %j, hidden %i, dropout ${rate}: gradients are slopes of the values`, (shape, hidden) => {
        expectGradients(fused, inputs(shape, hidden, activation));
      });

      it(`${activation}, dropout ${rate}: equals its steps, gradients included`, () => {
        tf.tidy(() => {
          const tensors = inputs([2, 3, 5], 7, activation).map(({ data, shape }) => tf.tensor(data, [...shape]));
          const dy = tf.tensor(numbers([2, 3, 5], new Random(14)), [2, 3, 5]);
          expectSame(fused(tensors), inSteps(tensors));
          const got = tf.grads((...all: Tensor[]) => fused(all))(tensors, dy);
          const wanted = tf.grads((...all: Tensor[]) => inSteps(all))(tensors, dy);
          got.forEach((gradient, i) => {
            expectSame(gradient, wanted[i] as Tensor);
          });
        });
      });
    }

  it("adds a residual, whose gradient is that of the sum", () => {
    const residual = { name: "residual", shape: [2, 3, 5], data: numbers([2, 3, 5], new Random(15)) };
    const all = [...inputs([2, 3, 5], 7, "gelu"), residual];
    const withResidual = ([x, w1, b1, w2, b2, added]: Tensor[]) =>
      feedForward(x as Tensor3D, [w1, b1, w2, b2] as Weights, { activation: "gelu", residual: added });
    expectGradients(withResidual, all);
    tf.tidy(() => {
      const tensors = all.map(({ data, shape }) => tf.tensor(data, [...shape]));
      const [x, ...others] = tensors as [Tensor3D, ...Tensor[]];
      const alone = feedForward(x, others.slice(0, 4) as Weights, { activation: "gelu" });
      expectSame(withResidual(tensors), tf.add(alone, tensors[5] as Tensor));
    });
  });

  it("leaves no tensor behind, nor do its gradients", () => {
    const [x, ...weights] = inputs([2, 3, 5], 7, "gelu").map(({ data, shape }) => tf.tensor(data, [...shape]));
    const run = (input: Tensor) =>
      feedForward(input, weights as Weights, { activation: "gelu", dropout: { rate: 0.5, random: new Random(1) } });
    expectNoLeak(() => run(x as Tensor).dispose());
    expectNoLeak(() =>
      tf
        .grad(run)(x as Tensor)
        .dispose(),
    );
    tf.dispose([x as Tensor, ...weights]);
  });
});

function expectSame(got: Tensor, wanted: Tensor): void {
  expect(got.shape).toEqual(wanted.shape);
  const largest = tf.max(tf.abs(wanted)).dataSync()[0] as number;
  expect(tf.max(tf.abs(tf.sub(got, wanted))).dataSync()[0]).toBeLessThan(2e-6 * (1 + largest));
}

import type { Tensor } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { tf } from "../../src/tensor/tf";
import { clippingScale, sumsOfSquares } from "../../src/train/clip-gradient";
import { adam, adamW } from "../../src/train/optimizers/adam";
import type { Optimizer } from "../../src/train/optimizers/optimizer";
import { sgd } from "../../src/train/optimizers/sgd";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { apartPath, optimizerPath } from "../support/optimizer-path";

const golden = new Golden("layers/training");
const start = golden.data("optimiser/start");
const gradients = golden.data("optimiser/gradients");
const size = start.length;

/** The parameters after each step on the golden gradients, `[step, element]`. */
function path(optimizer: Optimizer, decayed?: number[]): number[] {
  return optimizerPath(optimizer, { start, gradients, learningRate: optimizer.learningRate, decayed });
}

onEveryEngine("optimizers", () => {
  const cases: [string, Optimizer][] = [
    ["sgd", sgd({ learningRate: 1e-2 })],
    ["sgd_momentum", sgd({ learningRate: 1e-2, momentum: 0.9 })],
    ["adam", adam({ learningRate: 1e-2 })],
    ["adam_eps1e-7", adam({ learningRate: 1e-2, epsilon: 1e-7 })],
    ["adam_l2", adam({ learningRate: 1e-2, weightDecay: 0.05 })],
    ["adamw", adamW({ learningRate: 1e-2, weightDecay: 0.05 })],
    ["adamw_betas", adamW({ learningRate: 3e-3, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.3 })],
  ];
  it.each(cases)("%s takes PyTorch's steps", (name, optimizer) => {
    golden.expectClose(`optimiser/${name}`, path(optimizer));
  });

  it.each(cases)("%s takes them over parameters that lie apart", (name, optimizer) => {
    const visited = apartPath(optimizer, { start, gradients, learningRate: optimizer.learningRate });
    golden.expectClose(`optimiser/${name}`, visited);
  });

  it("decay only where the mask says so", () => {
    const some = Array.from({ length: size }, (_, i) => i % 2);
    const mixed = path(adamW({ learningRate: 1e-2, weightDecay: 0.05 }), some);
    const all = path(adamW({ learningRate: 1e-2, weightDecay: 0.05 }));
    const none = path(adamW({ learningRate: 1e-2, weightDecay: 0 }));
    mixed.forEach((value, i) => {
      expect(value).toBe(i % 2 ? all[i] : none[i]);
    });
  });

  it("clipping is PyTorch's clip_grad_norm_", () => {
    expectNoLeak(() => {
      const gradient = tf.tensor1d(golden.data("optimiser/gradients").slice(0, size));
      const [first, second] = tf.split(gradient, [5, size - 5]) as [Tensor, Tensor];
      const sums = sumsOfSquares([first, second]);
      const [a, b] = sums.dataSync() as unknown as [number, number];
      const norm = Math.sqrt(a + b);
      const { max_norm, norm_before } = golden.json.scalars.clip as { max_norm: number; norm_before: number };
      expect(norm).toBeCloseTo(norm_before, 4);
      const clipped = tf.mul(gradient, clippingScale(norm, max_norm));
      golden.expectClose("optimiser/clipped_gradient", clipped);
      expect(clippingScale(norm, 1000)).toBe(1);
      expect(clippingScale(Number.NaN, 1000)).toBeNaN();
      tf.dispose([gradient, first, second, sums, clipped]);
    });
  });
});

it.each([
  ["learningRate is 0", () => adam({ learningRate: 0 })],
  ["learningRate is NaN", () => sgd({ learningRate: Number.NaN })],
  ["beta1 is 1", () => adamW({ beta1: 1 })],
  ["epsilon is 0", () => adam({ epsilon: 0 })],
  ["weightDecay is -1", () => adamW({ weightDecay: -1 })],
  ["momentum is 1.5", () => sgd({ momentum: 1.5 })],
])("refuses a setting out of range: %s", (message, make) => {
  expect(make).toThrow(message);
});

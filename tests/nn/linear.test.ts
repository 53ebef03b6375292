import type { Tensor } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { Linear } from "../../src/nn/linear";
import { tf } from "../../src/tensor/tf";
import { onEveryEngine } from "../support/engines";

onEveryEngine("Linear", () => {
  const values = (tensor: Tensor | null) => [...(tensor as Tensor).dataSync()];

  it("is x W + b with its own weight and bias", () => {
    const module = new Linear(2, 3, { random: new Random(0) });
    module.loadStateDict({
      weight: { shape: [2, 3], data: Float32Array.of(1, 0, 10, 0, 1, 100) },
      bias: { shape: [3], data: Float32Array.of(1, 2, 3) },
    });
    tf.tidy(() => {
      expect(values(module.forward(tf.tensor2d([[1, 2]])))).toEqual([2, 4, 213]);
    });
    module.dispose();
  });

  it("starts as torch.nn.Linear: weight and bias even within 1 / √inputs", () => {
    const module = new Linear(16, 500, { random: new Random(1) });
    for (const parameter of [module.weight, module.bias]) {
      const drawn = values(parameter);
      expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(0.25);
      const variance = drawn.reduce((sum, value) => sum + value ** 2, 0) / drawn.length;
      expect(variance).toBeCloseTo(0.25 ** 2 / 3, 2);
    }
    module.dispose();
  });

  it("starts with the weights it is given, as many as it has", () => {
    const random = new Random(2);
    const module = new Linear(2, 3, { random, weight: Float32Array.of(1, 2, 3, 4, 5, 6) });
    expect(values(module.weight)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(() => new Linear(2, 3, { random, weight: Float32Array.of(1, 2) })).toThrow(
      "a linear layer got 2 starting weights: 2 inputs times 3 outputs are 6",
    );
    module.dispose();
  });

  it("starts as ViT does: normal of deviation 0.02 cut at two deviations, bias zero", () => {
    const module = new Linear(50, 100, { random: new Random(2), initialization: "vit" });
    const weights = values(module.weight);
    expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(0.04);
    // A normal cut at two deviations keeps 0.88 of its deviation.
    const deviation = Math.sqrt(weights.reduce((sum, value) => sum + value ** 2, 0) / weights.length);
    expect(deviation / 0.02).toBeCloseTo(0.88, 1);
    expect(new Set(values(module.bias))).toEqual(new Set([0]));
    module.dispose();
  });

  it("has the same weights for the same seed, other weights for another", () => {
    const start = (seed: number) => {
      const module = new Linear(3, 4, { random: new Random(seed) });
      const weights = values(module.weight);
      module.dispose();
      return weights;
    };
    expect(start(3)).toEqual(start(3));
    expect(start(3)).not.toEqual(start(4));
  });

  it("without a bias has a weight alone", () => {
    const module = new Linear(2, 3, { random: new Random(5), bias: false });
    expect(module.bias).toBeNull();
    expect([...module.namedParameters().keys()]).toEqual(["weight"]);
    module.dispose();
  });
});

import { expect, it } from "vitest";
import { LayerNorm } from "../../src/nn/layer-norm";
import { tf } from "../../src/tensor/tf";
import { onEveryEngine } from "../support/engines";

onEveryEngine("LayerNorm", () => {
  it("starts as plain normalization: mean 0, variance 1", () => {
    const module = new LayerNorm(4);
    tf.tidy(() => {
      const { mean, variance } = tf.moments(module.forward(tf.tensor2d([[1, 2, 3, 10]])));
      expect(mean.dataSync()[0]).toBeCloseTo(0, 6);
      expect(variance.dataSync()[0]).toBeCloseTo(1, 4);
    });
    module.dispose();
  });

  it("scales by weight, shifts by bias, and takes PyTorch's epsilon by default", () => {
    const module = new LayerNorm(2);
    expect(module.epsilon).toBe(1e-5);
    module.loadStateDict({
      weight: { shape: [2], data: Float32Array.of(2, 3) },
      bias: { shape: [2], data: Float32Array.of(10, 20) },
    });
    tf.tidy(() => {
      const [a, b] = module.forward(tf.tensor2d([[-100, 100]])).dataSync();
      expect(a).toBeCloseTo(8, 4);
      expect(b).toBeCloseTo(23, 4);
    });
    module.dispose();
  });
});

import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { crossEntropy } from "../../src/tensor/cross-entropy";
import { tf } from "../../src/tensor/tf";
import { ParameterVector } from "../../src/train/parameter-vector";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";
import { sizeOf } from "../../src/vit/patches";
import { onEveryEngine } from "../support/engines";
import { drawn, numbers } from "../tensor/directional-derivative";

const base: ViTConfig = { imageSize: 8, patchSize: 4, dim: 12, depth: 2, heads: 2, mlpDim: 18, classes: 3 };

const configs: [string, ViTConfig, batch: number][] = [
  ["one head", { ...base, heads: 1 }, 3],
  ["a batch of one", base, 1],
  ["one patch", { ...base, imageSize: 4 }, 3],
  ["20 wide with 5 heads", { ...base, dim: 20, heads: 5, activation: "gelu_tanh" }, 3],
  ["images that aren't square, one channel", { ...base, imageSize: [12, 4], channels: 1 }, 3],
  ["no biases of query, key and value", { ...base, qkvBias: false, pool: "mean", classToken: false }, 3],
  ["post-norm", { ...base, norm: "post", finalNorm: false, positions: "sincos2d" }, 3],
  ["wide enough for the hidden layer to be kept", { ...base, dim: 96, heads: 3, mlpDim: 40, depth: 1 }, 2],
  // Without positions they start so small that a normalization bends much within a step of this test.
  ["registers", { ...base, registerTokens: 3, layerNormEps: 1e-3 }, 3],
  ["registers, no class token", { ...base, registerTokens: 2, classToken: false, pool: "mean" }, 2],
  ["dropout everywhere", { ...base, dropout: 0.3, attentionDropout: 0.2, embeddingDropout: 0.1 }, 3],
];

onEveryEngine("gradient of a whole model", () => {
  it.each(configs)("%s: it is the slope of the loss, up its own way and any other", (_, config, batch) => {
    const model = new ViT(config, { seed: 3 });
    const vector = new ParameterVector(model);
    const random = new Random(4);
    const [height, width] = sizeOf(model.config.imageSize);
    const images = drawn<Tensor4D>([batch, height, width, model.config.channels], random);
    const labels = tf.tensor1d(
      Array.from({ length: batch }, (_each, i) => i % 3),
      "int32",
    );
    const loss = () =>
      crossEntropy(model.forward(images, { training: true, random: new Random(5) }), labels, { labelSmoothing: 0.1 });
    const start = vector.flatten(vector.read());
    const { value, gradients } = vector.gradients(loss);
    const slopes = tf.tidy(() => vector.flatten(gradients).dataSync());
    const length = Math.hypot(...slopes);
    expect(length).toBeGreaterThan(0.01);
    const at = (direction: Float32Array, by: number) =>
      tf.tidy(() => {
        vector.write(vector.split(tf.add(start, tf.mul(tf.tensor1d(direction), by)) as Tensor1D));
        return loss().dataSync()[0] as number;
      });
    const other = numbers([slopes.length], random);
    for (const way of [slopes as Float32Array, other]) {
      const size = Math.hypot(...way);
      const direction = way.map((each) => each / size);
      const step = 0.005;
      const near = at(direction, step) - at(direction, -step);
      const far = at(direction, 2 * step) - at(direction, -2 * step);
      const got = direction.reduce((sum, each, i) => sum + each * (slopes[i] as number), 0);
      expect(Math.abs((8 * near - far) / (12 * step) - got)).toBeLessThan(1e-3 * length);
    }
    model.dispose();
    tf.dispose([images, labels, start, value, ...gradients]);
  });
});

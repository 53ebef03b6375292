import type { Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { completeConfig } from "../../src/vit/complete-config";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";
import { type Loaded, load } from "./load";

let stockViT: Loaded;

beforeAll(async () => {
  ({ stockViT } = await load("stock/vit.mjs"));
});

const micro: ViTConfig = { imageSize: [8, 12], patchSize: 4, dim: 16, depth: 2, heads: 2, mlpDim: 24, classes: 5 };
const variants: [string, Partial<ViTConfig>][] = [
  ["pre-norm with GELU and the class token", {}],
  ["post-norm with ReLU, as the article's", { norm: "post", activation: "relu", layerNormEps: 1e-5 }],
  ["the mean of the patches, with a class token", { pool: "mean", activation: "gelu_tanh" }],
  [
    "the mean of the patches alone, without biases on query, key and value",
    { pool: "mean", classToken: false, qkvBias: false },
  ],
];

beforeAll(async () => {
  await useEngine("cpu", { quiet: true });
});

describe("the plain model of stock operations", () => {
  it.each(variants)("computes what vitlab computes: %s", (_, change) => {
    const config = completeConfig({ ...micro, initialization: "torch", ...change });
    const model = new ViT(config, { seed: 3 });
    const stock = stockViT(tf, config, model.stateDict());
    const images = tf.randomUniform([3, 8, 12, 3], -1, 1, "float32", 1) as Tensor4D;
    const difference = tf.max(tf.abs(tf.sub(model.forward(images), stock.forward(images)))).dataSync()[0];
    expect(difference).toBeLessThan(2e-5);
    model.dispose();
    stock.dispose();
  });

  it("drops out in training alone", () => {
    const config = completeConfig({ ...micro, dropout: 0.5 });
    const model = new ViT(config);
    const stock = stockViT(tf, config, model.stateDict());
    const images = tf.randomUniform([1, 8, 12, 3], -1, 1, "float32", 1) as Tensor4D;
    const logits = (training: boolean) => Array.from(stock.forward(images, training).dataSync() as Float32Array);
    expect(logits(false)).toEqual(logits(false));
    expect(logits(true)).not.toEqual(logits(true));
  });

  it("refuses what it does not have", () => {
    const config = completeConfig({ ...micro, positions: "sincos2d" });
    expect(() => stockViT(tf, config, {})).toThrow("learned positions");
  });
});

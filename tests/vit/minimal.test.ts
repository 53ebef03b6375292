import type { Rank, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { Random } from "../../src/base/random";
import { crossEntropy } from "../../src/tensor/cross-entropy";
import { tf } from "../../src/tensor/tf";
import type { FullViTConfig, ViTConfig } from "../../src/vit/config";
import { minimalViT } from "../../src/vit/minimal";
import { ViT } from "../../src/vit/model";
import { sizeOf } from "../../src/vit/patches";
import { presets } from "../../src/vit/presets";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn } from "../tensor/directional-derivative";

const base: ViTConfig = { imageSize: 8, patchSize: 4, dim: 12, depth: 2, heads: 3, mlpDim: 18, classes: 4 };

const configs: [string, ViTConfig][] = [
  ["the article's", presets.articleSimpleViT],
  ["tiny", presets.tiny],
  ["pre-norm, exact GELU, mean of the patches", { ...base, pool: "mean" }],
  ["no class token", { ...base, pool: "mean", classToken: false }],
  ["GELU by tanh, no last norm", { ...base, activation: "gelu_tanh", finalNorm: false }],
  ["post-norm with a last norm", { ...base, norm: "post", activation: "relu", finalNorm: true }],
  ["images that aren't square, one channel", { ...base, imageSize: [6, 15], patchSize: 3, channels: 1 }],
  ["rows, columns, channels inside a patch", { ...base, imageSize: [12, 8], patchOrder: "hwc" }],
  ["no biases of query, key and value", { ...base, qkvBias: false }],
  ["no positions", { ...base, positions: "none" }],
  ["one patch, one head", { ...base, imageSize: 4, heads: 1, layerNormEps: 1e-5 }],
];

/** A model none of whose parameters is at a value that would hide it, such as a bias of 0. */
function filledModel(config: ViTConfig): ViT {
  const model = new ViT(config, { seed: 1 });
  const random = new Random(2);
  for (const variable of model.parameters())
    tf.tidy(() => variable.assign(tf.add(variable, drawn(variable.shape, random, 0.2))));
  return model;
}

function disposedLike(x: Tensor): Tensor {
  const copy = tf.clone(x);
  copy.dispose();
  return copy;
}

function imagesFor({ imageSize, channels }: FullViTConfig, batch: number): Tensor4D {
  return drawn<Tensor4D>([batch, ...sizeOf(imageSize), channels], new Random(3));
}

function largest(x: Tensor): number {
  return tf.tidy(() => tf.max(tf.abs(x)).dataSync()[0] as number);
}

function largestDifference(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return tf.tidy(() => largest(tf.sub(a, b)));
}

onEveryEngine("minimalViT", () => {
  it.each(configs)("%s: equal to ViT number for number, gradients too", (_, config) => {
    const model = filledModel(config);
    const images = imagesFor(model.config, 2);
    const labels = tf.tensor1d([0, 2], "int32");
    const weights = Object.fromEntries(model.namedParameters());
    expectNoLeak(() =>
      tf.tidy(() => {
        const [own, whole] = [minimalViT(images, weights, model.config), model.forward(images)];
        expect(largest(own)).toBeGreaterThan(0.05);
        expect(largestDifference(own, whole)).toBeLessThanOrEqual(1e-5);
      }),
    );
    expectNoLeak(() => tf.dispose(minimalViT(images, weights, model.config)));
    expectNoLeak(() =>
      tf.tidy(() => {
        const gradients = (logits: () => Tensor2D) =>
          tf.variableGrads(() => crossEntropy(logits(), labels), model.parameters()).grads;
        const own = gradients(() => minimalViT(images, weights, model.config));
        const whole = gradients(() => model.forward(images));
        expect(largest(own[model.head.weight.name] as Tensor)).toBeGreaterThan(0.01);
        for (const [path, { name }] of model.namedParameters())
          expect(largestDifference(own[name] as Tensor, whole[name] as Tensor), path).toBeLessThanOrEqual(1e-5);
      }),
    );
    model.dispose();
    tf.dispose([images, labels]);
  });

  it("takes the map that a model gives, and a config with defaults left out", () => {
    const model = filledModel(base);
    const images = imagesFor(model.config, 2);
    expectNoLeak(() =>
      tf.tidy(() => {
        const own = minimalViT(images, model.namedParameters(), base);
        expect(largestDifference(own, model.forward(images))).toBeLessThanOrEqual(1e-5);
      }),
    );
    images.dispose();
    model.dispose();
  });

  it("refuses in one sentence what it doesn't compute, and leaves nothing behind", () => {
    const model = filledModel(base);
    const images = imagesFor(model.config, 2);
    const weights = Object.fromEntries(model.namedParameters());
    const { "head.bias": _, ...headless } = weights;
    const [bytes, small] = [tf.cast(images, "int32"), tf.zeros<Rank.R4>([2, 4, 8, 3])];
    const refusals: [Tensor4D, Record<string, Tensor>, Partial<FullViTConfig>, string][] = [
      [
        images,
        weights,
        { positions: "sincos1d" },
        "minimalViT has no sincos1d positions, only learned ones or none: use new ViT(config)",
      ],
      [
        images,
        weights,
        { positions: "sincos2d" },
        "minimalViT has no sincos2d positions, only learned ones or none: use new ViT(config)",
      ],
      [images, weights, { distillationToken: true }, "minimalViT has no distillation token: use new ViT(config)"],
      [
        images,
        weights,
        { attentionOverBatch: true },
        "minimalViT has no attention over the batch (attentionOverBatch): use new ViT(config)",
      ],
      [
        images,
        weights,
        { classToken: false },
        'config.pool is "cls" but classToken is false: set classToken to true, or pool to "mean"',
      ],
      [small, weights, {}, "minimalViT got images [2, 4, 8, 3] of type float32: expected float32 [batch, 8, 8, 3]"],
      [bytes, weights, {}, "minimalViT got images [2, 8, 8, 3] of type int32: expected float32 [batch, 8, 8, 3]"],
      [
        disposedLike(images) as Tensor4D,
        weights,
        {},
        "the tensor of images [2, 8, 8, 3] was disposed, its numbers are freed: use it before that, or make it again " +
          "(tf.tidy disposes of all that it doesn't return)",
      ],
      [
        images,
        headless,
        {},
        "the weights don't fit the model: head.bias is missing; build the model from the same config",
      ],
      [
        images,
        { ...weights, "head.bias": small },
        { finalNorm: false },
        "the weights don't fit the model: head.bias is [2, 4, 8, 3], expected [4]; norm.weight is unknown; " +
          "norm.bias is unknown; build the model from the same config",
      ],
      [
        images,
        { ...weights, "head.weight": disposedLike(weights["head.weight"] as Tensor) },
        {},
        "the weight head.weight [12, 4] was disposed, its numbers are freed: use it before that, or make it again " +
          "(tf.tidy disposes of all that it doesn't return)",
      ],
    ];
    for (const [given, named, fields, sentence] of refusals)
      expectNoLeak(() =>
        expect(() => minimalViT(given, named, { ...model.config, ...fields })).toThrow(new VitlabError(sentence)),
      );
    tf.dispose([images, bytes, small]);
    model.dispose();
  });
});

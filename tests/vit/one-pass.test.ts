import { existsSync } from "node:fs";
import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { ForwardContext, type ForwardInput } from "../../src/nn/forward-context";
import { Mlp } from "../../src/nn/mlp";
import { RMSNorm } from "../../src/nn/rms-norm";
import { useCompiled } from "../../src/tensor/compiled";
import { useEngine } from "../../src/tensor/node/engine";
import { compiledFile } from "../../src/tensor/node/load-compiled";
import { loadNative } from "../../src/tensor/node/load-native";
import { tf } from "../../src/tensor/tf";
import type { ViTConfig } from "../../src/vit/config";
import { ViT } from "../../src/vit/model";
import { onePass } from "../../src/vit/one-pass";
import { expectNoLeak } from "../support/engines";
import { drawn } from "../tensor/directional-derivative";

const here = "version" in loadNative() && existsSync(compiledFile());

const base: ViTConfig = { imageSize: 12, patchSize: 4, dim: 24, depth: 2, heads: 3, mlpDim: 40, classes: 5 };

const configs: [string, ViTConfig][] = [
  ["plain", base],
  ["mean of the patches", { ...base, pool: "mean" }],
  ["mean, no class token", { ...base, pool: "mean", classToken: false, positions: "sincos2d" }],
  ["post-norm, ReLU", { ...base, norm: "post", activation: "relu", layerNormEps: 1e-5 }],
  ["post-norm and a final one", { ...base, norm: "post", finalNorm: true }],
  ["no final norm, no biases on query, key, value", { ...base, finalNorm: false, qkvBias: false }],
  ["a distillation token and registers", { ...base, distillationToken: true, registerTokens: 3 }],
  ["registers, mean", { ...base, registerTokens: 2, pool: "mean", positions: "sincos1d" }],
  ["no positions, patches row by row", { ...base, positions: "none", patchOrder: "hwc", activation: "gelu_tanh" }],
  ["not square, one channel, one class", { ...base, imageSize: [8, 20], channels: 1, classes: 1 }],
  ["one block", { ...base, depth: 1 }],
  ["wider than a vector, hidden layer larger still", { ...base, dim: 132, heads: 2, mlpDim: 300 }],
  ["dropout, which only training has", { ...base, dropout: 0.5, dropPath: 0.3 }],
];

describe.skipIf(!here)("a forward pass as one operation", () => {
  beforeAll(async () => {
    await useEngine("native", { quiet: true });
  });

  for (const batch of [1, 3, 70])
    it.each(configs)(`of ${batch}, %s: answers what the parts answer one by one`, (_, config) => {
      const model = new ViT(config, { seed: 5 });
      disturb(model);
      const images = imagesFor(model, batch);
      expectNoLeak(() => {
        const [pooled, logits] = [model.features(images), model.forward(images)];
        const [wantedPooled, wanted] = inParts(() => [model.features(images), model.forward(images)]);
        expectClose(pooled, wantedPooled);
        expectClose(logits, wanted);
        tf.dispose([pooled, logits, wantedPooled, wanted]);
      });
      images.dispose();
      model.dispose();
    });

  it("is what a usual model does", () => {
    const model = new ViT(base);
    const images = imagesFor(model, 2);
    expect(isOnePass(model, images)).toBe(true);
    expect(isOnePass(model, images, { training: false })).toBe(true);
    model.dispose();
    images.dispose();
  });

  it("leaves alone what is watched, changed, learned from or masked", () => {
    const model = new ViT(base);
    const images = imagesFor(model, 2);
    const { logits, trace } = model.run(images);
    expect(trace.names()).toContain("blocks.1.attention.weights");
    const zeroed = model.forward(images, { edit: { pooled: (value) => tf.zerosLike(value) } });
    expect(zeroed.dataSync()).toEqual(tf.tidy(() => model.head.forward(tf.zeros([2, 24])).dataSync()));
    expect(isOnePass(model, images, { training: true, random: new Random(1) })).toBe(false);
    const mask = tf.ones([10, 10], "bool");
    expect(isOnePass(model, images, { mask })).toBe(false);
    const slope = tf.tidy(
      () =>
        (tf.grad((x) => tf.sum(tf.square(model.forward(x as Tensor4D))))(images) as Tensor).abs().max().dataSync()[0],
    );
    expect(slope).toBeGreaterThan(0);
    trace.dispose();
    tf.dispose([logits, zeroed, images, mask]);
    model.dispose();
  });

  it("leaves alone a model with parts of other kinds, and forward functions put in by hand", () => {
    class OwnMlp extends Mlp {
      override forward(x: Tensor3D, given?: ForwardInput, residual?: Tensor3D): Tensor3D {
        return tf.tidy(() => tf.mul(super.forward(x, given, residual), 2)) as Tensor3D;
      }
    }
    const others = [
      new ViT(base, { norm: (dim) => new RMSNorm(dim) }),
      new ViT(base, { mlp: (dim, hidden, options) => new OwnMlp(dim, hidden, options) }),
      new ViT({ ...base, attentionOverBatch: true }),
    ];
    const byHand = new ViT(base);
    const { forward } = byHand.blocks[0]!.norm1;
    byHand.blocks[0]!.norm1.forward = (x) => tf.tidy(() => tf.neg(forward.call(byHand.blocks[0]!.norm1, x))) as never;
    const replaced = new ViT(base);
    replaced.replace("blocks.0.mlp", new OwnMlp(24, 40, { activation: "gelu", random: new Random(2) }));
    for (const model of [...others, byHand, replaced]) {
      const images = imagesFor(model, 2);
      expect(isOnePass(model as never, images)).toBe(false);
      const [usual, inSteps] = [model.forward(images), inParts(() => [model.forward(images)])[0]];
      expectClose(usual, inSteps as Tensor2D);
      tf.dispose([images, usual, inSteps as Tensor]);
      model.dispose();
    }
  });

  it("refuses images and models as before", () => {
    const model = new ViT(base);
    const large = tf.zeros<tf.Rank.R4>([1, 16, 16, 3]);
    expect(() => model.forward(large)).toThrow(/made for 12x12; resize them, or pass \{ interpolatePositions: true \}/);
    const stretched = model.forward(large, { interpolatePositions: true });
    expect(stretched.shape).toEqual([1, 5]);
    const images = imagesFor(model, 1);
    model.dispose();
    expect(() => model.forward(images)).toThrow(/was disposed/);
    expect(() => model.features(images)).toThrow(/was disposed/);
    tf.dispose([large, stretched, images]);
  });

  it("takes a batch of none", () => {
    const model = new ViT(base);
    const none = tf.zeros<tf.Rank.R4>([0, 12, 12, 3]);
    const logits = model.forward(none);
    expect(logits.shape).toEqual([0, 5]);
    tf.dispose([none, logits]);
    model.dispose();
  });
});

function isOnePass(model: ViT, images: Tensor4D, options: ForwardInput = {}): boolean {
  const result = onePass(model, images, ForwardContext.from(options));
  if (result) tf.dispose([result.pooled, result.logits]);
  return result !== null;
}

/** Norms and biases that start at 1 and 0 show nothing. */
function disturb(model: ViT): void {
  const random = new Random(8);
  for (const variable of model.parameters())
    tf.tidy(() => {
      variable.assign(tf.add(variable as Tensor, tf.mul(drawn(variable.shape, random), 0.2)));
    });
}

function imagesFor({ config }: { config: ViT["config"] }, batch: number): Tensor4D {
  const { imageSize, channels } = config;
  const [height, width] = typeof imageSize === "number" ? [imageSize, imageSize] : imageSize;
  return drawn<Tensor4D>([batch, height, width, channels], new Random(6));
}

function inParts<T>(run: () => T): T {
  const before = useCompiled(false);
  try {
    return run();
  } finally {
    useCompiled(before);
  }
}

function expectClose(got: Tensor, wanted: Tensor): void {
  expect(got.shape).toEqual(wanted.shape);
  const [values, expected] = [got.dataSync(), wanted.dataSync()];
  const largest = Math.max(1, ...expected.map(Math.abs));
  values.forEach((value, i) => {
    expect(Math.abs(value - (expected[i] as number))).toBeLessThan(2e-5 * largest);
  });
}

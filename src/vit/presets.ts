import type { ViTConfig } from "./config";

/**
 * The article's SimpleViT, repaired: what `nn.TransformerEncoderLayer(32, 4, batch_first=True)` gives, so post-norm,
 * ReLU, a hidden layer of 2048 and dropout 0.1. 279,018 parameters.
 */
const articleSimpleViT: ViTConfig = {
  imageSize: 32,
  patchSize: 4,
  dim: 32,
  depth: 2,
  heads: 4,
  mlpDim: 2048,
  classes: 10,
  norm: "post",
  activation: "relu",
  dropout: 0.1,
  attentionDropout: 0.1,
  layerNormEps: 1e-5,
  initialization: "torch",
};

/**
 * The configs by name, each for `new ViT(presets.name)`; vary one with `{ ...presets.name, dim: 64 }`.
 *
 * @example
 * ```ts
 * import { presets, ViT } from "vitlab";
 *
 * for (const name of ["articleSimpleViT", "tiny", "small"] as const)
 *   console.log(name, new ViT(presets[name]).parameterCount().total.toLocaleString("en"));
 *   // articleSimpleViT 279,018
 *   // tiny 119,194
 *   // small 811,146
 * ```
 */
export const presets = {
  articleSimpleViT,
  /** The article's program as printed, without `batch_first=True`: attention runs over the batch and nothing is learnt. */
  articleAsPrinted: { ...articleSimpleViT, attentionOverBatch: true } as ViTConfig,
  /** About 0.1 million parameters spent on depth rather than on one wide layer. */
  tiny: {
    imageSize: 32,
    patchSize: 4,
    dim: 48,
    depth: 4,
    heads: 4,
    mlpDim: 192,
    classes: 10,
    dropout: 0.1,
    layerNormEps: 1e-6,
  } as ViTConfig,
  /** Below 1 million parameters. */
  small: {
    imageSize: 32,
    patchSize: 4,
    dim: 128,
    depth: 6,
    heads: 4,
    mlpDim: 256,
    classes: 10,
    dropout: 0.1,
    layerNormEps: 1e-6,
  } as ViTConfig,
  /** ViT-B/16 at 224 pixels with ImageNet's 1000 classes, as `google/vit-base-patch16-224`. 86.6 million parameters. */
  vitBase16: {
    imageSize: 224,
    patchSize: 16,
    dim: 768,
    depth: 12,
    heads: 12,
    mlpDim: 3072,
    classes: 1000,
    layerNormEps: 1e-12,
  } as ViTConfig,
};

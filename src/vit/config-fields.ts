import type { Field } from "../base/field";
import { POSITIONS } from "../nn/positions";
import { ACTIVATIONS } from "../tensor/activation";
import { completeNormalization } from "../tensor/normalization";
import type { FullViTConfig } from "./config";
import { MOST } from "./config-limits";
import { PROBLEM_TYPES } from "./problem-type";

/** What belongs together in a config. */
export type ConfigGroup = "images" | "tokens" | "blocks" | "head" | "regularization";

/** The fields of a config: what each may be by itself, what it is unless said, and what it does. */
export const CONFIG_FIELDS: Readonly<Record<keyof FullViTConfig, Field<ConfigGroup, FullViTConfig>>> = {
  imageSize: {
    group: "images",
    kind: "size",
    most: MOST.imageSize,
    about: "Side of the images in pixels, or height x width.",
  },
  patchSize: {
    group: "images",
    kind: "whole",
    least: 1,
    most: MOST.patchSize,
    about: "Side of a patch in pixels; divides height and width.",
  },
  channels: {
    group: "images",
    kind: "whole",
    least: 1,
    most: MOST.channels,
    default: 3,
    about: "Numbers of a pixel: 3 for colors.",
  },
  dim: { group: "blocks", kind: "whole", least: 1, most: MOST.dim, about: "Length of a token; the heads divide it." },
  depth: { group: "blocks", kind: "whole", least: 1, most: MOST.depth, about: "How many encoder blocks." },
  heads: {
    group: "blocks",
    kind: "whole",
    least: 1,
    most: MOST.heads,
    about: "Attention heads of a block; divide dim.",
  },
  mlpDim: {
    group: "blocks",
    kind: "whole",
    least: 1,
    most: MOST.mlpDim,
    about: "Width of the hidden layer of the MLPs.",
  },
  classes: { group: "head", kind: "whole", least: 1, most: MOST.classes, about: "How many classes the head knows." },
  norm: {
    group: "blocks",
    kind: "choice",
    choices: ["pre", "post"],
    default: "pre",
    about: "Layer normalization before each part of a block or after it.",
  },
  finalNorm: {
    group: "blocks",
    kind: "flag",
    default: ({ norm }: FullViTConfig) => norm === "pre",
    about: "One more normalization after the last block.",
  },
  activation: {
    group: "blocks",
    kind: "choice",
    choices: ACTIVATIONS,
    default: "gelu",
    about: "Non-linearity of the MLPs.",
  },
  pool: {
    group: "head",
    kind: "choice",
    choices: ["cls", "mean"],
    default: "cls",
    about: "What the head reads: the class token, or the mean of the patches.",
  },
  classToken: {
    group: "tokens",
    kind: "flag",
    default: true,
    about: "A learned token that stands for the whole image.",
  },
  distillationToken: {
    group: "tokens",
    kind: "flag",
    default: false,
    about: "DeiT's second token behind the class token.",
  },
  registerTokens: {
    group: "tokens",
    kind: "whole",
    least: 0,
    most: MOST.registerTokens,
    default: 0,
    about: "Learned tokens that nothing reads.",
  },
  positions: {
    group: "tokens",
    kind: "choice",
    choices: POSITIONS,
    default: "learned",
    about: "How a token knows its place.",
  },
  dropout: {
    group: "regularization",
    kind: "share",
    default: 0,
    about: "Share of numbers dropped after attention, activation and MLP.",
  },
  attentionDropout: {
    group: "regularization",
    kind: "share",
    default: 0,
    about: "Share of attention weights dropped.",
  },
  embeddingDropout: {
    group: "regularization",
    kind: "share",
    default: 0,
    about: "Share of numbers dropped before the first block.",
  },
  dropPath: {
    group: "regularization",
    kind: "share",
    default: 0,
    about: "Share of images that skip a branch of the last block; less in earlier ones.",
  },
  qkvBias: { group: "blocks", kind: "flag", default: true, about: "Biases on query, key and value." },
  layerNormEps: {
    group: "blocks",
    kind: "number",
    most: MOST.layerNormEps,
    default: 1e-12,
    about: "Keeps the division of layer normalization finite.",
  },
  patchOrder: {
    group: "images",
    kind: "choice",
    choices: ["chw", "hwc"],
    default: "chw",
    about: "Order of the numbers inside a patch.",
  },
  initialization: {
    group: "blocks",
    kind: "choice",
    choices: ["torch", "vit", "mimetic"],
    default: "vit",
    about: "What the starting weights are.",
  },
  attentionOverBatch: {
    group: "blocks",
    kind: "flag",
    default: false,
    about: "For teaching only: attention between images instead of tokens.",
  },
  normalize: {
    group: "images",
    kind: "object",
    // Of channels that can't be there is none.
    default: ({ channels }: FullViTConfig) =>
      channels <= MOST.channels ? completeNormalization(undefined, channels) : undefined,
    about: "How bytes become numbers: a mean and a std for each channel.",
  },
  problemType: {
    group: "head",
    kind: "choice",
    choices: PROBLEM_TYPES,
    default: "single_label_classification",
    about: "What the head's answer means.",
  },
};

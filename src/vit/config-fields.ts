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
    about: { en: "Side of the images in pixels, or height x width.", zh: "图像边长（像素），或 高 x 宽。" },
  },
  patchSize: {
    group: "images",
    kind: "whole",
    least: 1,
    most: MOST.patchSize,
    about: { en: "Side of a patch in pixels; divides height and width.", zh: "图像块边长（像素）；须整除高和宽。" },
  },
  channels: {
    group: "images",
    kind: "whole",
    least: 1,
    most: MOST.channels,
    default: 3,
    about: { en: "Numbers of a pixel: 3 for colors.", zh: "每个像素的数值个数：彩色为 3。" },
  },
  dim: {
    group: "blocks",
    kind: "whole",
    least: 1,
    most: MOST.dim,
    about: { en: "Length of a token; the heads divide it.", zh: "标记的长度；须能被头数整除。" },
  },
  depth: {
    group: "blocks",
    kind: "whole",
    least: 1,
    most: MOST.depth,
    about: { en: "How many encoder blocks.", zh: "编码器块的个数。" },
  },
  heads: {
    group: "blocks",
    kind: "whole",
    least: 1,
    most: MOST.heads,
    about: { en: "Attention heads of a block; divide dim.", zh: "每块的注意力头数；须整除 dim。" },
  },
  mlpDim: {
    group: "blocks",
    kind: "whole",
    least: 1,
    most: MOST.mlpDim,
    about: { en: "Width of the hidden layer of the MLPs.", zh: "MLP 隐藏层的宽度。" },
  },
  classes: {
    group: "head",
    kind: "whole",
    least: 1,
    most: MOST.classes,
    about: { en: "How many classes the head knows.", zh: "分类头区分多少个类别。" },
  },
  norm: {
    group: "blocks",
    kind: "choice",
    choices: ["pre", "post"],
    default: "pre",
    about: {
      en: "Layer normalization before each part of a block or after it.",
      zh: "层归一化放在块的各部分之前还是之后。",
    },
  },
  finalNorm: {
    group: "blocks",
    kind: "flag",
    default: ({ norm }: FullViTConfig) => norm === "pre",
    about: { en: "One more normalization after the last block.", zh: "最后一块之后再归一化一次。" },
  },
  activation: {
    group: "blocks",
    kind: "choice",
    choices: ACTIVATIONS,
    default: "gelu",
    about: { en: "Non-linearity of the MLPs.", zh: "MLP 的激活函数。" },
  },
  pool: {
    group: "head",
    kind: "choice",
    choices: ["cls", "mean"],
    default: "cls",
    about: {
      en: "What the head reads: the class token, or the mean of the patches.",
      zh: "分类头读什么：分类标记，或图像块的均值。",
    },
  },
  classToken: {
    group: "tokens",
    kind: "flag",
    default: true,
    about: { en: "A learned token that stands for the whole image.", zh: "代表整张图像的可学习标记。" },
  },
  distillationToken: {
    group: "tokens",
    kind: "flag",
    default: false,
    about: { en: "DeiT's second token behind the class token.", zh: "DeiT 在分类标记之后的第二个标记。" },
  },
  registerTokens: {
    group: "tokens",
    kind: "whole",
    least: 0,
    most: MOST.registerTokens,
    default: 0,
    about: { en: "Learned tokens that nothing reads.", zh: "没有任何部分读取的可学习标记。" },
  },
  positions: {
    group: "tokens",
    kind: "choice",
    choices: POSITIONS,
    default: "learned",
    about: { en: "How a token knows its place.", zh: "标记如何得知自己的位置。" },
  },
  dropout: {
    group: "regularization",
    kind: "share",
    default: 0,
    about: {
      en: "Share of numbers dropped after attention, activation and MLP.",
      zh: "注意力、激活和 MLP 之后丢弃的比例。",
    },
  },
  attentionDropout: {
    group: "regularization",
    kind: "share",
    default: 0,
    about: { en: "Share of attention weights dropped.", zh: "丢弃的注意力权重比例。" },
  },
  embeddingDropout: {
    group: "regularization",
    kind: "share",
    default: 0,
    about: { en: "Share of numbers dropped before the first block.", zh: "第一块之前丢弃的比例。" },
  },
  dropPath: {
    group: "regularization",
    kind: "share",
    default: 0,
    about: {
      en: "Share of images that skip a branch of the last block; less in earlier ones.",
      zh: "跳过最后一块某个分支的图像比例；前面的块更少。",
    },
  },
  qkvBias: {
    group: "blocks",
    kind: "flag",
    default: true,
    about: { en: "Biases on query, key and value.", zh: "query、key、value 是否带偏置。" },
  },
  layerNormEps: {
    group: "blocks",
    kind: "number",
    most: MOST.layerNormEps,
    default: 1e-12,
    about: { en: "Keeps the division of layer normalization finite.", zh: "防止层归一化除以零。" },
  },
  patchOrder: {
    group: "images",
    kind: "choice",
    choices: ["chw", "hwc"],
    default: "chw",
    about: { en: "Order of the numbers inside a patch.", zh: "图像块内数值的排列顺序。" },
  },
  initialization: {
    group: "blocks",
    kind: "choice",
    choices: ["torch", "vit", "mimetic"],
    default: "vit",
    about: { en: "What the starting weights are.", zh: "权重如何初始化。" },
  },
  attentionOverBatch: {
    group: "blocks",
    kind: "flag",
    default: false,
    about: {
      en: "For teaching only: attention between images instead of tokens.",
      zh: "仅供教学：注意力在图像之间而不是标记之间。",
    },
  },
  normalize: {
    group: "images",
    kind: "object",
    // Of channels that can't be there is none.
    default: ({ channels }: FullViTConfig) =>
      Number.isInteger(channels) && channels <= MOST.channels ? completeNormalization(undefined, channels) : undefined,
    about: {
      en: "How bytes become numbers: a mean and a std for each channel.",
      zh: "字节如何变成数值：每个通道的均值和标准差。",
    },
  },
  problemType: {
    group: "head",
    kind: "choice",
    choices: PROBLEM_TYPES,
    default: "single_label_classification",
    about: { en: "What the head's answer means.", zh: "分类头的输出是什么含义。" },
  },
};

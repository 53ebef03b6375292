import type { Field } from "../base/field";
import { OPTIMIZER_DEFAULTS, OPTIMIZERS, type OptimizerName } from "./optimizers/defaults";

/** The numbers and choices of a training run: those of `fit`, its optimizer and its schedule side by side. */
export interface TrainingValues {
  epochs: number;
  batchSize: number;
  optimizer: OptimizerName;
  learningRate: number;
  weightDecay: number;
  schedule: "constant" | "warmupCosine";
  warmupSteps: number;
  labelSmoothing: number;
  clipNorm: number | null;
  ema: number | null;
  layerDecay: number;
  accumulate: number;
  recompute: boolean;
  seed: number;
}

type TrainingGroup = "training" | "regularization";

/** What each of them may be, what it is unless said, and what it does. */
export const TRAINING_FIELDS: Readonly<Record<keyof TrainingValues, Field<TrainingGroup, TrainingValues>>> = {
  epochs: {
    group: "training",
    kind: "whole",
    least: 1,
    about: { en: "How often to go through the training images.", zh: "训练图像要过几遍。" },
  },
  batchSize: {
    group: "training",
    kind: "whole",
    least: 1,
    default: 64,
    about: { en: "Images of a step.", zh: "一步用多少张图像。" },
  },
  optimizer: {
    group: "training",
    kind: "choice",
    choices: OPTIMIZERS,
    default: "adam",
    about: { en: "What turns gradients into new weights.", zh: "由梯度得出新权重的方法。" },
  },
  learningRate: {
    group: "training",
    kind: "number",
    default: ({ optimizer }: TrainingValues) => OPTIMIZER_DEFAULTS[optimizer]?.learningRate,
    about: { en: "How far a step goes.", zh: "一步走多远。" },
  },
  weightDecay: {
    group: "training",
    kind: "number",
    orZero: true,
    default: ({ optimizer }: TrainingValues) => OPTIMIZER_DEFAULTS[optimizer]?.weightDecay,
    about: { en: "How much weights shrink beside a step.", zh: "每一步另外让权重缩小多少。" },
  },
  schedule: {
    group: "training",
    kind: "choice",
    choices: ["constant", "warmupCosine"],
    default: "constant",
    about: { en: "How the learning rate goes over the steps.", zh: "学习率随步数如何变化。" },
  },
  warmupSteps: {
    group: "training",
    kind: "whole",
    least: 0,
    default: 0,
    about: { en: "Steps over which warmupCosine lets the rate rise.", zh: "warmupCosine 用多少步升到最高学习率。" },
  },
  labelSmoothing: {
    group: "regularization",
    kind: "share",
    default: 0,
    about: { en: "Share of each target spread over all classes.", zh: "把每个目标的多少份额分给所有类别。" },
  },
  clipNorm: {
    group: "training",
    kind: "number",
    optional: true,
    default: null,
    about: { en: "Longest gradient let through; empty for any.", zh: "允许的最大梯度范数；留空则不限。" },
  },
  ema: {
    group: "regularization",
    kind: "share",
    optional: true,
    default: null,
    about: {
      en: "Decay of the average of weights that is kept, 0.999 say; empty for none.",
      zh: "权重滑动平均的衰减率，例如 0.999；留空则不用。",
    },
  },
  layerDecay: {
    group: "training",
    kind: "number",
    most: 1,
    default: 1,
    about: { en: "Learning rate of a block beside that of the next one.", zh: "一个编码器块的学习率与后一块之比。" },
  },
  accumulate: {
    group: "training",
    kind: "whole",
    least: 1,
    default: 1,
    about: { en: "Batches that make one step.", zh: "几批合成一步。" },
  },
  recompute: {
    group: "training",
    kind: "flag",
    default: false,
    about: {
      en: "Less memory for more time: blocks are computed anew for the gradient.",
      zh: "用时间换内存：求梯度时重新计算各块。",
    },
  },
  seed: {
    group: "training",
    kind: "whole",
    default: 0,
    about: { en: "Of the order of images, augmentation and dropout.", zh: "图像顺序、数据增强和 dropout 的随机种子。" },
  },
};

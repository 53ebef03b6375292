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
  epochs: { group: "training", kind: "whole", least: 1, about: "How often to go through the training images." },
  batchSize: { group: "training", kind: "whole", least: 1, default: 64, about: "Images of a step." },
  optimizer: {
    group: "training",
    kind: "choice",
    choices: OPTIMIZERS,
    default: "adam",
    about: "What turns gradients into new weights.",
  },
  learningRate: {
    group: "training",
    kind: "number",
    default: ({ optimizer }: TrainingValues) => OPTIMIZER_DEFAULTS[optimizer]?.learningRate,
    about: "How far a step goes.",
  },
  weightDecay: {
    group: "training",
    kind: "number",
    orZero: true,
    default: ({ optimizer }: TrainingValues) => OPTIMIZER_DEFAULTS[optimizer]?.weightDecay,
    about: "How much weights shrink beside a step.",
  },
  schedule: {
    group: "training",
    kind: "choice",
    choices: ["constant", "warmupCosine"],
    default: "constant",
    about: "How the learning rate goes over the steps.",
  },
  warmupSteps: {
    group: "training",
    kind: "whole",
    least: 0,
    default: 0,
    about: "Steps over which warmupCosine lets the rate rise.",
  },
  labelSmoothing: {
    group: "regularization",
    kind: "share",
    default: 0,
    about: "Share of each target spread over all classes.",
  },
  clipNorm: {
    group: "training",
    kind: "number",
    optional: true,
    default: null,
    about: "Longest gradient let through; empty for any.",
  },
  ema: {
    group: "regularization",
    kind: "share",
    optional: true,
    default: null,
    about: "Decay of the average of weights that is kept, 0.999 say; empty for none.",
  },
  layerDecay: {
    group: "training",
    kind: "number",
    most: 1,
    default: 1,
    about: "Learning rate of a block beside that of the next one.",
  },
  accumulate: { group: "training", kind: "whole", least: 1, default: 1, about: "Batches that make one step." },
  recompute: {
    group: "training",
    kind: "flag",
    default: false,
    about: "Less memory for more time: blocks are computed anew for the gradient.",
  },
  seed: { group: "training", kind: "whole", default: 0, about: "Of the order of images, augmentation and dropout." },
};

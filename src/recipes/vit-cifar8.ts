import type { ModelRecipe } from "./model-recipe";
import { vitCifar10 } from "./vit-cifar10";

/** The model to fine-tune: it has never seen a cat or a dog. */
export const vitCifar8: ModelRecipe = {
  ...vitCifar10,
  name: "vit-cifar8",
  summary:
    "A small plain Vision Transformer for eight classes of CIFAR-10; it has seen no cat and no dog, to be fine-tuned on them.",
  without: ["cat", "dog"],
  model: { ...vitCifar10.model, dim: 96, depth: 6, heads: 4, mlpDim: 192, initialization: "vit" },
  chosen: null,
  epochs: 16,
  optimizer: "adamw",
  learningRate: 1e-3,
};

import type { ModelRecipe } from "./model-recipe";
import { vitCifar10 } from "./vit-cifar10";

/** The model of which we know exactly what it must look at: two marks, which tell nothing one without the other. */
export const vitNeedle: ModelRecipe = {
  ...vitCifar10,
  name: "vit-needle",
  summary:
    "A tiny plain Vision Transformer for needle, drawn images of which it is known exactly what makes the class.",
  data: "needle",
  model: { ...vitCifar10.model, dim: 64, depth: 3, heads: 4, mlpDim: 128, dropPath: 0 },
  chosen: null,
  epochs: 6,
  warmupEpochs: 1,
  labelSmoothing: 0,
  augment: { flip: true },
};

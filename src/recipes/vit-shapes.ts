import type { ModelRecipe } from "./model-recipe";
import { vitCifar10 } from "./vit-cifar10";

/** The model of which we know where it should look: trained on drawings whose parts are known. */
export const vitShapes: ModelRecipe = {
  ...vitCifar10,
  name: "vit-shapes",
  summary: "A tiny plain Vision Transformer for the drawn shapes, of which it is known where a model should look.",
  data: "shapes-v2",
  drawn: 20_000,
  model: { ...vitCifar10.model, dim: 64, depth: 4, heads: 4, mlpDim: 128, dropPath: 0 },
  chosen: null,
  epochs: 7,
  warmupEpochs: 1,
  augment: { flip: true, shift: 2, color: 0.2 },
};

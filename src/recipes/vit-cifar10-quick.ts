import type { ModelRecipe } from "./model-recipe";
import { vitCifar10 } from "./vit-cifar10";

/** Four images in five for a third of the work: to be trained in a lesson. */
export const vitCifar10Quick: ModelRecipe = {
  ...vitCifar10,
  name: "vit-cifar10-quick",
  summary: "A small plain Vision Transformer for the ten classes of CIFAR-10, trained within 0.2 PFLOP.",
  model: { ...vitCifar10.model, dim: 128, depth: 5, heads: 4, mlpDim: 256 },
  epochs: 15,
  augment: { flip: true, shift: 4 },
  chosen:
    "Width, epochs and augmentation were chosen by the validation images, each trial within 0.2 PFLOP (docs/log.md): " +
    "narrower for longer beats wider for fewer epochs, and in so few epochs flip and shift are augmentation enough.",
};

import { VitlabError } from "../tensor/error";
import type { ViTConfig } from "./config";
import { ViT } from "./model";

/** How `withNewHead` makes the model. */
export interface NewHeadOptions {
  /** Seed of the new head. Default 0. */
  seed?: number;
  /** Fields of the config that are to differ and change no weight: `dropout`, `dropPath`, … */
  config?: Partial<Pick<ViTConfig, "dropout" | "attentionDropout" | "embeddingDropout" | "dropPath">>;
}

/**
 * A copy of a model with a new head, for other classes: the first step of fine-tuning. The model given stays as it is.
 *
 * The head starts as a model's does: small random weights and zero biases, which give all classes about the same score.
 *
 * @throws VitlabError when classes is not a whole number from 1.
 */
export function withNewHead(model: ViT, classes: number, { seed = 0, config = {} }: NewHeadOptions = {}): ViT {
  if (!Number.isInteger(classes) || classes < 1)
    throw new VitlabError(`a head of ${classes} classes can't be made: give a whole number, 1 or more`);
  const copy = new ViT({ ...model.config, ...config, classes }, { seed });
  const fresh = copy.stateDict();
  const kept = Object.entries(model.stateDict()).filter(([name]) => !name.startsWith("head."));
  copy.loadStateDict({ ...fresh, ...Object.fromEntries(kept) });
  return copy;
}

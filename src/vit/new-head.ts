import type { Variable } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { Random } from "../base/random";
import { truncatedNormal } from "../nn/initial";
import { tf } from "../tensor/tf";
import { isAsConfigured } from "./check-as-configured";
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
 * The head starts with small random weights and zero biases, which give all classes about the same score. It is for images
 * of one class each, whatever the `problemType` of the head before was.
 *
 * @throws VitlabError when classes is not a whole number from 1, or the model was disposed.
 *
 * @example
 * ```ts
 * import { loadModel, withNewHead } from "vitlab";
 *
 * // The encoder knows drawings already; the head is to tell cats from dogs.
 * const { model } = await loadModel("vit-shapes");
 * const two = withNewHead(model, 2);
 * console.log(model.head.weight.shape, two.head.weight.shape); // [ 64, 10 ] [ 64, 2 ]
 * ```
 */
export function withNewHead(model: ViT, classes: number, { seed = 0, config = {} }: NewHeadOptions = {}): ViT {
  if (!Number.isInteger(classes) || classes < 1)
    throw new VitlabError(`a head of ${classes} classes can't be made: give a whole number, 1 or more`);
  model.checkNotDisposed();
  if (!isAsConfigured(model))
    throw new VitlabError(
      "withNewHead makes a copy as the config says, and modules of this model are of someone's own: put another head in its " +
        'place, as in model.replace("head", new Linear(dim, classes, { random: new Random(0) }))',
    );
  const copy = new ViT({ ...model.config, problemType: undefined, ...config, classes }, { seed: null });
  tf.tidy(() => {
    const kept = model.namedParameters();
    for (const [name, variable] of copy.namedParameters())
      if (!name.startsWith("head.")) variable.assign(kept.get(name) as Variable);
    copy.head.weight.assign(truncatedNormal(copy.head.weight.shape, 0.02, new Random(seed)));
  });
  return copy;
}

import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../../base/check-options";
import type { ViT } from "../../vit/model";
import { attentionGradients } from "../attention-gradients";
import { chosenBlock, type Query, queryInWords, usualQuery } from "../choices";
import type { Explanation } from "../explanation";
import { fuseHeads } from "../fuse-heads";
import { checkLook, type Numbers, tokenGrid } from "../look";
import { mapOfMatrices } from "../patch-map";

/** Which gradient is taken. */
export interface GradientAttentionOptions {
  /** The class, or one for each image. Default: the one with the largest logit. */
  class?: number | readonly number[];
  /** Counted from 0. Default: the last. */
  block?: number;
  /** As `attentionMap` takes it. Default: what the head of the model reads. */
  query?: Query | "mean" | "all";
  /** Whether what speaks against the class counts as 0, before the mean over heads. Default true. */
  positive?: boolean;
}

/**
 * Gradient times attention: what each patch brings to a class's logit through the attention of one block, to first order; the
 * mean over heads of max(0, ∂logit/∂A · A) (Chefer, Gur and Wolf, "Generic Attention-model Explainability for Interpreting
 * Bi-Modal and Encoder-Decoder Transformers", 2021, equation 5, of one block alone).
 *
 * @returns `[image, row, column]`, or `[image, query, key]`, in logits
 * @throws VitlabError when the model has no such class, block or query, or the map is zero everywhere.
 *
 * @example
 * ```ts
 * import { datasetToTensor, gradientAttention, presets, shapes, ViT } from "vitlab";
 *
 * const images = datasetToTensor(shapes({ count: 2 }));
 * console.log(gradientAttention(new ViT(presets.tiny), images, { class: 3 }).shape); // [ 2, 8, 8 ]
 * ```
 */
export function gradientAttention(model: ViT, images: Tensor4D, options: GradientAttentionOptions = {}): Explanation {
  checkLook("gradientAttention", model, images);
  checkOptions("gradientAttention", options, { class: true, block: true, query: true, positive: true });
  const { query = usualQuery(model), positive = true } = options;
  const block = chosenBlock(model, options.block);
  const { weights, gradients } = attentionGradients(model, images, [block], options.class);
  const product = weightedGradient(gradients[0] as Numbers, weights[0] as Numbers, positive);
  const who = query === "all" ? "every token" : queryInWords(query);
  return mapOfMatrices(
    model,
    fuseHeads(product, "mean"),
    tokenGrid(model, images),
    { query, read: "row" },
    {
      method: `gradient x attention of ${who}, block ${block}${positive ? "" : ", signed"}`,
      unit: "logit",
    },
  );
}

/** `∂logit/∂A · A`, of which what is below 0 may be left out. */
export function weightedGradient(gradient: Numbers, weights: Numbers, positive: boolean): Numbers {
  const data = gradient.data.map((slope, i) => {
    const product = slope * (weights.data[i] as number);
    return positive ? Math.max(0, product) : product;
  });
  return { shape: weights.shape, data };
}

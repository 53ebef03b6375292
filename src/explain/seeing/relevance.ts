import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../../base/check-options";
import type { ViT } from "../../vit/model";
import { attentionGradients } from "../attention-gradients";
import { type Query, usualQuery } from "../choices";
import type { Explanation } from "../explanation";
import { fuseHeads, identityMatrix, timesMatrix } from "../fuse-heads";
import { checkLook, type Numbers, tokenCount, tokenGrid } from "../look";
import { mapOfMatrices, type TokenMatrices } from "../patch-map";
import { weightedGradient } from "./gradient-attention";

/** Whose relevance is read. */
export interface RelevanceOptions {
  /** The class, or one for each image. Default: the one with the largest logit. */
  class?: number | readonly number[];
  /** As `attentionMap` takes it. Default: what the head of the model reads. */
  query?: Query | "mean" | "all";
}

/**
 * Gradient-weighted relevance through all blocks: `R = I`, then `R += mean over heads of max(0, ∂logit/∂A · A) R`, first block
 * first (Chefer, Gur and Wolf, "Generic Attention-model Explainability for Interpreting Bi-Modal and Encoder-Decoder
 * Transformers", 2021, equations 5 and 6).
 *
 * @returns `[image, row, column]`, or `[image, query, key]`; not normalized
 * @throws VitlabError when the model has no such class or query, or the map is zero everywhere.
 *
 * @example
 * ```ts
 * import { datasetToTensor, landmarkPatches, loadModel, needle, relevance } from "vitlab";
 *
 * // The largest number stands at one of the two marks that make the class.
 * const images = needle({ count: 1, split: "test" });
 * const { model } = await loadModel("vit-needle");
 * const { data } = relevance(model, datasetToTensor(images));
 * const largest = data.indexOf(Math.max(...data));
 * console.log(landmarkPatches(images, 0, 4).mark.includes(largest)); // true
 * ```
 */
export function relevance(model: ViT, images: Tensor4D, options: RelevanceOptions = {}): Explanation {
  checkLook("relevance", model, images);
  checkOptions("relevance", options, { class: true, query: true });
  const { query = usualQuery(model) } = options;
  const matrices = relevanceMatrices(model, images, options.class).at(-1) as TokenMatrices;
  return mapOfMatrices(
    model,
    matrices,
    tokenGrid(model, images),
    { query, read: "row" },
    {
      method: "gradient-weighted relevance",
      unit: "relevance, not normalized",
    },
  );
}

/** The relevance between all tokens after each block: `[block][image][query · tokens + key]`. */
export function relevanceMatrices(model: ViT, images: Tensor4D, asked?: number | readonly number[]): TokenMatrices[] {
  const blocks = model.blocks.map((_, i) => i);
  const { weights, gradients } = attentionGradients(model, images, blocks, asked);
  const tokens = tokenCount(tokenGrid(model, images));
  let relevances: TokenMatrices = Array.from({ length: images.shape[0] }, () => identityMatrix(tokens));
  return blocks.map((block) => {
    const product = weightedGradient(gradients[block] as Numbers, weights[block] as Numbers, true);
    relevances = fuseHeads(product, "mean").map((step, image) => {
      const before = relevances[image] as Float32Array;
      const added = timesMatrix(step, before, tokens);
      return added.map((value, i) => value + (before[i] as number));
    });
    return relevances;
  });
}

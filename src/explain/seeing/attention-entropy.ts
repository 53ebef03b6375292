import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../../base/check-options";
import type { ViT } from "../../vit/model";
import { type Query, queryInWords, tokenOf } from "../choices";
import type { Explanation } from "../explanation";
import { attentionWeights, checkLook, tokenCount, tokenGrid } from "../look";
import { rowOf } from "../row-of";
import { byHead } from "./by-head";

/** Whose entropy is measured. */
export interface AttentionEntropyOptions {
  /** A patch counted from 0, "class" for the class token, or "all" for the mean over all tokens. Default "all". */
  query?: Query | "all";
}

/**
 * How spread out attention is: `-Σ p log p` of a query's weights, in nats; 0 when it looks at one token, `log(tokens)` when at
 * all alike (Ghader and Monz, "What does Attention in Neural Machine Translation Pay Attention to?", 2017, section 4).
 *
 * @returns `[image, block, head]`, in nats
 * @throws VitlabError when there is no such query.
 *
 * @example
 * ```ts
 * import { attentionEntropy, datasetToTensor, presets, shapes, ViT } from "vitlab";
 *
 * // At most the logarithm of 65 tokens, where attention is even.
 * const entropy = attentionEntropy(new ViT(presets.tiny), datasetToTensor(shapes({ count: 2 })));
 * console.log(entropy.axes.map(({ name }) => name), entropy.data.every((bits) => bits <= Math.log2(65)));
 * // [ 'image', 'block', 'head' ] true
 * ```
 */
export function attentionEntropy(model: ViT, images: Tensor4D, options: AttentionEntropyOptions = {}): Explanation {
  checkLook("attentionEntropy", model, images);
  checkOptions("attentionEntropy", options, { query: true });
  const { query = "all" } = options;
  const grid = tokenGrid(model, images);
  const tokens = tokenCount(grid);
  const queries = query === "all" ? undefined : [tokenOf(model, query, grid)];
  return byHead(attentionWeights(model, images), (matrix) => entropy(matrix, tokens, queries), {
    method: `attention entropy of ${query === "all" ? "all tokens" : queryInWords(query)}`,
    unit: "nats",
    uniform: Math.log(tokens),
  });
}

/** The mean entropy of some rows of a matrix between tokens, or of all. */
export function entropy(
  matrix: Float32Array,
  tokens: number,
  queries: readonly number[] = Array.from({ length: tokens }, (_, i) => i),
): number {
  let total = 0;
  for (const query of queries)
    for (const share of rowOf(matrix, query, tokens)) if (share > 0) total -= share * Math.log(share);
  return total / queries.length;
}

import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../../base/check-options";
import type { ViT } from "../../vit/model";
import { checkWord, chosenBlock, chosenHead, type Query, queryInWords, usualQuery } from "../choices";
import type { Explanation } from "../explanation";
import { headOutputs } from "../head-outputs";
import { headsOf } from "../heads";
import { checkLook, lookAt, tokenGrid } from "../look";
import { mapOfMatrices } from "../patch-map";
import { rowOf } from "../row-of";

/** Which attention is weighted. */
export interface WeightedAttentionOptions {
  /** Counted from 0. Default: the last. */
  block?: number;
  /**
   * "sum": the norm of what all heads bring together; "norms": the sum of what each brings by itself; or one head, counted
   * from 0. Default "sum".
   */
  head?: number | "sum" | "norms";
  /** As `attentionMap` takes it. Default: what the head of the model reads. */
  query?: Query | "mean" | "all";
  /** "row": what the query gets from each patch; "column": what each patch gets from the query. Default "row". */
  read?: "row" | "column";
}

/**
 * Attention times the length of what it brings: `‖Σ_heads A_ij f(v_j)‖`, where f is the head's part of the output projection,
 * without the projection's bias (Kobayashi et al., "Attention is Not Only a Weight: Analyzing Transformers with Vector Norms",
 * 2020, section 3). A large weight on a short value counts little.
 *
 * @returns `[image, row, column]`, or `[image, query, key]`: lengths in the units of the residual stream
 * @throws VitlabError when the model has no such block, head or query, or its attention isn't a `SelfAttention`.
 *
 * @example
 * ```ts
 * import { datasetToTensor, presets, shapes, ViT, weightedAttention } from "vitlab";
 *
 * const images = datasetToTensor(shapes({ count: 1 }));
 * console.log(weightedAttention(new ViT(presets.tiny), images, { block: 3 }).shape); // [ 1, 8, 8 ]
 * ```
 */
export function weightedAttention(model: ViT, images: Tensor4D, options: WeightedAttentionOptions = {}): Explanation {
  checkLook("weightedAttention", model, images);
  checkOptions("weightedAttention", options, { block: true, head: true, query: true, read: true });
  const block = chosenBlock(model, options.block);
  const head = chosenHead(options.head ?? "sum", headsOf(model, block), ["sum", "norms"]);
  const read = checkWord("read", options.read ?? "row", ["row", "column"]);
  const { query = usualQuery(model) } = options;
  const names = [`blocks.${block}.attention.weights`, `blocks.${block}.attention.value`] as const;
  const [weights, values] = lookAt(model, images, names);
  const outputs = headOutputs(model, block, values);
  const [batch, heads, tokens] = weights.shape as [number, number, number];
  const lines = Array.from({ length: batch }, (_, image) =>
    lengths(weights.data, outputs, { image, heads, tokens, dim: model.config.dim }, head),
  );
  const of = { sum: "all heads together", norms: "sum over heads" };
  const who = query === "all" ? "every token" : queryInWords(query);
  return mapOfMatrices(
    model,
    lines,
    tokenGrid(model, images),
    { query, read },
    {
      method: `attention x norm of values, ${read === "row" ? "of" : "to"} ${who}, block ${block}, ${typeof head === "number" ? `head ${head}` : of[head]}`,
      unit: "length in the residual stream",
    },
  );
}

/** The length of what each token brings each other one, `[query · tokens + key]`. */
function lengths(
  weights: Float32Array,
  outputs: Float32Array,
  { image, heads, tokens, dim }: { image: number; heads: number; tokens: number; dim: number },
  head: number | "sum" | "norms",
): Float32Array {
  const used = typeof head === "number" ? [head] : Array.from({ length: heads }, (_, h) => h);
  const found = new Float32Array(tokens * tokens);
  // ‖Σ_h a_h f_h‖² = Σ_gh a_g a_h (f_g · f_h): the products between heads are the same for all queries.
  for (let key = 0; key < tokens; key++) {
    const vectors = used.map((h) => rowOf(outputs, (image * heads + h) * tokens + key, dim));
    const products = vectors.map((a) => vectors.map((b) => dot(a, b)));
    for (let query = 0; query < tokens; query++) {
      const a = used.map((h) => weights[((image * heads + h) * tokens + query) * tokens + key] as number);
      found[query * tokens + key] = head === "norms" ? sumOfNorms(a, products) : normOfSum(a, products);
    }
  }
  return found;
}

function normOfSum(a: readonly number[], products: readonly number[][]): number {
  let square = 0;
  for (let g = 0; g < a.length; g++) for (let h = 0; h < a.length; h++) square += a[g]! * a[h]! * products[g]![h]!;
  return Math.sqrt(Math.max(0, square));
}

function sumOfNorms(a: readonly number[], products: readonly number[][]): number {
  return a.reduce((sum, weight, h) => sum + weight * Math.sqrt(products[h]![h]!), 0);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkProbability, checkShare } from "../../base/check-number";
import { checkOptions } from "../../base/check-options";
import type { ViT } from "../../vit/model";
import { attentionInWords, checkWord, type Query, usualQuery } from "../choices";
import type { Explanation } from "../explanation";
import { FUSIONS, type Fusion, fuseHeads, identityMatrix, timesMatrix } from "../fuse-heads";
import { attentionWeights, checkLook, type Numbers, tokenCount, tokenGrid } from "../look";
import { mapOfMatrices, type TokenMatrices } from "../patch-map";

/** How attention is rolled out. */
export interface RolloutOptions {
  /** How a block's heads become one matrix. Default "mean". */
  fusion?: Fusion;
  /** Share of the identity, which stands for the residual connection: 0 leaves it out. Default 0.5. */
  residual?: number;
  /** Share of each block's fused weights, the smallest, that count as 0, before the identity is added. Default 0. */
  discard?: number;
}

/** Whose rollout is read. */
export interface AttentionRolloutOptions extends RolloutOptions {
  /** As `attentionMap` takes it. Default: what the head of the model reads. */
  query?: Query | "mean" | "all";
  /** "row": what comes to the query; "column": what goes out from it. Default "row". */
  read?: "row" | "column";
}

/**
 * Attention rollout: how much of each patch comes to a query through all blocks, if attention were all that blocks do (Abnar
 * and Zuidema, "Quantifying Attention Flow in Transformers", 2020, section 3).
 *
 * Per block: heads fused, the smallest weights discarded, half identity added, each row divided by its sum; later blocks
 * multiplied from the left.
 *
 * @returns `[image, row, column]`, or `[image, query, key]` for all queries: shares
 * @throws VitlabError when there is no such query, or an option is out of range.
 *
 * @example
 * ```ts
 * import { attentionRollout, datasetToTensor, presets, shapes, ViT } from "vitlab";
 *
 * const map = attentionRollout(new ViT(presets.tiny), datasetToTensor(shapes({ count: 2 })));
 * console.log(map.shape); // [ 2, 8, 8 ]
 * // The rest of 1 is the class token's own share.
 * console.log(map.data.slice(0, 64).reduce((a, b) => a + b) < 1); // true
 * ```
 */
export function attentionRollout(model: ViT, images: Tensor4D, options: AttentionRolloutOptions = {}): Explanation {
  checkLook("attentionRollout", model, images);
  const names = { fusion: true, residual: true, discard: true, query: true, read: true };
  checkOptions("attentionRollout", options, names);
  const { query = usualQuery(model), read = "row", ...how } = options;
  checkWord("read", read, ["row", "column"]);
  const grid = tokenGrid(model, images);
  const rolled = rolloutMatrices(attentionWeights(model, images), how).at(-1) as TokenMatrices;
  const { fusion = "mean", discard = 0 } = how;
  return mapOfMatrices(
    model,
    rolled,
    grid,
    { query, read },
    {
      method: `attention rollout, ${fusion} of heads${discard > 0 ? `, smallest ${discard} discarded` : ""}`,
      unit: "share of attention",
      uniform: 1 / tokenCount(grid),
      ...(read === "row" && query !== "all" && { shareOf: `${attentionInWords(query)} through all blocks` }),
    },
  );
}

/**
 * The rollout after each block, of attention weights that are at hand: `[block][image][query · tokens + key]`.
 *
 * @param weights of each block, `[image, heads, tokens, tokens]`, with their numbers outside the engine
 */
export function rolloutMatrices(weights: readonly Numbers[], options: RolloutOptions = {}): TokenMatrices[] {
  const { fusion = "mean", residual = 0.5, discard = 0 } = options;
  checkWord("fusion", fusion, FUSIONS);
  checkProbability("residual", residual);
  checkShare("discard", discard);
  const tokens = weights[0]?.shape[3] as number;
  let rolled: TokenMatrices | undefined;
  return weights.map((block) => {
    const steps = fuseHeads(block, fusion).map((fused) => rolloutStep(fused, tokens, residual, discard));
    rolled = steps.map((step, image) => timesMatrix(step, rolled?.[image] ?? identityMatrix(tokens), tokens));
    return rolled;
  });
}

/** One block's matrix, in place: what is small goes, the identity comes in, and each row adds up to 1. */
function rolloutStep(matrix: Float32Array, tokens: number, residual: number, discard: number): Float32Array {
  for (const i of smallest(matrix, Math.floor(discard * matrix.length))) if (i !== 0) matrix[i] = 0;
  for (let row = 0; row < tokens; row++) {
    let sum = 0;
    for (let i = row * tokens; i < (row + 1) * tokens; i++) {
      const own = i === row * (tokens + 1) ? residual : 0;
      matrix[i] = (1 - residual) * (matrix[i] as number) + own;
      sum += matrix[i] as number;
    }
    if (sum > 0) for (let i = row * tokens; i < (row + 1) * tokens; i++) matrix[i] = (matrix[i] as number) / sum;
  }
  return matrix;
}

/** The places of the smallest numbers; of equal ones the earlier come first. */
function smallest(values: Float32Array, count: number): Uint32Array {
  if (count === 0) return new Uint32Array();
  const places = Uint32Array.from(values, (_, i) => i);
  return places.sort((a, b) => (values[a] as number) - (values[b] as number) || a - b).subarray(0, count);
}

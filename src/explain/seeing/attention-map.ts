import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../../base/check-options";
import type { ViT } from "../../vit/model";
import { attentionInWords, checkWord, chosenBlock, chosenHead, type Query, queryInWords, usualQuery } from "../choices";
import type { Explanation } from "../explanation";
import { fuseHeads } from "../fuse-heads";
import { checkLook, lookAt, tokenCount, tokenGrid } from "../look";
import { mapOfMatrices } from "../patch-map";

/** Which attention is read. */
export interface AttentionMapOptions {
  /** Counted from 0. Default: the last. */
  block?: number;
  /** Counted from 0, or the mean of all. Default "mean". */
  head?: number | "mean";
  /**
   * A patch counted from 0, "class" for the class token, "mean" for the mean of all patches, "all" for the whole matrix.
   * Default: what the head of the model reads.
   */
  query?: Query | "mean" | "all";
  /** "row": what the query reads from each patch; "column": what each patch reads from the query. Default "row". */
  read?: "row" | "column";
  /** The weights, after the softmax, or the scores before it. Default "weights". */
  of?: "weights" | "scores";
}

/**
 * The attention of one query: how much of what it reads comes from each patch, or who reads from it (Vaswani et al.,
 * "Attention Is All You Need", 2017, section 3.2.1).
 *
 * @returns `[image, row, column]`, or `[image, query, key]` for all queries: shares of attention, of which a row's patches and
 * the tokens in front of them add up to 1; scores have no unit
 * @throws VitlabError when the model has no such block, head or query, or the images don't fit.
 *
 * @example
 * ```ts
 * import { attentionMap, datasetToTensor, loadModel, needle } from "vitlab";
 *
 * const { model } = await loadModel("vit-needle");
 * const map = attentionMap(model, datasetToTensor(needle({ count: 2, split: "test" })), { block: 1, head: "mean" });
 * console.log(map.axes.map(({ name }) => name), map.shape); // [ 'image', 'row', 'column' ] [ 2, 8, 8 ]
 * ```
 */
export function attentionMap(model: ViT, images: Tensor4D, options: AttentionMapOptions = {}): Explanation {
  checkLook("attentionMap", model, images);
  checkOptions("attentionMap", options, { block: true, head: true, query: true, read: true, of: true });
  const block = chosenBlock(model, options.block);
  const read = checkWord("read", options.read ?? "row", ["row", "column"]);
  const of = checkWord("of", options.of ?? "weights", ["weights", "scores"]);
  const { query = usualQuery(model) } = options;
  const grid = tokenGrid(model, images);
  const [found] = lookAt(model, images, [`blocks.${block}.attention.${of}`]);
  const [batch, heads, tokens] = found.shape as [number, number, number];
  const head = chosenHead(options.head ?? "mean", heads, ["mean"]);
  const size = tokens * tokens;
  const matrices =
    head === "mean"
      ? fuseHeads(found, "mean")
      : Array.from({ length: batch }, (_, i) =>
          found.data.slice((i * heads + head) * size, (i * heads + head + 1) * size),
        );
  const who = query === "all" ? "every token" : queryInWords(query);
  return mapOfMatrices(
    model,
    matrices,
    grid,
    { query, read },
    {
      method: `attention ${of} ${read === "row" ? "of" : "to"} ${who}, block ${block}, ${head === "mean" ? `mean of ${heads} heads` : `head ${head}`}`,
      unit: of === "scores" ? "score before the softmax" : "share of attention",
      uniform: of === "weights" ? 1 / tokenCount(grid) : undefined,
      // A column has a share of each token's attention instead.
      ...(of === "weights" &&
        read === "row" &&
        query !== "all" && {
          shareOf: `${attentionInWords(query)} in block ${block}${head === "mean" ? "" : `, head ${head}`}`,
        }),
    },
  );
}

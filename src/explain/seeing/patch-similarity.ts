import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../../base/check-options";
import type { ViT } from "../../vit/model";
import { type Query, queryInWords, tokenOf } from "../choices";
import { cosine } from "../cosine";
import type { Explanation } from "../explanation";
import { checkLook, lookAt, tokenGrid } from "../look";
import { patchMap } from "../patch-map";
import { type State, stateInWords, stateName } from "../states";

/** Which tokens are compared. */
export interface PatchSimilarityOptions {
  /** The patch that the others are compared with, counted from 0, or "class" for the class token. */
  query: Query;
  /** After which block, or "embeddings" for what enters the first. Default: the last. */
  state?: State;
}

/**
 * How alike patches have become: the cosine of the angle between each patch's token and a chosen one (Amir et al., "Deep ViT
 * Features as Dense Visual Descriptors", 2021, section 4).
 *
 * @returns `[image, row, column]`, from -1 to 1
 * @throws VitlabError when there is no such patch or block.
 *
 * @example
 * ```ts
 * import { datasetToTensor, loadModel, patchSimilarity, shapes } from "vitlab";
 *
 * // How alike the other patches are to patch 27; it is like itself to 1.
 * const { model } = await loadModel("vit-shapes");
 * const map = patchSimilarity(model, datasetToTensor(shapes({ count: 1 })), { query: 27 });
 * console.log(map.shape, map.data[27].toFixed(3)); // [ 1, 8, 8 ] 1.000
 * ```
 */
export function patchSimilarity(model: ViT, images: Tensor4D, options: PatchSimilarityOptions): Explanation {
  checkLook("patchSimilarity", model, images);
  checkOptions("patchSimilarity", options, { query: true, state: true });
  const { query, state } = options;
  const grid = tokenGrid(model, images);
  const token = tokenOf(model, query, grid);
  const [{ shape, data }] = lookAt(model, images, [stateName(model, state)]);
  const [batch, tokens, dim] = shape as [number, number, number];
  const maps = Array.from({ length: batch }, (_, image) =>
    Float32Array.from({ length: grid.rows * grid.columns }, (_, patch) => {
      const at = (t: number) => (image * tokens + t) * dim;
      return cosine(data, at(token), data, at(grid.prefix + patch), dim);
    }),
  );
  return patchMap(maps, grid, {
    method: `similarity to ${queryInWords(query)} ${stateInWords(model, state)}`,
    unit: "cosine",
  });
}

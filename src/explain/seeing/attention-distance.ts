import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkOptions } from "../../base/check-options";
import type { ViT } from "../../vit/model";
import type { Explanation } from "../explanation";
import { attentionWeights, checkLook, type TokenGrid, tokenCount, tokenGrid } from "../look";
import { byHead } from "./by-head";

/** How distance is measured. */
export interface AttentionDistanceOptions {
  /**
   * Whether the weights that a patch gives the other patches are made to add up to 1, without what goes to the class token.
   * The paper doesn't say. Default false.
   */
  renormalize?: boolean;
}

/**
 * How far away patches look, on the average: the distance between the centers of query and key, weighted by attention, mean
 * over all patches; tokens in front of the patches have no place and are left out (Dosovitskiy et al., "An Image is Worth
 * 16x16 Words", 2021, appendix D.7).
 *
 * @returns `[image, block, head]`, in pixels
 * @throws VitlabError when the images don't fit the model.
 *
 * @example
 * ```ts
 * import { attentionDistance, datasetToTensor, presets, shapes, ViT } from "vitlab";
 *
 * // How far, in pixels, each head of each block looks: from 0 to 32 · √2.
 * const distances = attentionDistance(new ViT(presets.tiny), datasetToTensor(shapes({ count: 4 })));
 * console.log(distances.shape, distances.unit); // [ 4, 4, 4 ] pixels
 * console.log(distances.data.every((pixels) => pixels > 0 && pixels < 32 * Math.SQRT2)); // true
 * ```
 */
export function attentionDistance(model: ViT, images: Tensor4D, options: AttentionDistanceOptions = {}): Explanation {
  checkLook("attentionDistance", model, images);
  checkOptions("attentionDistance", options, { renormalize: true });
  const { renormalize = false } = options;
  const grid = tokenGrid(model, images);
  const { patchSize } = model.config;
  const uniform = uniformDistance(grid, patchSize);
  return byHead(
    attentionWeights(model, images),
    (matrix, tokens) => distance(matrix, tokens, grid, { patchSize, renormalize }),
    {
      method: `mean attention distance${renormalize ? ", among patches alone" : ""}`,
      unit: "pixels",
      uniform: renormalize ? uniform : (uniform * (grid.rows * grid.columns)) / tokenCount(grid),
    },
  );
}

/** The mean distance of one matrix between tokens. */
export function distance(
  matrix: Float32Array,
  tokens: number,
  { rows, columns, prefix }: TokenGrid,
  { patchSize, renormalize }: { patchSize: number; renormalize: boolean },
): number {
  const patches = rows * columns;
  let total = 0;
  for (let query = 0; query < patches; query++) {
    let [sum, weight] = [0, 0];
    for (let key = 0; key < patches; key++) {
      const share = matrix[(prefix + query) * tokens + prefix + key] as number;
      const [down, across] = [
        Math.floor(query / columns) - Math.floor(key / columns),
        (query % columns) - (key % columns),
      ];
      sum += share * Math.hypot(down, across);
      weight += share;
    }
    if (weight > 0) total += renormalize ? sum / weight : sum;
  }
  return (total / patches) * patchSize;
}

/** What the distance would be if each patch looked at all patches alike. */
function uniformDistance({ rows, columns }: TokenGrid, patchSize: number): number {
  const patches = rows * columns;
  const uniform = new Float32Array(patches * patches).fill(1 / patches);
  return distance(uniform, patches, { rows, columns, prefix: 0 }, { patchSize, renormalize: true });
}

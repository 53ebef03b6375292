import { VitlabError } from "../../base/error";
import { checkViT } from "../../vit/check-vit";
import { placedTokens } from "../../vit/config";
import { Embeddings } from "../../vit/embeddings";
import type { ViT } from "../../vit/model";
import { patchGridSize } from "../../vit/patches";
import { cosine } from "../cosine";
import { Explanation } from "../explanation";

/**
 * What a model knows of places: the cosine of the angle between the position embeddings of each two patches (Dosovitskiy et
 * al., "An Image is Worth 16x16 Words", 2021, figure 7, center).
 *
 * @returns `[row, column, otherRow, otherColumn]`, from -1 to 1
 * @throws VitlabError when the model has no position embeddings.
 *
 * @example
 * ```ts
 * import { loadModel, positionSimilarity } from "vitlab";
 *
 * const { model } = await loadModel("vit-shapes");
 * const similarity = positionSimilarity(model);
 * console.log(similarity.shape, similarity.axes.map(({ name }) => name));
 * // [ 8, 8, 8, 8 ] [ 'row', 'column', 'other row', 'other column' ]
 * ```
 */
export function positionSimilarity(model: ViT): Explanation {
  checkViT("positionSimilarity", model);
  const { config, embeddings } = model;
  const { rows, columns } = patchGridSize(config.imageSize, config.patchSize);
  if (!(embeddings instanceof Embeddings))
    throw new VitlabError(
      "this model makes its tokens by a module of one's own, of which it isn't known where it keeps positions: give one with the usual embeddings",
    );
  const table = embeddings.positions({ rows, columns });
  if (!table)
    throw new VitlabError(
      `this model has no position embeddings (positions: "${config.positions}"): give one with "learned", "sincos1d" or "sincos2d"`,
    );
  const positions = table.dataSync() as Float32Array;
  table.dispose();
  const [patches, first, dim] = [rows * columns, placedTokens(config), config.dim];
  const data = new Float32Array(patches * patches);
  for (let a = 0; a < patches; a++)
    for (let b = 0; b < patches; b++)
      data[a * patches + b] = cosine(positions, (first + a) * dim, positions, (first + b) * dim, dim);
  return new Explanation({
    method: "similarity of position embeddings",
    unit: "cosine",
    axes: [{ name: "row" }, { name: "column" }, { name: "other row" }, { name: "other column" }],
    shape: [rows, columns, rows, columns],
    data,
  });
}

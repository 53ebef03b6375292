import { checkWhole } from "../../base/check-number";
import { checkOptions } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { checkViT } from "../../vit/check-vit";
import { Embeddings } from "../../vit/embeddings";
import type { ViT } from "../../vit/model";
import { Explanation } from "../explanation";
import { principalComponents, varianceNote } from "../principal-components";

/** Which filters are shown. */
export interface EmbeddingFiltersOptions {
  /** The principal components of the filters instead, so many. Default: the filters themselves. */
  components?: number;
}

/**
 * The filters of the patch embedding: what in a patch makes each feature of its token large, or their principal components
 * (Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021, figure 7, left). Signs: a component's largest loading is
 * positive.
 *
 * @returns `[filter, row, column, channel]` in pixels of a patch: weights, or loadings of a component, whose length is 1
 * @throws VitlabError when the model's patch embedding isn't the usual one, or there are fewer components.
 *
 * @example
 * ```ts
 * import { embeddingFilters, loadModel } from "vitlab";
 *
 * const { model } = await loadModel("vit-shapes");
 * console.log(embeddingFilters(model, { components: 8 }).shape); // [ 8, 4, 4, 3 ]
 * ```
 */
export function embeddingFilters(model: ViT, options: EmbeddingFiltersOptions = {}): Explanation {
  checkViT("embeddingFilters", model);
  checkOptions("embeddingFilters", options, { components: true });
  const { config, embeddings } = model;
  const { patchSize, channels, patchOrder, dim } = config;
  if (!(embeddings instanceof Embeddings))
    throw new VitlabError(
      "this model makes its tokens by a module of one's own, whose filters aren't known: give one with the usual embeddings",
    );
  const weight = embeddings.patchEmbedding.weight.dataSync() as Float32Array;
  const size = channels * patchSize * patchSize;
  // The weight is [numbers of a patch, dim]: a filter is a column.
  const filters = Float32Array.from(
    { length: dim * size },
    (_, i) => weight[(i % size) * dim + Math.floor(i / size)] as number,
  );
  const { components } = options;
  if (components !== undefined && checkWhole("components", components) > Math.min(dim - 1, size))
    throw new VitlabError(
      `components is ${components}: ${dim} filters of ${size} numbers have at most ${Math.min(dim - 1, size)}`,
    );
  const found = components === undefined ? undefined : principalComponents(filters, size, components);
  const data = found?.directions ?? filters;
  const count = data.length / size;
  const pixels = patchSize * patchSize;
  const place = (filter: number, pixel: number, channel: number) =>
    filter * size + (patchOrder === "chw" ? channel * pixels + pixel : pixel * channels + channel);
  return new Explanation({
    method: found ? "principal components of the patch embedding's filters" : "filters of the patch embedding",
    unit: found ? "loading" : "weight",
    axes: [{ name: found ? "component" : "filter" }, { name: "row" }, { name: "column" }, { name: "channel" }],
    shape: [count, patchSize, patchSize, channels],
    data: Float32Array.from(
      { length: data.length },
      (_, i) => data[place(Math.floor(i / size), Math.floor((i % size) / channels), i % channels)] as number,
    ),
    notes: found ? [varianceNote(found)] : [],
  });
}

import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkWhole } from "../../base/check-number";
import { checkOptions } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import type { ViT } from "../../vit/model";
import { Explanation } from "../explanation";
import { checkLook, lookAt, tokenGrid } from "../look";
import { principalComponents, varianceNote } from "../principal-components";
import { type State, stateInWords, stateName } from "../states";

/** Which components are found. */
export interface TokenComponentsOptions {
  /** After which block, or "embeddings" for what enters the first. Default: the last. */
  state?: State;
  /** How many. Default 3, for red, green and blue. */
  components?: number;
  /** Whether each component runs from 0 to 1 over all images, as colors do. Default true. */
  scaled?: boolean;
}

/** A smaller share of the largest number is rounding. */
const ROUNDING = 1e-5;

/**
 * The principal components of the patches' tokens, of all images together: patches of one color are alike to the model (Oquab
 * et al., "DINOv2", 2023, section 7.5). Signs: a component's largest loading is positive.
 *
 * @returns `[image, row, column, component]`
 * @throws VitlabError when there are fewer patches than components, all are the same, or there is no such block.
 *
 * @example
 * ```ts
 * import { datasetToTensor, presets, shapes, tokenComponents, ViT } from "vitlab";
 *
 * console.log(tokenComponents(new ViT(presets.tiny), datasetToTensor(shapes({ count: 2 }))).shape);
 * // [ 2, 8, 8, 3 ]
 * ```
 */
export function tokenComponents(model: ViT, images: Tensor4D, options: TokenComponentsOptions = {}): Explanation {
  checkLook("tokenComponents", model, images);
  checkOptions("tokenComponents", options, { state: true, components: true, scaled: true });
  const { state, scaled = true } = options;
  const count = checkWhole("components", options.components ?? 3);
  const grid = tokenGrid(model, images);
  const [{ shape, data }] = lookAt(model, images, [stateName(model, state)]);
  const [batch, tokens, dim] = shape as [number, number, number];
  const patches = grid.rows * grid.columns;
  if (count > Math.min(dim, batch * patches - 1))
    throw new VitlabError(
      `components is ${count}: ${batch * patches} tokens of dim ${dim} have at most ${Math.min(dim, batch * patches - 1)}`,
    );
  const rows = new Float32Array(batch * patches * dim);
  for (let image = 0; image < batch; image++)
    rows.set(data.subarray((image * tokens + grid.prefix) * dim, (image + 1) * tokens * dim), image * patches * dim);
  if (!differ(rows, dim))
    throw new VitlabError(
      `the tokens of all patches are the same ${stateInWords(model, state)}, so that they have no components: give images that aren't of one color`,
    );
  const found = principalComponents(rows, dim, count);
  return new Explanation({
    method: `principal components of the tokens ${stateInWords(model, state)}`,
    unit: scaled ? "color, 0 to 1" : "length along the component",
    axes: [{ name: "image" }, { name: "row" }, { name: "column" }, { name: "component" }],
    shape: [batch, grid.rows, grid.columns, count],
    data: scaled ? asColors(found.scores, count) : found.scores,
    notes: [varianceNote(found)],
  });
}

/** Whether vectors differ by more than rounding. */
function differ(vectors: Float32Array, dim: number): boolean {
  let most = 0;
  for (const value of vectors) most = Math.max(most, Math.abs(value));
  return vectors.some((value, i) => Math.abs(value - (vectors[i % dim] as number)) > ROUNDING * most);
}

/** Each component from 0 to 1; 0.5 where it is the same everywhere. */
function asColors(scores: Float32Array, count: number): Float32Array {
  const columns = Array.from({ length: count }, (_, c) => scores.filter((_, i) => i % count === c));
  const ranges = columns.map(
    (column) =>
      [
        column.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
        column.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
      ] as const,
  );
  return scores.map((score, i) => {
    const [low, high] = ranges[i % count] as readonly [number, number];
    return high > low ? (score - low) / (high - low) : 0.5;
  });
}

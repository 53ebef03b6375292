import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkPositive } from "../../base/check-number";
import { checkOptions } from "../../base/check-options";
import type { ViT } from "../../vit/model";
import { Explanation } from "../explanation";
import { checkLook, lookAt, type Numbers, tokenGrid } from "../look";
import { tokenLabels } from "../patch-map";
import { rowOf } from "../row-of";

/** Which tokens stand out. */
export interface ResidualNormsOptions {
  /** A token stands out whose norm is so many times the usual spread above the image's median. Default 6. */
  outlier?: number;
}

/** Makes the median of distances from the median a deviation, where numbers are normal. */
const DEVIATIONS = 1.4826;
const NAMED = 8;

/**
 * The length of each token in the residual stream, before the first block and after each one. Tokens of the last block that
 * stand out are named: large ViTs use patches of plain background to write down what is true of the whole image (Darcet et
 * al., "Vision Transformers Need Registers", 2024, section 2.1).
 *
 * @returns `[image, state, token]`, Euclidean lengths
 * @throws VitlabError when the images don't fit the model.
 *
 * @example
 * ```ts
 * import { datasetToTensor, presets, residualNorms, shapes, ViT } from "vitlab";
 *
 * const norms = residualNorms(new ViT(presets.tiny), datasetToTensor(shapes({ count: 1 })));
 * console.log(norms.axes.map(({ name }) => name), norms.shape); // [ 'image', 'state', 'token' ] [ 1, 5, 65 ]
 * ```
 */
export function residualNorms(model: ViT, images: Tensor4D, options: ResidualNormsOptions = {}): Explanation {
  checkLook("residualNorms", model, images);
  checkOptions("residualNorms", options, { outlier: true });
  const factor = checkPositive("outlier", options.outlier ?? 6);
  const names = ["embeddings", ...model.blocks.map((_, i) => `blocks.${i}.output`)];
  const states = lookAt(model, images, names).map(norms);
  const [batch, tokens] = [images.shape[0], (states[0] as Float32Array).length / images.shape[0]];
  const labels = tokenLabels(model, tokenGrid(model, images));
  const data = new Float32Array(batch * states.length * tokens);
  states.forEach((state, i) => {
    for (let image = 0; image < batch; image++)
      data.set(rowOf(state, image, tokens), (image * states.length + i) * tokens);
  });
  const outliers = Array.from({ length: batch }, (_, image) => {
    const last = rowOf(states.at(-1) as Float32Array, image, tokens);
    return standingOut(last, factor).map((token) => `${batch > 1 ? `image ${image} ` : ""}${labels[token]}`);
  }).flat();
  return new Explanation({
    method: "norm of the residual stream",
    unit: "length",
    axes: [
      { name: "image" },
      { name: "state", labels: ["embeddings", ...model.blocks.map((_, i) => `block ${i}`)] },
      { name: "token", labels },
    ],
    shape: [batch, states.length, tokens],
    data,
    notes: [
      outliers.length === 0
        ? `after the last block no token stands out by ${factor} deviations`
        : `after the last block these stand out by ${factor} deviations: ${outliers.slice(0, NAMED).join(", ")}${outliers.length > NAMED ? `, and ${outliers.length - NAMED} more` : ""}`,
    ],
  });
}

/** The Euclidean length of each vector of the last axis. */
function norms({ shape, data }: Numbers): Float32Array {
  const dim = shape.at(-1) as number;
  return Float32Array.from({ length: data.length / dim }, (_, i) => Math.hypot(...rowOf(data, i, dim)));
}

/** The places of numbers far above the median, by the median distance from it. */
function standingOut(values: Float32Array, factor: number): number[] {
  const middle = median(values);
  const spread = DEVIATIONS * median(values.map((value) => Math.abs(value - middle)));
  return Array.from(values.keys()).filter((i) => spread > 0 && (values[i] as number) > middle + factor * spread);
}

function median(values: Float32Array): number {
  const sorted = values.slice().sort();
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] as number) + (sorted[Math.floor(half)] as number)) / 2;
}

import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkWhole } from "../../base/check-number";
import { checkOptions, show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { showShape } from "../../base/shape";
import type { ViT } from "../../vit/model";
import { type AnswerKind, answersTo, checkAnswer, classesByLogits } from "../answers";
import { checkWord } from "../choices";
import { Explanation } from "../explanation";
import { checkLook, type TokenGrid, tokenGrid } from "../look";
import { canvasOf, type Paint, paintWindow, patchWindow } from "../paint";
import { rowOf } from "../row-of";
import { descending } from "./ranks";

/** How the area under a curve is taken: the plain mean of its values, or by trapeziums over even steps or over the share of patches. */
export type AreaRule = "mean" | "trapezium" | "evenTrapezium";

export const AREA_RULES: readonly AreaRule[] = ["mean", "trapezium", "evenTrapezium"];

/** How patches are taken away or put back. */
export interface PerturbationOptions {
  /** The class, or one for each image. Default: the one with the largest logit of the whole image. */
  class?: number | readonly number[];
  /** After step k, `floor(k · patches / steps)` are done. Default 16. */
  steps?: number;
  /** What is seen instead of a patch. Default "mean". */
  color?: Paint;
  /** Default "probability"; of a model that answers with numbers "logit". */
  of?: AnswerKind;
}

const OPTIONS = { class: true, steps: true, color: true, of: true };

/**
 * The deletion curve: the answer for a class while patches are covered, the most important first. The sooner it falls, the
 * better the map (Petsiuk, Das and Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", 2018,
 * section 4.2).
 *
 * @param map `[image, row, column]`, one number for each patch; of equal ones the earlier patch comes first
 * @returns `[image, step]`, from none covered to all
 * @throws VitlabError when the map doesn't fit the model's patches, or an option is out of range.
 *
 * @example
 * ```ts
 * import { curveAreas, datasetToTensor, deletionCurve, loadModel, needle, relevance } from "vitlab";
 *
 * const { model } = await loadModel("vit-needle");
 * const images = datasetToTensor(needle({ count: 2, split: "test" }));
 * const curve = deletionCurve(model, images, relevance(model, images), { steps: 8 });
 * console.log(curve.shape); // [ 2, 9 ]
 * // It begins at the answer to the whole image; the area under it is one number for each.
 * console.log(Math.abs(curve.at(0, 0) - model.predict(images).max(-1).dataSync()[0]) < 1e-4); // true
 * console.log(curveAreas(curve, 64).length); // 2
 * ```
 */
export function deletionCurve(
  model: ViT,
  images: Tensor4D,
  map: Explanation,
  options: PerturbationOptions = {},
): Explanation {
  return perturbationCurve("deletion", model, images, map, options);
}

/**
 * The insertion curve: the answer while patches are uncovered, the most important first. The sooner it rises, the better the
 * map (Petsiuk et al., 2018, section 4.2).
 *
 * @param map as `deletionCurve` takes it
 * @returns `[image, step]`, from none uncovered to all
 *
 * @example
 * ```ts
 * import { datasetToTensor, insertionCurve, loadModel, needle, relevance } from "vitlab";
 *
 * // The other way round: patches are uncovered, those that matter first. In the end it is the answer to the whole image.
 * const { model } = await loadModel("vit-needle");
 * const images = datasetToTensor(needle({ count: 1, split: "test" }));
 * const curve = insertionCurve(model, images, relevance(model, images), { steps: 8 });
 * console.log(curve.shape, Math.abs(curve.at(0, 8) - model.predict(images).max().dataSync()[0]) < 1e-4);
 * // [ 1, 9 ] true
 * ```
 */
export function insertionCurve(
  model: ViT,
  images: Tensor4D,
  map: Explanation,
  options: PerturbationOptions = {},
): Explanation {
  return perturbationCurve("insertion", model, images, map, options);
}

function perturbationCurve(
  which: "deletion" | "insertion",
  model: ViT,
  images: Tensor4D,
  map: Explanation,
  options: PerturbationOptions,
): Explanation {
  const call = `${which}Curve`;
  checkLook(call, model, images);
  checkOptions(call, options, OPTIONS);
  const { steps = 16, color = "mean" } = options;
  checkWhole("steps", steps);
  const of = checkAnswer(model, options.of);
  const grid = tokenGrid(model, images);
  const maps = mapsOf(map, images.shape[0], grid);
  const { classes, patchSize } = model.config;
  const chosen = classesByLogits(model, images, options.class);
  const canvas = canvasOf(images, color);
  const counts = stepCounts(grid.rows * grid.columns, steps);
  const orders = maps.map(descending);
  const answers = answersTo(model, maps.length * counts.length, canvas.shape, of, (i, pixels) => {
    const [image, step] = [Math.floor(i / counts.length), i % counts.length];
    const [order, done] = [orders[image] as number[], counts[step] as number];
    pixels.set(canvas.pixels[image] as Float32Array);
    const covered = which === "deletion" ? order.slice(0, done) : order.slice(done);
    for (const patch of covered)
      paintWindow(
        pixels,
        canvas.shape,
        patchWindow(patch, grid.columns, patchSize),
        canvas.colors[image] as Float32Array,
      );
  });
  const curve = chosen.flatMap((one, image) =>
    counts.map((_, step) => answers[(image * counts.length + step) * classes + one] as number),
  );
  const labels = counts.map((count) => `${count} patches`);
  return new Explanation({
    method: `${which} curve by ${map.method}`,
    unit: `the class's ${of}`,
    axes: [{ name: "image" }, { name: "step", labels }],
    shape: [maps.length, counts.length],
    data: Float32Array.from(curve),
  });
}

/** How many patches are done after each step, from 0 to all. */
export function stepCounts(patches: number, steps: number): number[] {
  return Array.from({ length: steps + 1 }, (_, k) => Math.floor((k * patches) / steps));
}

/** The area under each image's curve, between 0 and 1 for probabilities. */
export function curveAreas({ shape, data }: Explanation, patches: number, rule: AreaRule = "mean"): number[] {
  checkWord("area", rule, AREA_RULES);
  const [images, values] = shape as [number, number];
  const counts = stepCounts(patches, values - 1);
  return Array.from({ length: images }, (_, image) => {
    const curve = rowOf(data, image, values);
    if (rule === "mean") return curve.reduce((sum, value) => sum + value, 0) / values;
    let area = 0;
    for (let k = 1; k < values; k++) {
      const wide = rule === "trapezium" ? (counts[k]! - counts[k - 1]!) / patches : 1 / (values - 1);
      area += (wide * (curve[k]! + curve[k - 1]!)) / 2;
    }
    return area;
  });
}

/** The maps of an explanation of patches, one for each image. */
function mapsOf(map: Explanation, images: number, { rows, columns }: TokenGrid): Float32Array[] {
  if (!(map instanceof Explanation))
    throw new VitlabError(`the map is ${show(map)}: give an explanation, such as relevance(model, images)`);
  const { method, shape, data, axes } = map;
  if (axes[1]?.name !== "row" || showShape(shape) !== showShape([images, rows, columns]))
    throw new VitlabError(
      `${method} is ${showShape(shape)}: expected a map of the patches, ${showShape([images, rows, columns])} (image, row, column)`,
    );
  return Array.from({ length: images }, (_, i) => rowOf(data, i, rows * columns));
}

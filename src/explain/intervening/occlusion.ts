import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkWhole } from "../../base/check-number";
import { checkOptions } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import type { ViT } from "../../vit/model";
import { type AnswerKind, answersBy, answersTo, checkAnswer, logitsOf } from "../answers";
import type { Explanation } from "../explanation";
import { checkLook, classesOf } from "../look";
import { canvasOf, type Paint, paintWindow } from "../paint";
import { patchMap } from "../patch-map";

/** What is covered, and how. */
export interface OcclusionOptions {
  /** The class, or one for each image. Default: the one with the largest logit. */
  class?: number | readonly number[];
  /** Side of the square that is covered, in pixels, or its [height, width]. Default: a patch. */
  window?: number | readonly [number, number];
  /** How far the window moves, in pixels. Default: by its own size. */
  stride?: number;
  /** What is seen instead. Default "mean". */
  color?: Paint;
  /** Default "probability"; of a model that answers with numbers "logit". */
  of?: AnswerKind;
}

/**
 * Occlusion: how much the answer drops when a part of the image is covered (Zeiler and Fergus, "Visualizing and Understanding
 * Convolutional Networks", 2014, section 4.2). What supports the class is above 0.
 *
 * @returns `[image, row, column]` over the places of the window, by default the patches: before minus after. A window that
 * reaches beyond the border is cut off there, as captum does.
 * @throws VitlabError when the model has no such class, or window or stride don't fit the images.
 *
 * @example
 * ```ts
 * import { datasetToTensor, landmarkPatches, loadModel, needle, occlusion } from "vitlab";
 *
 * // Where a mark is covered the answer falls most.
 * const images = needle({ count: 1, split: "test" });
 * const { model } = await loadModel("vit-needle");
 * const { shape, data } = occlusion(model, datasetToTensor(images));
 * const largest = data.indexOf(Math.max(...data));
 * console.log(shape, landmarkPatches(images, 0, 4).mark.includes(largest)); // [ 1, 8, 8 ] true
 * ```
 */
export function occlusion(model: ViT, images: Tensor4D, options: OcclusionOptions = {}): Explanation {
  checkLook("occlusion", model, images);
  checkOptions("occlusion", options, { class: true, window: true, stride: true, color: true, of: true });
  const { patchSize, classes } = model.config;
  const of = checkAnswer(model, options.of);
  const { window = patchSize, color = "mean" } = options;
  const [height, width] = typeof window === "number" ? [window, window] : window;
  checkWindow([height, width], images.shape);
  const [down, across] = [options.stride ?? height, options.stride ?? width];
  checkWhole("stride", down);
  const places = (length: number, side: number, stride: number) => Math.ceil((length - side) / stride) + 1;
  const rows = places(images.shape[1], height, down);
  const columns = places(images.shape[2], width, across);
  const canvas = canvasOf(images, color);
  const logits = logitsOf(model, images);
  const chosen = classesOf(model, logits, options.class);
  const before = answersBy(model, logits, of);
  const count = rows * columns;
  const after = answersTo(model, canvas.pixels.length * count, canvas.shape, of, (i, pixels) => {
    const [image, place] = [Math.floor(i / count), i % count];
    pixels.set(canvas.pixels[image] as Float32Array);
    const [top, left] = [Math.floor(place / columns) * down, (place % columns) * across];
    paintWindow(pixels, canvas.shape, { top, left, height, width }, canvas.colors[image] as Float32Array);
  });
  const drops = chosen.map((one, image) =>
    Float32Array.from(
      { length: count },
      (_, place) =>
        (before[image * classes + one] as number) - (after[(image * count + place) * classes + one] as number),
    ),
  );
  const isPatch = [height, width, down, across].every((side) => side === patchSize);
  return patchMap(
    drops,
    {
      rows,
      columns,
      ...(!isPatch && {
        labels: [windowLabels("rows", rows, height, down), windowLabels("columns", columns, width, across)],
      }),
    },
    {
      method: `occlusion by ${height}x${width} pixels of ${color === "mean" ? "the mean color" : "a color"}`,
      unit: `drop of ${of}`,
    },
  );
}

/** Which pixels the window covers: "rows 4 to 11". */
function windowLabels(what: string, count: number, side: number, stride: number): string[] {
  return Array.from({ length: count }, (_, i) => `${what} ${i * stride} to ${i * stride + side - 1}`);
}

function checkWindow(window: readonly [number, number], [, height, width]: readonly number[]): void {
  const fits = [height, width].every(
    (length, i) => Number.isInteger(window[i]) && window[i]! >= 1 && window[i]! <= length!,
  );
  if (!fits)
    throw new VitlabError(
      `window is ${window.join("x")}: expected whole pixels, at most the image's ${height}x${width}`,
    );
}

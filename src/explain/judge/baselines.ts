import type { Tensor4D } from "@tensorflow/tfjs-core";
import { Random } from "../../base/random";
import type { ViT } from "../../vit/model";
import type { Explanation } from "../explanation";
import { checkLook, tokenGrid } from "../look";
import { patchMap } from "../patch-map";
import { pixelsOf } from "../pixels-of";

/**
 * A map drawn by chance, another for each image, and the same for the same one: what any explanation must be better than.
 *
 * @returns `[image, row, column]`, numbers from 0 to 1
 *
 * @example
 * ```ts
 * import { datasetToTensor, presets, randomMap, shapes, ViT } from "vitlab";
 *
 * const [model, images] = [new ViT(presets.tiny), datasetToTensor(shapes({ count: 1 }))] as const;
 * const map = randomMap(model, images);
 * console.log(map.shape, map.data.join() === randomMap(model, images).data.join()); // [ 1, 8, 8 ] true
 * ```
 */
export function randomMap(model: ViT, images: Tensor4D, { seed = 1 }: { seed?: number } = {}): Explanation {
  checkLook("randomMap", model, images);
  const grid = tokenGrid(model, images);
  const values = pixelsOf(images).map((pixels) => {
    const random = new Random(seed, ...digest(pixels));
    return Array.from({ length: grid.rows * grid.columns }, () => random.float());
  });
  return patchMap(values, grid, { method: `random map, seed ${seed}`, unit: "none" });
}

/**
 * Where the edges of an image are, without any model: the mean length of the Sobel gradient of its brightness in each patch
 * (Adebayo et al., "Sanity Checks for Saliency Maps", 2018, section 5.1, compares with an edge detector).
 *
 * @returns `[image, row, column]`, in the images' units a pixel
 *
 * @example
 * ```ts
 * import { edgeMap, presets, tf, ViT } from "vitlab";
 *
 * // Black left of column 16 and white from there: edges in the columns of patches on both sides alone.
 * const image = tf.concat([tf.fill([1, 32, 16, 3], -1), tf.fill([1, 32, 16, 3], 1)], 2) as tf.Tensor4D;
 * const { data } = edgeMap(new ViT(presets.tiny), image);
 * console.log([...data.slice(0, 8)].map((edge) => (edge > 0 ? "edge" : "-")).join(" "));
 * // - - - edge edge - - -
 * ```
 */
export function edgeMap(model: ViT, images: Tensor4D): Explanation {
  checkLook("edgeMap", model, images);
  const grid = tokenGrid(model, images);
  const { patchSize } = model.config;
  const [, ...shape] = images.shape;
  const values = pixelsOf(images).map((pixels) => {
    const edges = sobel(brightness(pixels, shape), shape);
    const sums = new Float32Array(grid.rows * grid.columns);
    edges.forEach((edge, i) => {
      const [row, column] = [Math.floor(i / shape[1] / patchSize), Math.floor((i % shape[1]) / patchSize)];
      sums[row * grid.columns + column] = (sums[row * grid.columns + column] as number) + edge / patchSize ** 2;
    });
    return sums;
  });
  return patchMap(values, grid, { method: "edges (Sobel)", unit: "brightness a pixel" });
}

/** Two numbers that another image has others of. */
function digest(pixels: Float32Array): [number, number] {
  let [first, second] = [0, 0];
  for (const word of new Int32Array(pixels.slice().buffer)) {
    first = Math.imul(first ^ word, 0x01000193);
    second = Math.imul(second + word, 0x85ebca6b) ^ (second >>> 13);
  }
  return [first >>> 0, second >>> 0];
}

type Shape = readonly [height: number, width: number, channels: number];

function brightness(pixels: Float32Array, [height, width, channels]: Shape): Float32Array {
  const gray = new Float32Array(height * width);
  pixels.forEach((value, i) => {
    const at = Math.floor(i / channels);
    gray[at] = (gray[at] as number) + value / channels;
  });
  return gray;
}

/** The length of the gradient at each pixel; beyond the border the last pixel goes on. */
function sobel(gray: Float32Array, [height, width]: Shape): Float32Array {
  const at = (y: number, x: number) =>
    gray[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))] as number;
  return gray.map((_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const side = (dx: number) => at(y - 1, x + dx) + 2 * at(y, x + dx) + at(y + 1, x + dx);
    const level = (dy: number) => at(y + dy, x - 1) + 2 * at(y + dy, x) + at(y + dy, x + 1);
    return Math.hypot(side(1) - side(-1), level(1) - level(-1)) / 8;
  });
}

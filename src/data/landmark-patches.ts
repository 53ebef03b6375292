import { VitlabError } from "../base/error";
import type { ImageDataset } from "./dataset";
import type { Landmarks } from "./landmarks";

/**
 * Where the parts of one image are, in pixels: `{ ear: [{ x, y }, …], eye: […], nose: […] }` for an animal.
 *
 * @throws VitlabError when the data set knows no landmarks, or the index is not that of an image.
 */
export function imageLandmarks(dataset: ImageDataset, index: number): Landmarks {
  if (!dataset.landmarks)
    throw new VitlabError(
      `data set ${dataset.name} knows no landmarks: use shapes or needle, where each part's place is known`,
    );
  const landmarks = dataset.landmarks[index];
  if (!landmarks)
    throw new VitlabError(
      `there is no image ${index} in ${dataset.name} ${dataset.split}: its ${dataset.length} images are numbered 0 to ${dataset.length - 1}`,
    );
  return landmarks;
}

/**
 * The patches that hold the parts of one image: `{ ear: [3, 6], eye: [19, 21], nose: [28] }`.
 *
 * Patches are numbered from 0, row by row; each list is sorted and names a patch once.
 *
 * @param patchSize side of a patch in pixels, or its `[height, width]`
 * @throws VitlabError when the patch size does not divide the image, or the data set knows no landmarks.
 *
 * @example
 * ```ts
 * import { imageLandmarks, landmarkPatches, shapes } from "vitlab";
 *
 * const drawings = shapes({ count: 10 });
 * console.log(drawings.classNames[drawings.labels[3]]); // airplane
 * console.log(Object.keys(imageLandmarks(drawings, 3)), landmarkPatches(drawings, 3, 4));
 * // [ 'window', 'wing', 'tail' ] { window: [ 21, 27 ], wing: [ 43 ], tail: [ 25 ] }
 * ```
 */
export function landmarkPatches(
  dataset: ImageDataset,
  index: number,
  patchSize: number | readonly [number, number],
): Record<string, number[]> {
  const [patchHeight, patchWidth] = typeof patchSize === "number" ? [patchSize, patchSize] : patchSize;
  const { height, width } = dataset;
  for (const [side, name, patch] of [
    [height, "height", patchHeight],
    [width, "width", patchWidth],
  ] as const)
    if (!Number.isInteger(patch) || patch < 1 || side % patch !== 0)
      throw new VitlabError(
        `image is ${height}x${width}: patch size ${patch} does not divide its ${name} ${side}; use one of ${divisors(side).join(", ")}`,
      );
  const columns = width / patchWidth;
  const patches: Record<string, number[]> = {};
  for (const [part, points] of Object.entries(imageLandmarks(dataset, index))) {
    const found = points.map(({ x, y }) => Math.floor(y / patchHeight) * columns + Math.floor(x / patchWidth));
    patches[part] = [...new Set(found)].sort((a, b) => a - b);
  }
  return patches;
}

function divisors(side: number): number[] {
  return Array.from({ length: side }, (_, i) => i + 1).filter((size) => side % size === 0);
}

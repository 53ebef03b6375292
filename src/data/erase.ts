import { checkProbability, checkWhole } from "../base/check-number";
import { checkOptions } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { Augmentation } from "./augmentation";

/**
 * Cutout: blanks out a square of `side` pixels at a random place of each image, cut off at the edges (DeVries and Taylor,
 * "Improved Regularization of Convolutional Neural Networks with Cutout", 2017, section 3.2). It is filled with gray, 128.
 *
 * @throws VitlabError when side is not a whole number from 1, or larger than the image.
 *
 * @example
 * ```ts
 * import { cutout, Random } from "vitlab";
 *
 * const white = { images: new Uint8Array(64).fill(255), length: 1, height: 8, width: 8, channels: 1 };
 * const changed = cutout(4)(white, new Random(1));
 * console.log(changed.filter((byte) => byte !== 255).length <= 16); // true
 * ```
 */
export function cutout(side: number): Augmentation {
  checkWhole("the side of cutout", side);
  return (batch, random) => {
    const { length, height, width, channels } = batch;
    if (side > Math.min(height, width))
      throw new VitlabError(
        `cutout is ${side} for images of ${height}x${width}: it must be at most ${Math.min(height, width)}`,
      );
    const result = batch.images.slice();
    for (let image = 0; image < length; image++) {
      const top = random.integer(height) - Math.floor(side / 2);
      const left = random.integer(width) - Math.floor(side / 2);
      for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
        const row = (image * height + y) * width;
        result.fill(128, (row + Math.max(0, left)) * channels, (row + Math.min(width, left + side)) * channels);
      }
    }
    return result;
  };
}

/** How `erase` works. */
export interface EraseOptions {
  /** Share of the images that lose a rectangle. Default 0.25. */
  probability?: number;
  /** Least and largest share of the image's area. Default [0.02, 0.33]. */
  area?: readonly [number, number];
}

/**
 * Random erasing: fills a rectangle of some images with noise; its sides are in a proportion between 0.3 and 1 / 0.3 (Zhong
 * et al., "Random Erasing Data Augmentation", 2020, algorithm 1).
 *
 * @throws VitlabError when the probability or the areas are out of range.
 *
 * @example
 * ```ts
 * import { erase, Random } from "vitlab";
 *
 * // A tenth to a third of the image is filled with noise.
 * const gray = { images: new Uint8Array(1024).fill(128), length: 1, height: 32, width: 32, channels: 1 };
 * const changed = erase({ probability: 1, area: [0.1, 0.3] })(gray, new Random(1));
 * const share = changed.filter((byte) => byte !== 128).length / 1024;
 * console.log(share > 0.05 && share < 0.35); // true
 * ```
 */
export function erase(options: EraseOptions = {}): Augmentation {
  checkOptions("erase", options, { probability: true, area: true });
  const { probability = 0.25, area = [0.02, 0.33] } = options;
  checkProbability("the probability of erase", probability);
  const [least, most] = area;
  if (!(least > 0 && most >= least && most <= 1))
    throw new VitlabError(`erase has areas ${least} to ${most}: give two shares of the image, rising, above 0 to 1`);
  return (batch, random) => {
    const { length, height, width, channels } = batch;
    const result = batch.images.slice();
    for (let image = 0; image < length; image++) {
      if (random.float() >= probability) continue;
      const size = random.uniform(least, most) * height * width;
      const proportion = Math.exp(random.uniform(Math.log(0.3), -Math.log(0.3)));
      const rows = Math.min(height, Math.max(1, Math.round(Math.sqrt(size * proportion))));
      const columns = Math.min(width, Math.max(1, Math.round(Math.sqrt(size / proportion))));
      const top = random.integer(height - rows + 1);
      const left = random.integer(width - columns + 1);
      for (let y = top; y < top + rows; y++) {
        const start = ((image * height + y) * width + left) * channels;
        for (let i = 0; i < columns * channels; i++) result[start + i] = random.uint32() >>> 24;
      }
    }
    return result;
  };
}

import { VitlabError } from "../base/error";
import type { Augmentation } from "./augmentation";
import { mapBytes, toGray } from "./pixel-operations";

/**
 * Changes brightness, contrast and saturation of each image by random factors from `1 - strength` to `1 + strength`
 * (as in Howard, "Some Improvements on Deep Convolutional Neural Network Based Image Classification", 2013, section 2).
 *
 * @throws VitlabError when strength isn't from 0 to 1.
 *
 * @example
 * ```ts
 * import { batches, colorJitter, shapes } from "vitlab";
 *
 * // The same drawing in two epochs, in other colors.
 * const [first, second] = [0, 1].map((epoch) => {
 *   const [batch] = batches(shapes({ count: 1 }), { batchSize: 1, epoch, augment: colorJitter(0.4) });
 *   return batch.images.mean().dataSync()[0];
 * });
 * console.log(first !== second); // true
 * ```
 */
export function colorJitter(strength: number): Augmentation {
  if (!(strength >= 0 && strength <= 1))
    throw new VitlabError(
      `color is ${strength}: give the largest change of brightness, contrast and saturation, 0 to 1`,
    );
  return ({ images, length, channels }, random) => {
    const result = images.slice();
    const size = images.length / length;
    const factor = () => random.uniform(1 - strength, 1 + strength);
    for (let image = 0; image < length; image++) {
      const pixels = result.subarray(image * size, (image + 1) * size);
      const brightness = factor();
      const contrast = factor();
      const saturation = factor();
      const middle = meanOf(pixels) * brightness;
      // Brightness, then contrast around the mean that brightness gives: one table for both.
      mapBytes(pixels, (byte) => middle + (byte * brightness - middle) * contrast);
      if (channels === 3) toGray(pixels, saturation);
    }
    return result;
  };
}

/** The mean of all bytes of an image. */
export function meanOf(pixels: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) sum += pixels[i] as number;
  return sum / pixels.length;
}

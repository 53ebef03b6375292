import { checkProbability, checkWhole } from "../base/check-number";
import { checkOptions } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { Augmentation } from "./augmentation";
import { colorJitter } from "./color-jitter";
import { cutout, erase } from "./erase";
import { trivialAugment } from "./trivial-augment";

/** What `augment` does. */
export interface AugmentOptions {
  /** Mirror every second image, on average. Default false. */
  flip?: boolean;
  /** Move each image by up to this many pixels, each way. Default 0. */
  shift?: number;
  /** What comes in at the edge when an image moves. Default "reflect". */
  fill?: ShiftFill;
  /** One random change of this strength for each image, as `trivialAugment`; from 0 to 1. Default 0. */
  trivial?: number;
  /** Largest change of brightness, contrast and saturation, from 0 to 1. Default 0. */
  color?: number;
  /** Blank out a square of this many pixels. Default 0. */
  cutout?: number;
  /** Share of the images in which a rectangle is erased. Default 0. */
  erase?: number;
}

/** "reflect": the image mirrored at its edge, the edge pixel not repeated; "zero": black. */
export type ShiftFill = "reflect" | "zero";

/**
 * The usual augmentation of small images (He et al., "Deep Residual Learning", 2015, section 4.2): a flip and a shift; then
 * what else is asked for, in the order of the options.
 *
 * A shift is a crop of the image's own size out of the image padded by `shift` pixels on each side; each of the
 * (2 x shift + 1)^2 crops is as likely as another.
 *
 * @throws VitlabError when an option is unknown or out of range.
 *
 * @example
 * ```ts
 * import { augment, batches, shapes } from "vitlab";
 *
 * // A flip and a shift by up to 4 pixels, drawn anew in each epoch, and the same in each run.
 * const options = { batchSize: 20, shuffle: false, augment: augment({ flip: true, shift: 4 }) };
 * const [first, again, second] = [0, 0, 1].map((epoch) => {
 *   const [batch] = batches(shapes({ count: 20 }), { ...options, epoch });
 *   return batch.images.dataSync().join();
 * });
 * console.log(first === again, first === second); // true false
 * ```
 */
export function augment(options: AugmentOptions = {}): Augmentation {
  checkOptions("augment", options, {
    flip: true,
    shift: true,
    fill: true,
    trivial: true,
    color: true,
    cutout: true,
    erase: true,
  });
  const { flip: flips = false, shift = 0, fill = "reflect", trivial = 0, color = 0 } = options;
  const { cutout: side = 0, erase: probability = 0 } = options;
  const steps: Augmentation[] = [];
  if (flips) steps.push(flip());
  if (shift !== 0) steps.push(shiftCrop(shift, { fill }));
  if (trivial !== 0) steps.push(trivialAugment(trivial));
  if (color !== 0) steps.push(colorJitter(color));
  if (side !== 0) steps.push(cutout(side));
  if (probability !== 0) steps.push(erase({ probability }));
  return compose(...steps);
}

/**
 * One augmentation after another.
 *
 * @example
 * ```ts
 * import { compose, flip, Random } from "vitlab";
 *
 * // Mirrored twice, an image is as it was.
 * const row = { images: Uint8Array.from([1, 2, 3]), length: 1, height: 1, width: 3, channels: 1 };
 * console.log(compose(flip(1), flip(1))(row, new Random(1))); // Uint8Array(3) [ 1, 2, 3 ]
 * ```
 */
export function compose(...augmentations: readonly Augmentation[]): Augmentation {
  return (batch, random) =>
    augmentations.reduce<Uint8Array>((images, next) => next({ ...batch, images }, random), batch.images.slice());
}

/**
 * Mirrors an image left to right with this probability.
 *
 * @example
 * ```ts
 * import { flip, Random } from "vitlab";
 *
 * const row = { images: Uint8Array.from([1, 2, 3]), length: 1, height: 1, width: 3, channels: 1 };
 * console.log(flip(1)(row, new Random(1))); // Uint8Array(3) [ 3, 2, 1 ]
 * ```
 */
export function flip(probability = 0.5): Augmentation {
  checkProbability("the probability of flip", probability);
  return (batch, random) => {
    const { length, height, width, channels, images } = batch;
    const result = images.slice();
    const rowSize = width * channels;
    for (let image = 0; image < length; image++) {
      if (random.float() >= probability) continue;
      for (let row = 0; row < height; row++) {
        const start = (image * height + row) * rowSize;
        for (let x = 0; x < width; x++) {
          const from = start + (width - 1 - x) * channels;
          const to = start + x * channels;
          for (let channel = 0; channel < channels; channel++) result[to + channel] = images[from + channel] as number;
        }
      }
    }
    return result;
  };
}

/**
 * Moves each image by up to `shift` pixels across and down.
 *
 * @throws VitlabError when shift is not a whole number from 0, or a reflection would be longer than the image.
 */
export function shiftCrop(shift: number, options: { fill?: ShiftFill } = {}): Augmentation {
  checkOptions("shiftCrop", options, { fill: true });
  const { fill = "reflect" } = options;
  checkWhole("shift", shift, 0);
  if (fill !== "reflect" && fill !== "zero")
    throw new VitlabError(`shift can't fill with "${String(fill)}": give "reflect" or "zero"`);
  return (batch, random) => {
    const { length, height, width, channels, images } = batch;
    if (shift >= Math.min(height, width))
      throw new VitlabError(
        `shift is ${shift} for images of ${height}x${width}: it must be less than ${Math.min(height, width)}`,
      );
    const result = new Uint8Array(images.length);
    const size = height * width * channels;
    for (let image = 0; image < length; image++) {
      const down = random.integer(2 * shift + 1) - shift;
      const across = random.integer(2 * shift + 1) - shift;
      for (let y = 0; y < height; y++) {
        const fromY = sourceOf(y + down, height, fill);
        if (fromY < 0) continue;
        for (let x = 0; x < width; x++) {
          const fromX = sourceOf(x + across, width, fill);
          if (fromX < 0) continue;
          const from = image * size + (fromY * width + fromX) * channels;
          const to = image * size + (y * width + x) * channels;
          for (let channel = 0; channel < channels; channel++) result[to + channel] = images[from + channel] as number;
        }
      }
    }
    return result;
  };
}

/** Which pixel of a row (or column) comes at this place; -1 for none. */
function sourceOf(place: number, side: number, fill: ShiftFill): number {
  if (place >= 0 && place < side) return place;
  if (fill === "zero") return -1;
  return place < 0 ? -place : 2 * (side - 1) - place;
}

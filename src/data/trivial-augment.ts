import { VitlabError } from "../base/error";
import type { Random } from "../base/random";
import type { Augmentation } from "./augmentation";
import { meanOf } from "./color-jitter";
import { either, type ImageShape, mapBytes, toGray, warp } from "./pixel-operations";

/** Changes one image in place; `level` goes from 0, nothing, to 1. */
type ImageChange = (pixels: Uint8Array, shape: ImageShape, level: number, random: Random) => void;

/**
 * One change of random strength for each image, out of: none, turn, shear, move and stretch; brightness, contrast,
 * saturation, fewer levels (posterise), inverted lights (solarise), full range of tones, sharpness (Müller and Hutter,
 * "TrivialAugment", 2021, section 3, with ranges for small images).
 *
 * @param strength of the strongest change: 1 turns by 30°, shears by 0.3, moves by a quarter. Default 1.
 * @throws VitlabError when strength isn't above 0 and at most 1.
 *
 * @example
 * ```ts
 * import { fit, shapes, trivialAugment, ViT } from "vitlab";
 *
 * const config = { imageSize: 32, patchSize: 8, dim: 16, depth: 1, heads: 2, mlpDim: 32, classes: 10 };
 * const train = shapes({ count: 20 });
 * const { steps } = await fit(new ViT(config), { train, epochs: 3, batchSize: 20, augment: trivialAugment() });
 * console.log(steps); // 3
 * ```
 */
export function trivialAugment(strength = 1): Augmentation {
  if (!(strength > 0 && strength <= 1))
    throw new VitlabError(`trivial is ${strength}: give the strength of the strongest change, above 0 to 1`);
  return ({ images, length, height, width, channels }, random) => {
    const result = images.slice();
    const size = height * width * channels;
    for (let image = 0; image < length; image++) {
      const change = CHANGES[random.integer(CHANGES.length)] as ImageChange;
      const level = strength * random.float();
      change(result.subarray(image * size, (image + 1) * size), { height, width, channels }, level, random);
    }
    return result;
  };
}

const sign = (random: Random) => (random.float() < 0.5 ? -1 : 1);

/** The image seen through a map of which only what differs from the identity is given. */
function warped(pixels: Uint8Array, shape: ImageShape, [a, b, c, d, e, f]: readonly number[]): void {
  warp(pixels.slice(), pixels, shape, [1 + (a ?? 0), b ?? 0, c ?? 0, d ?? 0, 1 + (e ?? 0), f ?? 0]);
}

const CHANGES: readonly ImageChange[] = [
  () => {},
  (pixels, shape, level, random) => {
    const angle = (sign(random) * level * Math.PI) / 6;
    const turned = Math.cos(angle) - 1;
    warped(pixels, shape, [turned, -Math.sin(angle), 0, Math.sin(angle), turned, 0]);
  },
  (pixels, shape, level, random) => warped(pixels, shape, [0, sign(random) * 0.3 * level]),
  (pixels, shape, level, random) => warped(pixels, shape, [0, 0, 0, sign(random) * 0.3 * level]),
  (pixels, shape, level, random) =>
    warped(pixels, shape, [0, 0, sign(random) * 0.25 * level * shape.width, 0, 0, either(0.1, random) * shape.height]),
  (pixels, shape, level, random) =>
    warped(pixels, shape, [0, 0, either(0.1, random) * shape.width, 0, 0, sign(random) * 0.25 * level * shape.height]),
  (pixels, shape, level, random) => {
    const zoom = -0.3 * level * (random.float() < 0.75 ? 1 : -1);
    warped(pixels, shape, [zoom, 0, 0, 0, zoom, 0]);
  },
  (pixels, _, level, random) => {
    const factor = 1 + sign(random) * 0.7 * level;
    mapBytes(pixels, (byte) => byte * factor);
  },
  (pixels, _, level, random) => {
    const factor = 1 + sign(random) * 0.7 * level;
    const mean = meanOf(pixels);
    mapBytes(pixels, (byte) => mean + (byte - mean) * factor);
  },
  (pixels, { channels }, level, random) => {
    if (channels === 3) toGray(pixels, 1 + sign(random) * 0.9 * level);
  },
  (pixels, _, level) => {
    const step = 2 ** Math.round(5 * level);
    mapBytes(pixels, (byte) => byte - (byte % step));
  },
  (pixels, _, level) => {
    const threshold = 256 * (1 - level);
    mapBytes(pixels, (byte) => (byte >= threshold ? 255 - byte : byte));
  },
  (pixels) => {
    let darkest = 255;
    let lightest = 0;
    for (let i = 0; i < pixels.length; i++) {
      darkest = Math.min(darkest, pixels[i] as number);
      lightest = Math.max(lightest, pixels[i] as number);
    }
    if (lightest > darkest) mapBytes(pixels, (byte) => ((byte - darkest) * 255) / (lightest - darkest));
  },
  (pixels, shape, level, random) => sharpen(pixels, shape, sign(random) * 0.9 * level),
];

/** Away from (above 0) or towards (below 0) the mean of the four neighbors. */
function sharpen(pixels: Uint8Array, { height, width, channels }: ImageShape, amount: number): void {
  const before = pixels.slice();
  const row = width * channels;
  for (let y = 1; y < height - 1; y++)
    for (let i = y * row + channels; i < (y + 1) * row - channels; i++) {
      const own = before[i] as number;
      const around =
        ((before[i - channels] as number) +
          (before[i + channels] as number) +
          (before[i - row] as number) +
          (before[i + row] as number)) /
        4;
      pixels[i] = Math.min(255, Math.max(0, own + (own - around) * amount + 0.5));
    }
}

import { checkOptions } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { Random } from "../base/random";
import type { ByteBatch } from "./augmentation";

/** Images that were mixed in pairs, and how. */
export interface MixedImages {
  images: Uint8Array;
  /** Which image of the batch each was mixed with. */
  partners: Uint32Array;
  /** What is left of each image itself, from 0 to 1. */
  shares: Float32Array;
}

/** Mixes the images of a batch in pairs; leaves the batch as it is, and draws only from the generator given. */
export type Mixing = (batch: ByteBatch, random: Random) => MixedImages;

/** What `mixing` does. A number is the α of the distribution Beta(α, α) that shares are drawn from; 0 is off. */
export interface MixOptions {
  /** Fade two images into each other. Default 0. */
  mixup?: number;
  /** Paste a rectangle of one image into the other. Default 0. */
  cutmix?: number;
  /** Share of the batches that are mixed at all. Default 1. */
  probability?: number;
}

/**
 * Mixup (Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018, section 2) and CutMix (Yun et al., "CutMix", 2019,
 * section 3.1), one share a batch and the batch turned round as partners; where both are on, each batch gets one of them.
 *
 * Targets become probabilities: the share of the image's own class, the rest of its partner's.
 *
 * @throws VitlabError when α is below 0, or both are 0.
 *
 * @example
 * ```ts
 * import { batches, mixing, shapes } from "vitlab";
 *
 * // Each image half, or so, another one: its target is two classes in their shares.
 * const [batch] = batches(shapes({ count: 20 }), { batchSize: 4, seed: 1, mix: mixing({ mixup: 0.2 }), classes: 10 });
 * console.log(batch.images.shape, batch.targets?.shape); // [ 4, 32, 32, 3 ] [ 4, 10 ]
 * console.log(batch.targets?.sum(1).dataSync()); // Float32Array(4) [ 1, 1, 1, 1 ]
 * ```
 */
export function mixing(options: MixOptions): Mixing {
  checkOptions("mix", options, { mixup: true, cutmix: true, probability: true });
  const { mixup = 0, cutmix = 0, probability = 1 } = options;
  for (const [name, alpha] of Object.entries({ mixup, cutmix }))
    if (!(Number.isFinite(alpha) && alpha >= 0))
      throw new VitlabError(`mix.${name} is ${alpha}: give the α of Beta(α, α), such as 0.2 or 1, or 0 for none`);
  if (mixup === 0 && cutmix === 0)
    throw new VitlabError("mix has neither mixup nor cutmix: give one of them an α above 0");
  if (!(probability > 0 && probability <= 1))
    throw new VitlabError(`mix.probability is ${probability}: it must be above 0 and at most 1`);
  return (batch, random) => {
    const { length } = batch;
    const partners = Uint32Array.from({ length }, (_, i) => length - 1 - i);
    const untouched = { images: batch.images, partners, shares: new Float32Array(length).fill(1) };
    if (random.float() >= probability) return untouched;
    const cuts = cutmix > 0 && (mixup === 0 || random.float() < 0.5);
    const share = beta(cuts ? cutmix : mixup, random);
    const mixed = cuts ? paste(batch, partners, share, random) : fade(batch, partners, share);
    return { images: mixed.images, partners, shares: new Float32Array(length).fill(mixed.share) };
  };
}

/** The probabilities `[images, classes]` that mixed images have of each class. */
export function mixedTargets(
  { partners, shares }: Pick<MixedImages, "partners" | "shares">,
  labels: Int32Array,
  classes: number,
): Float32Array {
  const targets = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => {
    const other = i * classes + (labels[partners[i] as number] as number);
    const share = shares[i] as number;
    targets[i * classes + label] = share;
    targets[other] = (targets[other] as number) + 1 - share;
  });
  return targets;
}

function fade(
  { images, length }: ByteBatch,
  partners: Uint32Array,
  share: number,
): { images: Uint8Array; share: number } {
  const size = images.length / length;
  const result = new Uint8Array(images.length);
  for (let image = 0; image < length; image++) {
    const own = image * size;
    const other = (partners[image] as number) * size;
    for (let i = 0; i < size; i++)
      result[own + i] = share * (images[own + i] as number) + (1 - share) * (images[other + i] as number) + 0.5;
  }
  return { images: result, share };
}

/** The rectangle has `1 - share` of the area before it is cut off at the edges; the true share is given back. */
function paste(
  { images, length, height, width, channels }: ByteBatch,
  partners: Uint32Array,
  share: number,
  random: Random,
): { images: Uint8Array; share: number } {
  const side = Math.sqrt(1 - share);
  const span = (size: number): [number, number] => {
    const middle = random.integer(size);
    const half = (side * size) / 2;
    return [Math.max(0, Math.round(middle - half)), Math.min(size, Math.round(middle + half))];
  };
  const [top, bottom] = span(height);
  const [left, right] = span(width);
  const size = height * width * channels;
  const result = images.slice();
  for (let image = 0; image < length; image++) {
    const other = (partners[image] as number) * size;
    for (let y = top; y < bottom; y++) {
      const from = (y * width + left) * channels;
      const to = (y * width + right) * channels;
      result.set(images.subarray(other + from, other + to), image * size + from);
    }
  }
  return { images: result, share: 1 - ((bottom - top) * (right - left)) / (height * width) };
}

/** A number of the distribution Beta(α, α). */
function beta(alpha: number, random: Random): number {
  const a = gamma(alpha, random);
  const b = gamma(alpha, random);
  // For a tiny α both can be 0 to the last digit: then all of one image, as the distribution nearly always says.
  return a + b > 0 ? a / (a + b) : 1;
}

/** A number of the distribution Gamma(α, 1) (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000). */
function gamma(alpha: number, random: Random): number {
  if (alpha < 1) return gamma(alpha + 1, random) * (1 - random.float()) ** (1 / alpha);
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.float()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

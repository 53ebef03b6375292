import { VitlabError } from "../base/error";
import { Random } from "../base/random";
import { type ImageDataset, imageDataset, subsetIndices } from "./dataset";
import type { Landmarks } from "./landmarks";

/** What a drawn data set is asked for. */
export interface DrawnOptions {
  /** How many images. Default 10,000 for train, 2,000 for validation and test. */
  count?: number;
  /** The same seed, the same images. Default 0. */
  seed?: number;
  /** Height and width in pixels. Default 32. */
  size?: number;
  /** Splits share no image, whatever the seed and count. Default "train". */
  split?: DrawnSplit;
}

/** Which of the drawings: to learn from, to choose by, or to measure on; none is in two of them. */
export type DrawnSplit = "train" | "validation" | "test";

/** Drawn images whose parts are known. */
export interface DrawnDataset extends ImageDataset {
  readonly landmarks: readonly Landmarks[];
}

/** One drawn image: size x size x 3 bytes, and where its parts are. */
export interface DrawnImage {
  bytes: Uint8ClampedArray;
  landmarks: Landmarks;
}

/** How a drawn data set is made. */
export interface DrawingRules {
  /** What refusals call it. */
  call: string;
  /** Name of the data set. */
  name: string;
  classNames: readonly string[];
  /** A random stream for each split. */
  streams: Readonly<Record<DrawnSplit, number>>;
  /** Sizes are multiples of `step` from `least` to `most`. */
  sizes: { least: number; most: number; step: number };
  draw(label: number, size: number, random: Random): DrawnImage;
}

/** Images of each split where no count is given. */
export const DRAWN_COUNTS: Readonly<Record<DrawnSplit, number>> = { train: 10_000, validation: 2_000, test: 2_000 };

/** All images of a call together. */
const MOST_BYTES = 2 ** 31;

/**
 * Draws a data set: image i depends on seed, split, size and i only, and in each run of as many images as there are classes
 * every class comes once.
 *
 * @throws VitlabError when count, seed, size or split is out of range.
 */
export function drawnDataset(options: DrawnOptions, rules: DrawingRules): DrawnDataset {
  const asked = checked(options, rules);
  const labels = labelsOf(asked, rules);
  return drawImages(asked, rules, labels, labels.keys());
}

/**
 * `subset(drawnDataset(options, rules), count)`, without drawing the others.
 *
 * @throws VitlabError as both do.
 */
export function drawnSubset(options: DrawnOptions, rules: DrawingRules, count: number): DrawnDataset {
  const asked = checked(options, rules);
  const labels = labelsOf(asked, rules);
  return drawImages(asked, rules, labels, subsetIndices({ ...asked, name: rules.name, labels }, count));
}

interface Asked {
  split: DrawnSplit;
  length: number;
  seed: number;
  size: number;
}

/** What was asked for, with what wasn't. */
function checked(
  { split = "train", count, seed = 0, size = 32 }: DrawnOptions,
  { call, streams, sizes }: DrawingRules,
): Asked {
  if (!Object.hasOwn(streams, split))
    throw new VitlabError(`${call} has no split "${split}": give one of ${Object.keys(streams).join(", ")}`);
  const length = count ?? DRAWN_COUNTS[split];
  if (!Number.isInteger(length) || length < 1)
    throw new VitlabError(`${call} can't draw ${length} images: count must be a whole number from 1`);
  const { least, most, step } = sizes;
  if (!Number.isInteger(size) || size < least || size > most || size % step !== 0) {
    const sizes = step === 1 ? "a whole number of pixels" : `a multiple of ${step} pixels`;
    throw new VitlabError(`${call} can't draw images of size ${size}: give ${sizes} from ${least} to ${most}`);
  }
  const room = Math.floor(MOST_BYTES / (size * size * 3));
  if (length > room)
    throw new VitlabError(
      `${call} can't draw ${length} images: of size ${size} count must be at most ${room.toLocaleString("en-US")}`,
    );
  if (!Number.isSafeInteger(seed)) throw new VitlabError(`the seed of ${call} is ${seed}: give a whole number`);
  return { split, length, seed, size };
}

function labelsOf({ split, length, seed }: Asked, { classNames, streams }: DrawingRules): Int32Array {
  const classes = classNames.length;
  const labels = new Int32Array(length);
  for (let block = 0; block * classes < length; block++) {
    const order = new Random(streams[split], seed, block, 1).shuffle(classNames.map((_, label) => label));
    labels.set(order.slice(0, length - block * classes), block * classes);
  }
  return labels;
}

function drawImages(
  { split, seed, size }: Asked,
  { name, classNames, streams, draw }: DrawingRules,
  all: Int32Array,
  indices: Iterable<number>,
): DrawnDataset {
  const chosen = Array.from(indices);
  const labels = Int32Array.from(chosen, (i) => all[i] as number);
  const images = new Uint8Array(chosen.length * size * size * 3);
  const landmarks = chosen.map((i, place) => {
    const drawn = draw(all[i] as number, size, new Random(streams[split], seed, i, 0));
    images.set(drawn.bytes, place * size * size * 3);
    return drawn.landmarks;
  });
  const fields = { name, split, height: size, width: size, channels: 3, classNames };
  return imageDataset({ ...fields, images, labels, landmarks }) as DrawnDataset;
}

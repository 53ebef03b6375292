import { VitlabError } from "../base/error";
import { Random } from "../base/random";
import { type ImageDataset, imageDataset } from "./dataset";
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
interface DrawingRules {
  /** What refusals call it. */
  call: string;
  /** Name of the data set. */
  name: string;
  classNames: readonly string[];
  /** Images of each split where no count is given. */
  counts: Readonly<Record<DrawnSplit, number>>;
  /** A random stream for each split. */
  streams: Readonly<Record<DrawnSplit, number>>;
  /** Sizes are multiples of `step` from `least` to `most`. */
  sizes: { least: number; most: number; step: number };
  draw(label: number, size: number, random: Random): DrawnImage;
}

/** All images of a call together. */
const MOST_BYTES = 2 ** 31;

/**
 * Draws a data set: image i depends on seed, split, size and i only, and in each run of as many images as there are classes
 * every class comes once.
 *
 * @throws VitlabError when count, seed, size or split is out of range.
 */
export function drawnDataset(
  { split = "train", count, seed = 0, size = 32 }: DrawnOptions,
  { call, name, classNames, counts, streams, sizes, draw }: DrawingRules,
): DrawnDataset {
  if (!Object.hasOwn(streams, split))
    throw new VitlabError(`${call} has no split "${split}": give one of ${Object.keys(streams).join(", ")}`);
  const length = count ?? counts[split];
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

  const classes = classNames.length;
  const images = new Uint8Array(length * size * size * 3);
  const labels = new Int32Array(length);
  const landmarks: Landmarks[] = [];
  for (let block = 0; block * classes < length; block++) {
    const order = new Random(streams[split], seed, block, 1).shuffle(classNames.map((_, label) => label));
    for (let i = block * classes; i < Math.min(length, (block + 1) * classes); i++) {
      labels[i] = order[i % classes] as number;
      const drawn = draw(labels[i] as number, size, new Random(streams[split], seed, i, 0));
      images.set(drawn.bytes, i * size * size * 3);
      landmarks.push(drawn.landmarks);
    }
  }
  const fields = { name, split, height: size, width: size, channels: 3, classNames };
  return imageDataset({ ...fields, images, labels, landmarks }) as DrawnDataset;
}

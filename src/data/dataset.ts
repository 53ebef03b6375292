import { checkOptions } from "../base/check-options";
import { DisplayKind, printAs } from "../base/display-kind";
import { VitlabError } from "../base/error";
import { plainText } from "../base/plain-text";
import { Random } from "../base/random";
import { type ByteImage, byteImage } from "./byte-image";
import { emptyClasses } from "./class-counts";
import type { Landmarks } from "./landmarks";
import { fewNames } from "./name-lists";
import { stratifiedChoice } from "./stratified-choice";

/** Labeled images of one size, kept as bytes; tensors are made of them a batch at a time. */
export interface ImageDataset {
  /** Where the images come from: "cifar10", "shapes", the name of a folder. */
  readonly name: string;
  /** Which part of it this is: "train", "validation", "test", … */
  readonly split: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly classNames: readonly string[];
  /** Count of images. */
  readonly length: number;
  /** length x height x width x channels bytes, image after image, each row by row (HWC); as they came, before a transform. */
  readonly images: Uint8Array;
  /** One class index an image. */
  readonly labels: Int32Array;
  /** Where the parts of each image are, in data sets that know it. */
  readonly landmarks?: readonly Landmarks[];
  /** The file of each image, in data sets read from a folder. */
  readonly files?: readonly string[];
  /** What changes each image when it is read (see `withTransform`); height, width and channels are those it comes out in. */
  readonly transform?: ImageTransform;
}

/** A change of images, and the size that they are kept in before it. */
export interface ImageTransform {
  /** Makes the new image of one. */
  readonly apply: (image: ByteImage) => ByteImage;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** One image of a data set, with its label. */
export interface LabeledImage extends ByteImage {
  label: number;
  className: string;
}

/** How `splitDataset` divides. */
export interface SplitOptions {
  /** How many images to hold out: a count, or a part below 1. */
  validation: number;
  /** Which images: the same seed, the same images. Default 0. */
  seed?: number;
}

/**
 * A data set of the bytes and labels given, checked; a notebook shows its first images.
 *
 * @throws VitlabError when bytes, labels and classes don't fit each other.
 */
export function imageDataset(fields: Omit<ImageDataset, "length">): ImageDataset {
  const { name, height, width, channels, classNames, images, labels } = fields;
  const length = labels.length;
  const expected = length * height * width * channels;
  if (images.length !== expected)
    throw new VitlabError(
      `data set ${name} has ${images.length} bytes: ${length} images of ${height}x${width}x${channels} are ${expected}`,
    );
  for (const [part, list] of [
    ["landmarks", fields.landmarks],
    ["files", fields.files],
  ] as const)
    if (list && list.length !== length)
      throw new VitlabError(`data set ${name} has ${list.length} ${part} for ${length} images: give one an image`);
  const wrong = labels.findIndex((label) => label < 0 || label >= classNames.length);
  if (wrong >= 0)
    throw new VitlabError(
      `image ${wrong} of data set ${name} has label ${labels[wrong]}: with ${classNames.length} classes labels go from 0 to ${classNames.length - 1}`,
    );
  return withDescription({ ...fields, length });
}

/** One line about a data set: `cifar10 train: 45,000 images 32x32x3, 10 classes (airplane, …)`, and which have no images. */
export function describeDataset(dataset: ImageDataset): string {
  const { name, split, length, height, width, channels, classNames } = dataset;
  const classes = classNames.length > 12 ? [...classNames.slice(0, 12), "…"] : classNames;
  const empty = emptyClasses(dataset);
  const without = empty.length > 0 ? `; no images of ${fewNames(empty, 12)}` : "";
  return plainText(
    `${name} ${split}: ${countOf(length, "image", "images")} ${height}x${width}x${channels}, ${countOf(classNames.length, "class", "classes")} (${classes.join(", ")})${without}`,
  );
}

/**
 * The images at these indices, in this order, as a data set; landmarks and files go with them.
 *
 * @throws VitlabError when an index is not that of an image.
 *
 * @example
 * ```ts
 * import { shapes, takeImages } from "vitlab";
 *
 * const drawings = shapes({ count: 20 });
 * const two = takeImages(drawings, [7, 3]);
 * console.log([...two.labels], [drawings.labels[7], drawings.labels[3]]); // [ 6, 0 ] [ 6, 0 ]
 * ```
 */
export function takeImages<D extends ImageDataset>(dataset: D, indices: ArrayLike<number>): D {
  const images = storedBytes(dataset, indices);
  const list = Array.from(indices);
  const taken: D = {
    ...dataset,
    length: list.length,
    images,
    labels: Int32Array.from(list, (index) => dataset.labels[index] as number),
  };
  const { landmarks, files } = dataset;
  return withDescription({
    ...taken,
    ...(landmarks && { landmarks: list.map((index) => landmarks[index]) }),
    ...(files && { files: list.map((index) => files[index]) }),
  });
}

/**
 * Some of the images, drawn by a seed, each class as often as in the whole; they stay in their order.
 *
 * @throws VitlabError when more images are asked for than there are.
 *
 * @example
 * ```ts
 * import { shapes, subset } from "vitlab";
 *
 * const few = subset(shapes({ count: 1000 }), 20, { seed: 1 });
 * console.log(few.length, new Set(few.labels).size); // 20 10
 * ```
 */
export function subset<D extends ImageDataset>(dataset: D, count: number, options: { seed?: number } = {}): D {
  checkOptions("subset", options, { seed: true });
  return takeImages(dataset, subsetIndices(dataset, count, options.seed));
}

/**
 * Which images `subset` takes.
 *
 * @throws VitlabError when more images are asked for than there are.
 */
export function subsetIndices(
  { name, split, length, labels }: Pick<ImageDataset, "name" | "split" | "length" | "labels">,
  count: number,
  seed = 0,
): Uint32Array {
  if (!Number.isInteger(count) || count < 1 || count > length)
    throw new VitlabError(
      `a subset of ${count} images can't be taken of ${name} ${split}: give a whole number from 1 to ${length}`,
    );
  return stratifiedChoice(labels, count, new Random(SUBSET_STREAM, seed)).chosen;
}

/**
 * Divides a data set in two that share no image: one to learn from, one held out to choose by.
 *
 * The held-out part has each class as often as the whole (equally often where the whole has).
 *
 * @throws VitlabError when a part would be empty.
 *
 * @example
 * ```ts
 * import { shapes, splitDataset } from "vitlab";
 *
 * const { train, validation } = splitDataset(shapes({ count: 100 }), { validation: 0.2 });
 * console.log(train.length, validation.length); // 80 20
 * // Each class as often as another.
 * console.log(validation.labels.filter((label) => label === 3).length); // 2
 * ```
 */
export function splitDataset<D extends ImageDataset>(dataset: D, options: SplitOptions): { train: D; validation: D } {
  checkOptions("splitDataset", options, { validation: true, seed: true });
  const { validation, seed = 0 } = options;
  const count = heldOutCount(validation, dataset.length, `${dataset.name} ${dataset.split}`);
  const { chosen, rest } = stratifiedChoice(dataset.labels, count, new Random(SPLIT_STREAM, seed));
  return {
    train: withDescription({ ...takeImages(dataset, rest), split: "train" }),
    validation: withDescription({ ...takeImages(dataset, chosen), split: "validation" }),
  };
}

/**
 * How many of `length` images `validation` holds out: a count, or a part below 1.
 *
 * @throws VitlabError when a part would be empty.
 */
export function heldOutCount(validation: number, length: number, what: string): number {
  const count = validation > 0 && validation < 1 ? Math.round(validation * length) : validation;
  if (!Number.isInteger(count) || count < 1 || count >= length)
    throw new VitlabError(
      `validation is ${validation}: of the ${length} images of ${what} hold out a whole number from 1 to ${length - 1}, or a part between 0 and 1`,
    );
  return count;
}

/**
 * The bytes of the images at these indices, one after another.
 *
 * @throws VitlabError when an index is not that of an image, or a transform makes images of different sizes.
 */
export function imageBytes(dataset: ImageDataset, indices: ArrayLike<number>): Uint8Array {
  const stored = storedBytes(dataset, indices);
  const { transform, name, split } = dataset;
  if (!transform) return stored;
  const { apply, height, width, channels } = transform;
  const size = height * width * channels;
  const shape = [dataset.height, dataset.width, dataset.channels].join("x");
  const bytes = new Uint8Array(indices.length * dataset.height * dataset.width * dataset.channels);
  for (let i = 0; i < indices.length; i++) {
    const made = apply({ height, width, channels, pixels: stored.subarray(i * size, (i + 1) * size) });
    const other = [made.height, made.width, made.channels].join("x");
    if (other !== shape)
      throw new VitlabError(
        `the transform of ${name} ${split} made ${other} of image ${indices[i]}, and ${shape} of the first: make all one size`,
      );
    bytes.set(made.pixels, (i * bytes.length) / indices.length);
  }
  return bytes;
}

/** The bytes of images as they came, before a transform. */
function storedBytes(dataset: ImageDataset, indices: ArrayLike<number>): Uint8Array {
  const { height, width, channels } = dataset.transform ?? dataset;
  const size = height * width * channels;
  const bytes = new Uint8Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    const index = checkedIndex(dataset, indices[i] as number);
    bytes.set(dataset.images.subarray(index * size, (index + 1) * size), i * size);
  }
  return bytes;
}

/**
 * One image of a data set, with its label: what figures draw.
 *
 * @throws VitlabError when the index is not that of an image.
 *
 * @example
 * ```ts
 * import { imageAt, shapes } from "vitlab";
 *
 * const { width, height, channels, className } = imageAt(shapes({ count: 10 }), 5);
 * console.log(width, height, channels, className); // 32 32 3 cat
 * ```
 */
export function imageAt(dataset: ImageDataset, index: number): LabeledImage {
  const pixels = imageBytes(dataset, [index]);
  const label = dataset.labels[index] as number;
  const { width, height, channels } = dataset;
  return byteImage({ width, height, channels, pixels, label, className: dataset.classNames[label] as string });
}

// Streams of their own, so that which images are held out has nothing to do with the order they're trained in.
const SUBSET_STREAM = 0x5b5e7;
const SPLIT_STREAM = 0x5917;

/** @throws VitlabError unless the index is that of an image. */
export function checkedIndex(dataset: ImageDataset, index: number): number {
  if (!Number.isInteger(index) || index < 0 || index >= dataset.length)
    throw new VitlabError(
      `there is no image ${index} in ${dataset.name} ${dataset.split}: its ${dataset.length} images are numbered 0 to ${dataset.length - 1}`,
    );
  return index;
}

/** How notebooks show data sets. */
export const datasetDisplay = new DisplayKind<ImageDataset>();

/** A data set that a notebook shows by its first images, and Node's console as its line. */
export function withDescription<D extends ImageDataset>(dataset: D): D {
  return datasetDisplay.mark(printAs({ ...dataset }, describeDataset), describeDataset);
}

function countOf(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

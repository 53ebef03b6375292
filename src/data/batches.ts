import { checkWhole } from "../base/check-number";
import { VitlabError } from "../base/error";
import { Random } from "../base/random";
import type { Normalization } from "../tensor/normalization";
import { tf } from "../tensor/tf";
import type { Augmentation } from "./augmentation";
import { type ImageDataset, imageBytes } from "./dataset";
import { type Mixing, mixedTargets } from "./mix";
import { bytesToTensor, labelsToTensor } from "./to-tensor";

/** How a data set is divided into batches. */
export interface BatchOptions {
  /** Images in a batch; the last may have fewer. */
  batchSize: number;
  /** Which order and which augmentation. Default 0. */
  seed?: number;
  /** Each epoch has its own order and augmentation. Default 0. */
  epoch?: number;
  /** A new order each epoch. Default true; false keeps the data set's order. */
  shuffle?: boolean;
  /** Changes the images before they become tensors; draws from a stream of its own for each batch. */
  augment?: Augmentation;
  /** Mixes the images of a batch, after `augment`; draws from a stream of its own for each batch. */
  mix?: Mixing;
  /** Classes of the probabilities that mixing gives. Default those of the data set. */
  classes?: number;
  /** How bytes become numbers. Default [-1, 1]. */
  normalize?: Normalization;
  /** Leave out a last batch that isn't full. Default false. */
  dropLast?: boolean;
}

/** One batch. Who takes it disposes `images`, `labels` and `targets`. */
export interface Batch {
  /** Which batch of its epoch, from 0. */
  step: number;
  /** Which images of the data set. */
  indices: Uint32Array;
  /** `[images, height, width, channels]` floats in [-1, 1], augmented. */
  images: tf.Tensor4D;
  /** `[images]` int32. */
  labels: tf.Tensor1D;
  /** `[images, classes]` probabilities, where images were mixed. */
  targets?: tf.Tensor2D;
}

/**
 * The order of the images in one epoch: each index once, shuffled by seed and epoch.
 *
 * @throws VitlabError when the length, seed or epoch is not a whole number.
 *
 * @example
 * ```ts
 * import { epochOrder } from "vitlab";
 *
 * // The same seed and epoch, the same order.
 * console.log(epochOrder(6, 1, 0), epochOrder(6, 1, 1));
 * // Uint32Array(6) [ 4, 2, 0, 5, 3, 1 ] Uint32Array(6) [ 2, 0, 4, 5, 3, 1 ]
 * ```
 */
export function epochOrder(length: number, seed: number, epoch: number): Uint32Array {
  checkWhole("length", length, 0);
  checkStream(seed, epoch);
  const order = Uint32Array.from({ length }, (_, i) => i);
  return new Random(ORDER_STREAM, seed, epoch).shuffle(order);
}

/**
 * How many batches an epoch has.
 *
 * @throws VitlabError when the batch size is out of range.
 */
export function batchCount(length: number, { batchSize, dropLast = false }: BatchOptions): number {
  checkWhole("batchSize", batchSize);
  if (dropLast && batchSize > length)
    throw new VitlabError(`batch size ${batchSize} with dropLast leaves no batch of ${length} images: make it smaller`);
  return dropLast ? Math.floor(length / batchSize) : Math.ceil(length / batchSize);
}

/**
 * The batches of one epoch, each made when it is asked for; `from` starts in the middle of the epoch.
 *
 * Batch k depends on seed, epoch and k alone, so training goes on in the middle of an epoch with the same batches.
 * Who takes a batch disposes its tensors.
 *
 * @throws VitlabError when an option is out of range.
 *
 * @example
 * ```ts
 * import { batches, shapes, tf } from "vitlab";
 *
 * for (const { step, images, labels } of batches(shapes({ count: 20 }), { batchSize: 8, seed: 1 })) {
 *   console.log(step, images.shape, labels.shape);
 *   // 0 [ 8, 32, 32, 3 ] [ 8 ]
 *   // 1 [ 8, 32, 32, 3 ] [ 8 ]
 *   // 2 [ 4, 32, 32, 3 ] [ 4 ]
 *   tf.dispose([images, labels]);
 * }
 * ```
 */
export function batches(
  dataset: ImageDataset,
  options: BatchOptions & { from?: number },
): Generator<Batch, void, undefined> {
  const { from, ...each } = options;
  return eachBatch(dataset.length, options, (step, order) => makeBatch(dataset, step, each, order));
}

/** What is made of each batch of an epoch, from the one that `from` names, when it is asked for. */
export function* eachBatch<Made>(
  length: number,
  { from = 0, ...options }: BatchOptions & { from?: number },
  make: (step: number, order: Uint32Array) => Made,
): Generator<Made, void, undefined> {
  const count = batchCount(length, options);
  if (!Number.isInteger(from) || from < 0 || from > count)
    throw new VitlabError(`from is batch ${from}: an epoch here has batches 0 to ${count - 1}`);
  const order = batchOrder(length, options);
  for (let step = from; step < count; step++) yield make(step, order);
}

/**
 * One batch of an epoch, the same that `batches` makes as number `step`; the caller disposes its tensors.
 *
 * @param order of the epoch, where it is at hand; otherwise made anew
 * @throws VitlabError when the epoch has no such batch, or an option is out of range.
 */
export function makeBatch(
  dataset: ImageDataset,
  step: number,
  options: BatchOptions,
  order: Uint32Array = batchOrder(dataset.length, options),
): Batch {
  const count = batchCount(dataset.length, options);
  if (!Number.isInteger(step) || step < 0 || step >= count)
    throw new VitlabError(
      `there is no batch ${step}: ${dataset.length} images in batches of ${options.batchSize} are batches 0 to ${count - 1}`,
    );
  const { batchSize, seed = 0, epoch = 0, augment, mix, classes = dataset.classNames.length, normalize } = options;
  const { height, width, channels } = dataset;
  const indices = order.slice(step * batchSize, (step + 1) * batchSize);
  const plain = imageBytes(dataset, indices);
  const shape = { length: indices.length, height, width, channels };
  const augmented = augment
    ? augment({ ...shape, images: plain }, new Random(AUGMENT_STREAM, seed, epoch, step))
    : plain;
  const mixed = mix?.({ ...shape, images: augmented }, new Random(MIX_STREAM, seed, epoch, step));
  return {
    step,
    indices,
    images: bytesToTensor(mixed?.images ?? augmented, [indices.length, height, width, channels], { normalize }),
    labels: labelsToTensor(dataset, { indices }),
    ...(mixed && {
      targets: tf.tensor2d(mixedTargets(mixed, classesOf(dataset, indices), classes), [indices.length, classes]),
    }),
  };
}

function classesOf({ labels }: ImageDataset, indices: Uint32Array): Int32Array {
  return Int32Array.from(indices, (index) => labels[index] as number);
}

// Words in front of the seed, so that order, augmentation and dropout of one seed have nothing to do with each other.
const ORDER_STREAM = 0x02de2;
const AUGMENT_STREAM = 0xa0638;
const MIX_STREAM = 0x313c5;

/** The order in which an epoch goes through so many examples. */
export function batchOrder(length: number, { seed = 0, epoch = 0, shuffle = true }: BatchOptions): Uint32Array {
  checkStream(seed, epoch);
  return shuffle ? epochOrder(length, seed, epoch) : Uint32Array.from({ length }, (_, i) => i);
}

function checkStream(seed: number, epoch: number): void {
  if (!Number.isSafeInteger(seed)) throw new VitlabError(`the seed of the batches is ${seed}: give a whole number`);
  checkWhole("epoch", epoch, 0);
}

import type { Tensor } from "@tensorflow/tfjs-core";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { tf } from "../tensor/tf";
import { type BatchOptions, batchOrder, eachBatch, makeBatch } from "./batches";
import type { ImageDataset } from "./dataset";

/** Numbered examples that become tensors a batch at a time: a data set of one's own, for `fit` and `evaluate`. */
export interface Dataset {
  /** What messages and checkpoints call it. Default "data set". */
  readonly name?: string;
  /** Which part of it this is: "train", "validation", … Default "". */
  readonly split?: string;
  /** Count of examples. */
  readonly length: number;
  /**
   * The examples at these indices: what the model gets and what it is to learn, an example a row of each. Whoever asks disposes
   * both; the same indices give the same numbers every time.
   */
  batch(indices: Uint32Array): { input: Tensor; target: Tensor };
}

/** What training and evaluation take: images, or any examples. */
export type AnyDataset = ImageDataset | Dataset;

/** Some examples as tensors, for one step. Who takes it disposes `input` and `target`. */
export interface ExampleBatch {
  /** Which batch of its epoch, from 0. */
  step: number;
  /** Count of examples. */
  count: number;
  /** Which examples of the data set. */
  indices: Uint32Array;
  input: Tensor;
  target: Tensor;
}

/** Whether a data set is of images kept as bytes. */
export function isImageDataset(dataset: AnyDataset): dataset is ImageDataset {
  return !("batch" in dataset);
}

/** What messages call a data set. */
export function datasetName({ name = "data set", split = "" }: AnyDataset): string {
  return split ? `${name} ${split}` : name;
}

/** Of images there are images, of anything else examples: "3 images", "1 example". */
export function countExamples(dataset: AnyDataset, count = dataset.length): string {
  const noun = isImageDataset(dataset) ? "image" : "example";
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * The batches of one epoch, each made when it is asked for; `from` starts in the middle of the epoch. Batch k depends on seed,
 * epoch and k alone. Who takes a batch disposes its tensors.
 *
 * @throws VitlabError when an option is out of range, or the data set gives something else than a row for each example.
 */
export function exampleBatches(
  dataset: AnyDataset,
  options: BatchOptions & { from?: number },
): Generator<ExampleBatch, void, undefined> {
  const { from, ...each } = options;
  return eachBatch(dataset.length, options, (step, order) => exampleBatch(dataset, step, each, order));
}

/** One batch of an epoch, the same that `exampleBatches` makes as number `step`; the caller disposes its tensors. */
export function exampleBatch(
  dataset: AnyDataset,
  step: number,
  options: BatchOptions,
  order: Uint32Array = batchOrder(dataset.length, options),
): ExampleBatch {
  if (!isImageDataset(dataset)) {
    const indices = order.slice(step * options.batchSize, (step + 1) * options.batchSize);
    return { step, count: indices.length, indices, ...askedFor(dataset, indices) };
  }
  const { images, labels, targets, indices } = makeBatch(dataset, step, options, order);
  if (targets) labels.dispose();
  return { step, count: indices.length, indices, input: images, target: targets ?? labels };
}

/** What a data set of someone's own gives for some examples, checked. */
function askedFor(dataset: Dataset, indices: Uint32Array): { input: Tensor; target: Tensor } {
  const given = dataset.batch(indices);
  for (const part of ["input", "target"] as const) {
    const tensor = given?.[part];
    if (tensor instanceof tf.Tensor && tensor.shape[0] === indices.length) continue;
    const what = tensor instanceof tf.Tensor ? showShape(tensor.shape) : show(tensor);
    if (typeof given === "object") tf.dispose({ ...given });
    throw new VitlabError(
      `${datasetName(dataset)} gave ${what} as the ${part} of ${countExamples(dataset, indices.length)}: ` +
        `batch(indices) must return { input, target }, tensors with a row for each of the ${indices.length}`,
    );
  }
  return given;
}

import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { crossEntropy } from "../tensor/cross-entropy";
import { tf } from "../tensor/tf";

/**
 * What training makes small: a scalar of the model's output and of what the data set wants, a mean over the examples.
 *
 * A method's type, so that a function of narrower tensors is one too: `(output: Tensor2D, target: Tensor1D) => …`.
 */
export type LossFunction = {
  /** The mean loss of a batch. */
  of(output: Tensor, target: Tensor): Scalar;
}["of"];

/** What is told of a model besides its loss: a number of the model's output and of what the data set wants. */
export type Metric = {
  /** The mean of a batch. */
  of(output: Tensor, target: Tensor): Scalar | number;
}["of"];

/** Rows of class scores, and which class each should choose. */
export interface ClassRows {
  logits: Tensor2D;
  /** Class numbers `[rows]`, or probabilities `[rows, classes]`. */
  targets: Tensor1D | Tensor2D;
}

/**
 * The scores and targets of a model that chooses classes, a row for each choice: of `[batch, tokens, classes]` each token's is
 * one.
 *
 * @throws VitlabError when the output has no axis of classes, or the targets are neither class numbers nor probabilities.
 */
export function classRows(output: Tensor, target: Tensor): ClassRows {
  const classes = output.shape.at(-1) ?? 0;
  const rows = output.shape.slice(0, -1);
  const isNumbers = showShape(target.shape) === showShape(rows);
  if (output.rank < 2 || !(isNumbers || showShape(target.shape) === showShape(output.shape)))
    throw new VitlabError(
      `the model's output is ${showShape(output.shape)} and the target ${showShape(target.shape)}: cross-entropy takes scores ` +
        "[..., classes] with class numbers [...] or probabilities [..., classes]; for anything else give fit a loss",
    );
  if (output.rank === 2) return { logits: output as Tensor2D, targets: target as Tensor1D | Tensor2D };
  const targets = tf.reshape(target, isNumbers ? [-1] : [-1, classes]) as Tensor1D | Tensor2D;
  return { logits: tf.reshape(output, [-1, classes]) as Tensor2D, targets };
}

/** Cross-entropy over the last axis, the loss of `fit` where none is given. */
export function classLoss(output: Tensor, target: Tensor, labelSmoothing = 0): Scalar {
  const { logits, targets } = classRows(output, target);
  return crossEntropy(logits, targets, { labelSmoothing });
}

/** @throws VitlabError unless both are absent or functions. */
export function checkLossAndMetrics(loss: unknown, metrics: unknown): void {
  if (loss !== undefined && typeof loss !== "function")
    throw new VitlabError(`loss is ${show(loss)}: give a function, (output, target) => a scalar`);
  if (metrics === undefined) return;
  if (typeof metrics !== "object" || metrics === null)
    throw new VitlabError(
      `metrics is ${show(metrics)}: give functions by name, { name: (output, target) => a number }`,
    );
  for (const [name, metric] of Object.entries(metrics))
    if (typeof metric !== "function")
      throw new VitlabError(`the metric ${name} is ${show(metric)}: give a function, (output, target) => a number`);
}

/** @throws VitlabError unless the loss is a scalar, which it returns. */
export function checkLoss(loss: Tensor): Scalar {
  if (loss instanceof tf.Tensor && loss.rank === 0) return loss as Scalar;
  const what = loss instanceof tf.Tensor ? showShape(loss.shape) : show(loss);
  throw new VitlabError(`the loss is ${what}: it must be a scalar; return its mean, tf.mean(loss)`);
}

/** @throws VitlabError unless a metric is a number, which it returns. */
export function metricValue(name: string, value: Tensor | number): number {
  if (typeof value === "number") return value;
  if (value instanceof tf.Tensor && value.rank === 0) return value.dataSync()[0] as number;
  const what = value instanceof tf.Tensor ? showShape(value.shape) : show(value);
  throw new VitlabError(`the metric ${name} is ${what}: it must be a number or a scalar; return its mean, tf.mean(…)`);
}

import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { checkNotDisposed } from "./check-not-disposed";
import { longMean, longSum } from "./matmul";
import { tf } from "./tf";

/** How `crossEntropy` reads its targets and what it returns. */
export interface CrossEntropyOptions {
  /** Share of each target spread evenly over all classes, from 0 to 1. Default 0. */
  labelSmoothing?: number;
  /** Mean over the batch, sum, or one loss an image. Default "mean". */
  reduction?: "mean" | "sum" | "none";
}

/**
 * Softmax cross-entropy, in nats: `-Σ t log softmax(z)`.
 *
 * Its gradient for the logits is `softmax(z) Σt - t`. Label smoothing replaces t by `(1 - s) t + s / classes`
 * (Szegedy et al., "Rethinking the Inception Architecture", 2016, section 7).
 *
 * @param logits `[batch, classes]`
 * @param targets class numbers `[batch]` (int32), or probabilities `[batch, classes]`
 * @throws VitlabError when the targets don't fit the logits.
 *
 * @example
 * ```ts
 * import { crossEntropy, tf } from "vitlab";
 *
 * // Of ten classes, none preferred: ln 10.
 * const logits = tf.zeros<tf.Rank.R2>([1, 10]);
 * const labels = tf.tensor1d([3], "int32");
 * console.log(crossEntropy(logits, labels).dataSync()[0].toFixed(4)); // 2.3026
 * // One number for each image, with a tenth of the certainty spread over all classes.
 * console.log(crossEntropy(logits, labels, { labelSmoothing: 0.1, reduction: "none" }).shape); // [ 1 ]
 * ```
 */
export function crossEntropy(
  logits: Tensor2D,
  targets: Tensor1D | Tensor2D,
  options: CrossEntropyOptions & { reduction: "none" },
): Tensor1D;
export function crossEntropy(
  logits: Tensor2D,
  targets: Tensor1D | Tensor2D,
  options?: CrossEntropyOptions & { reduction?: "mean" | "sum" },
): Scalar;
export function crossEntropy(
  logits: Tensor2D,
  targets: Tensor1D | Tensor2D,
  { labelSmoothing = 0, reduction = "mean" }: CrossEntropyOptions = {},
): Scalar | Tensor1D {
  checkNotDisposed("the logits", logits);
  checkNotDisposed("the targets", targets);
  return tf.tidy(() => {
    const losses = lossOfRows(logits, probabilities(logits, targets, labelSmoothing));
    if (reduction === "none") return losses;
    return reduction === "sum" ? longSum(losses) : longMean(losses);
  });
}

function lossOfRows(logits: Tensor2D, target: Tensor2D): Tensor1D {
  const operation = tf.customGrad((...args: unknown[]) => {
    const [z, save] = args as [Tensor2D, (tensors: Tensor[]) => void];
    const shifted = tf.sub(z, tf.max(z, -1, true));
    const logProbability = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
    save([logProbability, target]);
    return {
      value: tf.neg(tf.sum(tf.mul(target, logProbability), -1)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [logP, t] = saved as [Tensor2D, Tensor2D];
        const slope = tf.sub(tf.mul(tf.exp(logP), tf.sum(t, -1, true)), t);
        return tf.mul(slope, tf.expandDims(dy, -1));
      },
    };
  });
  return operation(logits) as Tensor1D;
}

function probabilities(logits: Tensor2D, targets: Tensor1D | Tensor2D, labelSmoothing: number): Tensor2D {
  const [batch, classes] = logits.shape;
  if (logits.rank !== 2)
    throw new VitlabError(`cross-entropy got logits ${showShape(logits.shape)}: expected [batch, classes]`);
  const wanted = targets.rank === 1 ? [batch] : [batch, classes];
  if (showShape(targets.shape) !== showShape(wanted))
    throw new VitlabError(
      `cross-entropy got logits ${showShape(logits.shape)} and targets ${showShape(targets.shape)}: ` +
        `expected class numbers [${batch}] or probabilities [${batch}, ${classes}]`,
    );
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new VitlabError(`label smoothing is ${labelSmoothing}: it must be from 0 to 1`);
  const hard = targets.rank === 1 ? oneHot(targets as Tensor1D, classes) : (targets as Tensor2D);
  if (labelSmoothing === 0) return hard;
  return tf.add(tf.mul(hard, 1 - labelSmoothing), labelSmoothing / classes) as Tensor2D;
}

function oneHot(labels: Tensor1D, classes: number): Tensor2D {
  // A one-hot row of a label that doesn't exist is zero, and so would be its loss.
  const strange = labels.dataSync().find((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (strange !== undefined)
    throw new VitlabError(
      `cross-entropy got the label ${strange}: with ${classes} classes labels run from 0 to ${classes - 1}`,
    );
  // On WebAssembly oneHot writes integers whatever type it is asked for, hence the cast.
  return tf.cast(tf.oneHot(tf.cast(labels, "int32"), classes), "float32") as Tensor2D;
}

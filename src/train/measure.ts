import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { nextTurn } from "../base/next-turn";
import { type AnyDataset, exampleBatches } from "../data/examples";
import { crossEntropy } from "../tensor/cross-entropy";
import { type Precision, withPrecision } from "../tensor/precision";
import { tf } from "../tensor/tf";
import { checkLoss, classRows, type LossFunction, type Metric, metricValue } from "./loss";
import type { Compute } from "./stretch";
import { configOf, outputOf, type Trainable } from "./trainable";

/** How a data set is measured. */
export interface MeasureOptions {
  batchSize: number;
  /** Null for cross-entropy, which also counts right choices. */
  loss?: LossFunction | null;
  metrics?: Readonly<Record<string, Metric>>;
  /** Default "float32". */
  precision?: Precision;
  /** Asked after each batch. */
  stopped?: () => boolean;
  /** Runs what a batch computes. */
  compute?: Compute;
}

/** What a model makes of a whole data set. */
export interface Measurement {
  /** Mean over all examples: of cross-entropy in nats. */
  loss: number;
  /** Share of choices that are right, from 0 to 1; null with a loss of one's own. */
  accuracy: number | null;
  /** Means over all examples. */
  metrics: Record<string, number>;
  /** The class that the model gives each example, where it gives one to each. */
  predicted: Int32Array | null;
}

/** What a batch adds: sums over its examples. */
interface BatchSums {
  loss: number;
  /** Choices, and how many are right. */
  choices: number;
  right: number;
  predicted: ArrayLike<number> | null;
  metrics: Record<string, number>;
}

/**
 * Runs a model over a data set without dropout, a batch at a time, giving way to the event loop after each.
 *
 * @returns null when `stopped` said so in between
 */
export async function measure(
  model: Trainable,
  dataset: AnyDataset,
  {
    batchSize,
    loss = null,
    metrics = {},
    precision = "float32",
    stopped = () => false,
    compute = (part) => part(),
  }: MeasureOptions,
): Promise<Measurement | null> {
  const order = { batchSize, shuffle: false, normalize: configOf(model)?.normalize };
  // A matrix of all pairs of classes would take more memory than the images where classes are many.
  let predicted: Int32Array | null = new Int32Array(dataset.length);
  const sums = { loss: 0, choices: 0, right: 0 };
  const metricSums: Record<string, number> = Object.fromEntries(Object.keys(metrics).map((name) => [name, 0]));
  for (const { input, target, indices, count } of exampleBatches(dataset, order)) {
    try {
      const answer = () => withPrecision(precision, () => outputOf(model, input));
      const measured = () => measureBatch(answer(), target, count, loss, metrics);
      const batch = compute(() => tf.tidy(() => measured() as never) as BatchSums);
      for (const key of ["loss", "choices", "right"] as const) sums[key] += batch[key];
      for (const name of Object.keys(metrics))
        metricSums[name] = (metricSums[name] as number) + (batch.metrics[name] as number);
      const named = batch.predicted;
      if (named?.length !== count) predicted = null;
      else for (let i = 0; i < count; i++) if (predicted) predicted[indices[i] as number] = named[i] as number;
    } finally {
      tf.dispose([input, target]);
    }
    await nextTurn();
    if (stopped()) return null;
  }
  const count = dataset.length;
  return {
    loss: sums.loss / count,
    accuracy: loss ? null : sums.right / sums.choices,
    metrics: Object.fromEntries(Object.entries(metricSums).map(([name, sum]) => [name, sum / count])),
    predicted,
  };
}

function measureBatch(
  output: Tensor,
  target: Tensor,
  count: number,
  ownLoss: LossFunction | null,
  metrics: Readonly<Record<string, Metric>>,
): BatchSums {
  const told = Object.entries(metrics).map(([name, metric]) => [
    name,
    count * metricValue(name, metric(output, target)),
  ]);
  const sums = { metrics: Object.fromEntries(told) as Record<string, number> };
  if (ownLoss) {
    const loss = checkLoss(ownLoss(output, target)).dataSync()[0] as number;
    return { ...sums, loss: count * loss, choices: 0, right: 0, predicted: null };
  }
  const { logits, targets } = classRows(output, target);
  const losses = crossEntropy(logits, targets, { reduction: "none" }).dataSync();
  const chosen = tf.argMax(logits, 1) as Tensor1D;
  const predicted = chosen.dataSync();
  const wanted = (targets.rank === 1 ? targets : tf.argMax(targets, 1)).dataSync();
  let loss = 0;
  let right = 0;
  for (let i = 0; i < losses.length; i++) {
    loss += losses[i] as number;
    if (predicted[i] === wanted[i]) right++;
  }
  // Where an example is many choices, as the letters of a text are, it counts as their mean.
  return { ...sums, loss: (loss * count) / losses.length, choices: losses.length, right, predicted };
}

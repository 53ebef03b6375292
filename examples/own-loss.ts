// A loss, a metric and a callback of one's own: each class against all others, as in multi-label learning.

import { evaluate, fit, presets, shapes, splitDataset, type TrainingEvent, tf, ViT } from "vitlab";

const data = splitDataset(shapes({ count: 400, seed: 1 }), { validation: 0.2 });

/** The sigmoid cross-entropy of every class by itself, a mean over the batch. */
const eachAgainstAll = (scores: tf.Tensor2D, labels: tf.Tensor1D) =>
  tf.tidy(() => {
    const wanted = tf.cast(tf.oneHot(labels, scores.shape[1]), "float32");
    return tf.losses.sigmoidCrossEntropy(wanted, scores) as tf.Scalar;
  });

/** Share of images whose class is among the three with the best scores. */
const topThree = (scores: tf.Tensor2D, labels: tf.Tensor1D) =>
  tf.tidy(() => {
    const found = tf.any(tf.equal(tf.topk(scores, 3).indices, tf.expandDims(labels, 1)), 1);
    return tf.mean(tf.cast(found, "float32")) as tf.Scalar;
  });

/** Trains until the metric has not become better for two epochs; returns what was seen on the way as well. */
export async function main() {
  const model = new ViT(presets.tiny, { seed: 1 });
  const seen: string[] = [];
  const note = (event: TrainingEvent) => {
    if (event.type === "epoch")
      seen.push(`epoch ${event.epoch}: ${event.metrics?.topThree?.toFixed(2)} in the top three`);
  };
  const own = { loss: eachAgainstAll, metrics: { topThree } };
  const earlyStopping = { patience: 2, monitor: "topThree", mode: "max" } as const;
  const result = await fit(model, { ...data, ...own, epochs: 4, callbacks: note, earlyStopping });
  return { result, seen, measured: await evaluate(model, data.validation, own) };
}

import type { Tensor1D } from "@tensorflow/tfjs";
import { batches } from "../data/batches";
import type { ImageDataset } from "../data/dataset";
import { crossEntropy } from "../tensor/cross-entropy";
import { tf } from "../tensor/tf";
import type { ViT } from "../vit/model";
import { nextTurn } from "./next-turn";
import type { Compute } from "./stretch";

/** What a model makes of a whole data set. */
export interface Measurement {
  /** Mean cross-entropy over all images, in nats. */
  loss: number;
  /** The class of each image, and the class that the model gives it. */
  labels: Int32Array;
  predicted: Int32Array;
}

/**
 * Runs a model over a data set without dropout, a batch at a time, giving way to the event loop after each.
 *
 * @param compute runs what a batch computes
 * @returns null when `stopped` said so in between
 */
export async function measure(
  model: ViT,
  dataset: ImageDataset,
  batchSize: number,
  stopped: () => boolean = () => false,
  compute: Compute = (part) => part(),
): Promise<Measurement | null> {
  // A matrix of all pairs of classes would take more memory than the images where classes are many.
  const labels = Int32Array.from(dataset.labels);
  const predicted = new Int32Array(dataset.length);
  let lossSum = 0;
  for (const { images, labels: targets, indices } of batches(dataset, {
    batchSize,
    shuffle: false,
    normalize: model.config.normalize,
  })) {
    try {
      const [losses, named] = compute(() =>
        tf.tidy(() => {
          const logits = model.forward(images);
          return [
            crossEntropy(logits, targets, { reduction: "none" }).dataSync(),
            (tf.argMax(logits, 1) as Tensor1D).dataSync(),
          ];
        }),
      );
      indices.forEach((index, i) => {
        lossSum += losses[i] as number;
        predicted[index] = named[i] as number;
      });
    } finally {
      tf.dispose([images, targets]);
    }
    await nextTurn();
    if (stopped()) return null;
  }
  return { loss: lossSum / dataset.length, labels, predicted };
}

/** Share of images that the model names rightly. */
export function accuracyOf({ labels, predicted }: Pick<Measurement, "labels" | "predicted">): number {
  return labels.reduce((sum, label, i) => sum + (label === predicted[i] ? 1 : 0), 0) / labels.length;
}

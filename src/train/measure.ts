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
  /** Count of images. */
  count: number;
  /** `confusion[label][predicted]`, in images. */
  confusion: number[][];
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
  const { classes } = model.config;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let lossSum = 0;
  for (const { images, labels, indices } of batches(dataset, {
    batchSize,
    shuffle: false,
    normalise: model.config.normalise,
  })) {
    try {
      const [losses, predicted] = compute(() =>
        tf.tidy(() => {
          const logits = model.forward(images);
          return [
            crossEntropy(logits, labels, { reduction: "none" }).dataSync(),
            (tf.argMax(logits, 1) as Tensor1D).dataSync(),
          ];
        }),
      );
      indices.forEach((index, i) => {
        lossSum += losses[i] as number;
        const row = confusion[dataset.labels[index] as number] as number[];
        row[predicted[i] as number] = (row[predicted[i] as number] as number) + 1;
      });
    } finally {
      tf.dispose([images, labels]);
    }
    await nextTurn();
    if (stopped()) return null;
  }
  return { loss: lossSum / dataset.length, count: dataset.length, confusion };
}

/** Share of images on the diagonal of a confusion matrix. */
export function accuracyOf({ confusion, count }: Pick<Measurement, "confusion" | "count">): number {
  return confusion.reduce((sum, row, label) => sum + (row[label] as number), 0) / count;
}

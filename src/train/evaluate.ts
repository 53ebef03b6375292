import type { ImageDataset } from "../data/dataset";
import { checkOptions } from "../tensor/check-options";
import type { ViT } from "../vit/model";
import { checkWhole } from "./check";
import { checkIsDataset, checkModel } from "./check-arguments";
import { checkDataset } from "./check-dataset";
import { accuracyOf, measure } from "./measure";

/** How `evaluate` runs. */
export interface EvaluateOptions {
  /** Images at a time; changes the numbers by rounding only. Default 100. */
  batchSize?: number;
  /** Stops between two batches. */
  signal?: AbortSignal;
}

/** How a model does on one class. */
export interface ClassResult {
  className: string;
  /** Images of this class. */
  count: number;
  /** Share of them that the model names rightly, from 0 to 1; NaN where there are none. */
  accuracy: number;
}

/** How a model does on a data set. */
export interface Evaluation {
  /** Mean cross-entropy over all images, in nats. */
  loss: number;
  /** Share of images that the model names rightly, from 0 to 1. */
  accuracy: number;
  /** Count of images. */
  count: number;
  /** `confusion[label][predicted]`, in images. */
  confusion: number[][];
  perClass: ClassResult[];
}

/**
 * Measures a model on a data set, without dropout.
 *
 * @throws VitlabError when the data set is empty or doesn't fit the model, or batchSize is not a whole number from 1.
 */
export async function evaluate(model: ViT, dataset: ImageDataset, options: EvaluateOptions = {}): Promise<Evaluation> {
  checkModel("evaluate", model);
  checkIsDataset("the data set of evaluate", dataset, 'evaluate(model, await cifar10({ split: "test" }))');
  checkOptions("evaluate", options, ["batchSize", "signal"]);
  const { batchSize = 100, signal } = options;
  checkWhole("batchSize", batchSize);
  checkDataset(dataset, model.config);
  signal?.throwIfAborted();
  const measured = await measure(model, dataset, batchSize, () => signal?.aborted ?? false);
  if (!measured) throw signal?.reason;
  const { loss, count, confusion } = measured;
  return {
    loss,
    accuracy: accuracyOf(measured),
    count,
    confusion,
    perClass: confusion.map((row, label) => {
      const images = row.reduce((sum, n) => sum + n, 0);
      return {
        className: dataset.classNames[label] ?? `class ${label}`,
        count: images,
        accuracy: (row[label] as number) / images,
      };
    }),
  };
}

import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { nextTurn } from "../base/next-turn";
import { batches } from "../data/batches";
import type { ImageDataset } from "../data/dataset";
import { dataOf } from "../tensor/data-of";
import { tf } from "../tensor/tf";
import { ViT } from "../vit/model";
import { checkIsDataset, checkModel } from "./check-arguments";
import { checkDataset } from "./check-dataset";
import { featureRows } from "./feature-rows";
import {
  type Features,
  LINEAR_CLASSIFIER_OPTIONS,
  type LinearClassifierOptions,
  measureLinear,
  trainLinear,
} from "./linear-classifier";

/** What `linearProbe` takes. */
export interface LinearProbeOptions extends LinearClassifierOptions {
  /** Images to learn from. */
  train: ImageDataset;
  /** Images held out, measured at the end. */
  validation?: ImageDataset;
}

/** What came of a linear probe. */
export interface LinearProbeResult {
  /** Mean over the training images, of each epoch, in nats. */
  trainLosses: number[];
  /** Null where there are no validation images. */
  validationLoss: number | null;
  /** Share named rightly, from 0 to 1. */
  validationAccuracy: number | null;
  /** Wall-clock time, the run of the encoder included. */
  seconds: number;
}

/**
 * Trains the head of a model alone, on features of its encoder that are computed once: how much the encoder knows already of
 * the classes (Alain and Bengio, "Understanding intermediate layers using linear classifier probes", 2016).
 *
 * A thousand epochs cost about as much as one of fine-tuning. Images are not augmented, as that would change the features.
 *
 * @throws VitlabError when an option is out of range or the data don't fit the model.
 *
 * @example
 * ```ts
 * import { linearProbe, loadModel, shapes, withNewHead } from "vitlab";
 *
 * // A new head alone, on features that are computed once: 60 drawings are enough.
 * const { model } = await loadModel("vit-shapes");
 * const [train, validation] = [shapes({ count: 60 }), shapes({ count: 20, split: "validation" })];
 * const { validationAccuracy } = await linearProbe(withNewHead(model, 10), { train, validation, epochs: 30 });
 * console.log(Number(validationAccuracy) > 0.7); // true
 * ```
 */
export async function linearProbe(model: ViT, options: LinearProbeOptions): Promise<LinearProbeResult> {
  checkModel("linearProbe", model);
  if (!(model instanceof ViT))
    throw new VitlabError(`linearProbe trains the head of a ViT, and got ${show(model)}: give a ViT`);
  checkOptions("linearProbe", options, { train: true, validation: true, ...LINEAR_CLASSIFIER_OPTIONS });
  const { train, validation, ...linear } = options;
  const example = "linearProbe(model, { train: await cifar10() })";
  for (const [name, dataset] of Object.entries({ train, ...(validation && { validation }) })) {
    checkIsDataset(name, dataset, example);
    checkDataset(dataset, model, false);
  }
  const start = performance.now();
  const trainLosses = await trainLinear(model.head, await encodeAll(model, train, options.signal), {
    epochs: 100,
    ...linear,
  });
  const held = validation
    ? await measureLinear(model.head, await encodeAll(model, validation, options.signal))
    : { loss: null, accuracy: null };
  const seconds = (performance.now() - start) / 1000;
  return { trainLosses, validationLoss: held.loss, validationAccuracy: held.accuracy, seconds };
}

/** What the head reads of every image of a data set, outside the engine. */
async function encodeAll(model: ViT, dataset: ImageDataset, signal?: AbortSignal): Promise<Features> {
  const { dim, normalize } = model.config;
  const all = new Float32Array(dataset.length * dim);
  for (const { step, images, labels } of batches(dataset, { batchSize: ENCODED_IMAGES, shuffle: false, normalize })) {
    try {
      const encoded = dataOf(() => model.features(images));
      all.set(encoded, step * ENCODED_IMAGES * dim);
    } finally {
      tf.dispose([images, labels]);
    }
    await nextTurn(signal);
  }
  return featureRows(all, dataset.labels);
}

const ENCODED_IMAGES = 100;

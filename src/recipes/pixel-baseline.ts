import type { Tensor2D } from "@tensorflow/tfjs-core";
import { Random } from "../base/random";
import type { ImageDataset } from "../data/dataset";
import { datasetToTensor } from "../data/to-tensor";
import { Linear } from "../nn/linear";
import { tf } from "../tensor/tf";
import { type Features, measureLinear, trainLinear } from "../train/linear-classifier";
import type { RecipeData } from "./recipe-data";

/** Share of test images that a linear classifier on pixels names rightly, and what its training took. */
export interface PixelBaseline {
  epochs: number;
  testAccuracy: number;
  validationAccuracy: number;
  seconds: number;
}

/** Trains softmax regression on the pixels of images: what needs no Transformer at all. */
export async function pixelBaseline(
  { train, validation, test }: RecipeData,
  { epochs = 10, signal }: { epochs?: number; signal?: AbortSignal } = {},
): Promise<PixelBaseline> {
  const start = performance.now();
  const { height, width, channels, classNames } = train;
  const layer = new Linear(height * width * channels, classNames.length, { random: new Random(0) });
  try {
    await trainLinear(layer, pixelsOf(train), { epochs, learningRate: 3e-4, signal });
    signal?.throwIfAborted();
    const { accuracy: validationAccuracy } = await measureLinear(layer, pixelsOf(validation));
    const { accuracy: testAccuracy } = await measureLinear(layer, pixelsOf(test));
    return { epochs, testAccuracy, validationAccuracy, seconds: (performance.now() - start) / 1000 };
  } finally {
    layer.dispose();
  }
}

function pixelsOf(dataset: ImageDataset): Features {
  const rows = (indices: Uint32Array) =>
    tf.tidy(() => tf.reshape(datasetToTensor(dataset, { indices }), [indices.length, -1]) as Tensor2D);
  return { length: dataset.length, labels: dataset.labels, rows };
}

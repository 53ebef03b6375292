// A training loop of one's own: Muon's steps without `fit`.

import { batches, crossEntropy, muon, pickClasses, presets, Random, shapes, tf, ViT, valueAndGradients } from "vitlab";

/** Trains a small model for some epochs and returns the mean loss of each. */
export function main(epochs = 8): number[] {
  // Of the first version, whose drawings are all upright: few images are enough to learn two of them.
  const images = pickClasses(shapes({ count: 600, seed: 1, version: 1 }), ["airplane", "frog"]);
  const model = new ViT({ ...presets.tiny, classes: 2 }, { seed: 1 });
  const optimizer = muon({ learningRate: 2e-3 });
  const random = new Random(1);
  const losses: number[] = [];

  for (let epoch = 0; epoch < epochs; epoch++) {
    const all: number[] = [];
    for (const { images: x, labels } of batches(images, { batchSize: 25, seed: 1, epoch })) {
      const step = valueAndGradients(model, () => crossEntropy(model.forward(x, { training: true, random }), labels));
      optimizer.step(model, step.gradients);
      all.push(step.value.dataSync()[0] as number);
      tf.dispose([step.value, step.gradients, x, labels]);
    }
    losses.push(all.reduce((sum, loss) => sum + loss) / all.length);
  }
  optimizer.dispose();
  model.dispose();
  return losses;
}

// A training watched: snapshots of each second epoch, and what the model loses without each of its heads and blocks, over time.
// What changed from the first snapshot to the last is also put side by side.

import { ablate, compareModels, datasetToTensor, difference, fit, movie, presets, shapes, ViT } from "vitlab";

const train = shapes({ count: 400, seed: 1 });
const test = shapes({ count: 12, seed: 2, split: "test" });

/** Trains with snapshots in `dir`, and returns what was asked of each. */
export async function main(dir: string) {
  const model = new ViT({ ...presets.tiny, depth: 2, dropout: 0 });
  const run = fit(model, { train, epochs: 6, batchSize: 32, snapshots: { dir, every: 2 } });
  await run;

  const images = datasetToTensor(test, { normalize: model.config.normalize });
  const labels = [...test.labels];
  /** How much the right class's logit drops without each head: of whatever model. */
  const withoutHeads = (each: ViT) => ablate(each, images, { what: "heads", with: "mean", class: labels });
  const heads = await movie(run, withoutHeads);
  const blocks = await movie(run, (each) => ablate(each, images, { what: "blocks", with: "zero", class: labels }));

  const untrained = new ViT(model.config);
  const both = compareModels({ untrained, trained: model }, withoutHeads);
  const learnt = difference(withoutHeads(model), withoutHeads(untrained));
  for (const each of [model, untrained, images]) each.dispose();
  return { heads, blocks, both, learnt };
}

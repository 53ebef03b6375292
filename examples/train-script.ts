// A training as a project runs it, on a folder of photographs, one sub-folder a class: stopped by Ctrl-C it goes on next time.

import * as vitlab from "vitlab";

/** Trains on the photographs and measures; leaves the run and the model, as the server opens it, below `out`. */
export async function main(photos: string, out: string, epochs = 30) {
  await vitlab.useEngine();
  // Resized as by the image processor that is saved with the model.
  const all = await vitlab.imageFolder(photos, { size: 32, resize: "bilinear", broken: "skip" });
  console.log(vitlab.describeDataset(all), vitlab.describeSkipped(all));
  const { train: rest, validation: test } = vitlab.splitDataset(all, { validation: 0.15, seed: 1 });
  const { train, validation } = vitlab.splitDataset(rest, { validation: 0.15, seed: 2 });

  const { classNames } = all;
  const run = vitlab.fit(new vitlab.ViT({ ...vitlab.presets.tiny, classes: classNames.length }), {
    train,
    validation,
    epochs,
    optimizer: vitlab.adamW({ learningRate: 1e-3, weightDecay: 0.05 }),
    schedule: vitlab.warmupCosine({ warmupSteps: 10 }),
    augment: vitlab.augment({ flip: true, shift: 4 }),
    checkpoint: { dir: `${out}/run`, resume: true, best: true },
  });
  process.once("SIGINT", () => run.stop());
  console.log(await run.plan);
  for await (const event of run)
    if (event.type === "epoch") console.log(`epoch ${event.epoch}: loss ${event.validationLoss?.toFixed(3)}`);
  if ((await run).reason !== "finished") return;

  const { model } = await vitlab.loadModel(`${out}/run`); // of the best epoch, not the last
  const { accuracy } = await vitlab.evaluate(model, test);
  console.log(`${(100 * accuracy).toFixed(1)} % of ${test.length} photographs named rightly that it never saw`);
  await vitlab.saveViT(model, `${out}/model`, { classNames });

  const vit = await vitlab.loadModel(`${out}/model`);
  const { answer } = await vitlab.photoAttention(vit, await vitlab.readImage(`${photos}/${all.files[0]}`));
  console.log(`${all.files[0]}: ${answer?.className}, ${answer?.probability.toFixed(2)}`);
}

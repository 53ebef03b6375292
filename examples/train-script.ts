// A training as a project runs it, on a folder of photographs, one sub-folder a class: stopped by Ctrl-C it goes on next time.

import * as data from "vitlab/data";
import { photoAttention, saveViT } from "vitlab/hub";
import { loadModel } from "vitlab/recipes";
import { useEngine } from "vitlab/tensor";
import { adamW, evaluate, fit, warmupCosine } from "vitlab/train";
import { presets, ViT } from "vitlab/vit";

/** Trains on the photographs and measures; leaves the run and the model, as the server opens it, below `out`. */
export async function main(photos: string, out: string, epochs = 30) {
  await useEngine();
  // Resized as by the image processor that is saved with the model.
  const all = await data.imageFolder(photos, { size: 32, resize: "bilinear", broken: "skip" });
  console.log(data.describeDataset(all), data.describeSkipped(all));
  const { train: rest, validation: test } = data.splitDataset(all, { validation: 0.15, seed: 1 });
  const { train, validation } = data.splitDataset(rest, { validation: 0.15, seed: 2 });

  const run = fit(new ViT({ ...presets.tiny, classes: all.classNames.length }), {
    train,
    validation,
    epochs,
    optimizer: adamW({ learningRate: 1e-3, weightDecay: 0.05 }),
    schedule: warmupCosine({ warmupSteps: 10 }),
    augment: data.augment({ flip: true, shift: 4 }),
    checkpoint: { dir: `${out}/run`, resume: true, best: true },
  });
  process.once("SIGINT", () => run.stop());
  console.log(await run.plan);
  for await (const event of run)
    if (event.type === "epoch") console.log(`epoch ${event.epoch}: loss ${event.validationLoss?.toFixed(3)}`);
  if ((await run).reason !== "finished") return;
  const { model } = await loadModel(`${out}/run`); // of the best epoch, not the last
  const { accuracy } = await evaluate(model, test);
  console.log(`${(100 * accuracy).toFixed(1)} % of ${test.length} photographs named rightly that it never saw`);
  await saveViT(model, `${out}/model`, { classNames: all.classNames });
  const vit = await loadModel(`${out}/model`);
  const { answer } = await photoAttention(vit, await data.readImage(`${photos}/${all.files[0]}`));
  console.log(`${all.files[0]}: ${answer?.className}, ${answer?.probability.toFixed(2)}`);
}

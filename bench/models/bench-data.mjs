import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../../setup/paths.mjs";
import { quantile } from "./statistics.mjs";

const batchSize = 64;
const rounds = 30;

/**
 * How much of a training step is spent on its data: picking, augmenting and normalizing the images of a batch and handing
 * them to the engine, beside the whole step. More than that share no overlap could save.
 */
export async function benchData() {
  const { ViT, adamW, augment, batches, fit, shapes, tf, useEngine } = createRequire(import.meta.url)(
    join(root, "dist"),
  );
  await useEngine("native", { quiet: true });
  const train = await shapes({ count: batchSize * rounds, seed: 1 });
  const config = { imageSize: 32, patchSize: 4, dim: 128, depth: 6, heads: 4, mlpDim: 256, classes: 10 };
  const ways = {
    "as they are": undefined,
    "flip and shift": augment({ flip: true, shift: 4 }),
    "all augmentations": augment({ flip: true, shift: 4, trivial: 0.5, erase: 0.5 }),
  };
  console.log(`| images of a batch of ${batchSize} | data, ms | whole step, ms | share |\n| --- | --: | --: | --: |`);
  for (const [name, augmentation] of Object.entries(ways)) {
    const data = [];
    let last = performance.now();
    for (const { images, labels } of batches(train, { batchSize, augment: augmentation })) {
      data.push(performance.now() - last);
      tf.dispose([images, labels]);
      last = performance.now();
    }
    const model = new ViT(config);
    const steps = [];
    const options = { train, epochs: 1, batchSize, augment: augmentation, optimizer: adamW(), timing: false };
    for await (const event of fit(model, options)) if (event.type === "step") steps.push(1000 * event.seconds);
    model.dispose();
    const [a, b] = [quantile(data, 0.5), quantile(steps, 0.5)];
    console.log(`| ${name} | ${a.toFixed(2)} | ${b.toFixed(1)} | ${((100 * a) / b).toFixed(1)} % |`);
  }
}

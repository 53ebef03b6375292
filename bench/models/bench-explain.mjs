import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../../setup/paths.mjs";
import { quantile } from "./statistics.mjs";

const rounds = 15;

/** How long each way of looking into vit-cifar10 takes with one image, beside a plain forward pass. */
export async function benchExplain(args) {
  const vitlab = createRequire(import.meta.url)(join(root, "dist"));
  const { datasetToTensor, loadModel, shapes, tf, useEngine } = vitlab;
  await useEngine(args[0] ?? "native", { quiet: true });
  const { model } = await loadModel("vit-cifar10");
  const image = datasetToTensor(shapes({ split: "test", count: 1 }), { normalize: model.config.normalize });
  const ways = {
    "forward pass": () => tf.tidy(() => model.forward(image).dataSync()),
    attentionMap: () => vitlab.attentionMap(model, image),
    weightedAttention: () => vitlab.weightedAttention(model, image),
    attentionRollout: () => vitlab.attentionRollout(model, image),
    gradientAttention: () => vitlab.gradientAttention(model, image),
    relevance: () => vitlab.relevance(model, image),
    attentionDistance: () => vitlab.attentionDistance(model, image),
    attentionEntropy: () => vitlab.attentionEntropy(model, image),
    patchSimilarity: () => vitlab.patchSimilarity(model, image, { query: 27 }),
    tokenComponents: () => vitlab.tokenComponents(model, image),
    positionSimilarity: () => vitlab.positionSimilarity(model),
    embeddingFilters: () => vitlab.embeddingFilters(model, { components: 28 }),
    residualNorms: () => vitlab.residualNorms(model, image),
    logitLens: () => vitlab.logitLens(model, image),
    directLogitAttribution: () => vitlab.directLogitAttribution(model, image),
    occlusion: () => vitlab.occlusion(model, image),
  };
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, run] of Object.entries(ways)) {
      const start = performance.now();
      run();
      times[name].push(performance.now() - start);
    }
  console.log("| one image of vit-cifar10 | median, ms | slowest, ms |\n| --- | --: | --: |");
  for (const [name, all] of Object.entries(times)) {
    // The first round loads what the others have.
    const warm = all.slice(1);
    console.log(`| ${name} | ${quantile(warm, 0.5).toFixed(1)} | ${Math.max(...warm).toFixed(1)} |`);
  }
}

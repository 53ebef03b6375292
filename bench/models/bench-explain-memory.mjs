import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../setup/paths.mjs";

const script = fileURLToPath(import.meta.url);

/** What is done with one image by ViT-B/16 at 224, each in a process of its own that loads random weights. */
const ways = {
  "forward pass": (_, tf, model, image) => tf.tidy(() => model.forward(image).dataSync()),
  attentionRollout: ({ attentionRollout }, _, model, image) => attentionRollout(model, image),
  relevance: ({ relevance }, _, model, image) => relevance(model, image),
};

/** How much memory looking inside takes at its peak, weights included, beside a plain forward pass. */
export async function benchExplainMemory() {
  const folder = mkdtempSync(join(tmpdir(), "vitlab-bench-"));
  const peaks = [];
  try {
    await saveModel(join(folder, "model"));
    for (const name of Object.keys(ways)) {
      const told = execFileSync(process.execPath, [script, name, join(folder, "model")], { encoding: "utf8" });
      peaks.push([name, Number(told.trim().split("\n").at(-1))]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const plain = peaks[0][1];
  console.log("| one image, ViT-B/16 at 224 | peak, MiB | of a forward pass |\n| --- | --: | --: |");
  for (const [name, peak] of peaks)
    console.log(`| ${name} | ${(peak / 1024).toFixed(0)} | ${(peak / plain).toFixed(2)} |`);
}

async function saveModel(folder) {
  const { presets, saveViT, ViT } = vitlab();
  const model = new ViT(presets.vitBase16);
  await saveViT(model, folder);
  model.dispose();
}

/** Runs one of the ways and prints the largest resident memory that the process had, in KiB. */
async function measure(name, folder) {
  const { loadViT, tf, useEngine } = vitlab();
  await useEngine("native", { quiet: true });
  const { model } = await loadViT(folder);
  const image = tf.randomNormal([1, 224, 224, 3], 0, 1, "float32", 1);
  ways[name](vitlab(), tf, model, image);
  console.log(process.resourceUsage().maxRSS);
}

function vitlab() {
  return createRequire(import.meta.url)(join(root, "dist"));
}

if (process.argv[1] === script) await measure(...process.argv.slice(2));

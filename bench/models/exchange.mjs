// What all competitors of one measurement work on, in one safetensors file: node exchange.mjs DIST FILE JSON

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

// The weights vitlab starts with, under their names in vitlab; `input.images` [batch, height, width, channels], bytes as
// floats; `input.labels` [batch].
const [dist, file, json] = process.argv.slice(2);
const { config, batch } = JSON.parse(json);
const require = createRequire(import.meta.url);
const { ViT, Random, useEngine } = require(dist);
const { encodeSafetensors } = require(join(dist, "base", "node", "safetensors-writer.js"));

await useEngine("cpu", { quiet: true });
const model = new ViT(config, { seed: 1 });
const { imageSize, channels, classes } = model.config;
const [height, width] = Array.isArray(imageSize) ? imageSize : [imageSize, imageSize];
const random = new Random(2);
const draw = (length, below) => Float32Array.from({ length }, () => random.integer(below));
const tensors = {
  ...model.stateDict(),
  "input.images": { shape: [batch, height, width, channels], data: draw(batch * height * width * channels, 256) },
  "input.labels": { shape: [batch], data: draw(batch, classes) },
};
writeFileSync(file, "");
for (const piece of encodeSafetensors(tensors)) writeFileSync(file, piece, { flag: "a" });

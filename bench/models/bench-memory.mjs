import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../../setup/paths.mjs";
import { SetupError } from "../../setup/setup-error.mjs";

const usage = "npm run bench -- memory [--engine native|wasm] [--steps N]";

/**
 * Trains a small model for many steps and prints the process's memory as it goes, and its slope after the first hundred
 * steps; ends with exit code 1 where the number of tensors changes from one step to another.
 */
export async function benchMemory(args) {
  const { engine, steps } = memoryArguments(args);
  const { ViT, adamW, augment, fit, shapes, tf, useEngine } = createRequire(import.meta.url)(join(root, "dist"));
  console.log((await useEngine(engine, { quiet: true })).engine);
  const config = { imageSize: 32, patchSize: 4, dim: 64, depth: 4, heads: 4, mlpDim: 128, classes: 10, dropout: 0.1 };
  const model = new ViT(config);
  const batchSize = 32;
  const train = await shapes({ count: batchSize * 100, seed: 1 });
  const run = fit(model, {
    train,
    epochs: Math.ceil(steps / 100),
    batchSize,
    augment: augment({ flip: true, shift: 4 }),
    optimizer: adamW(),
    labelSmoothing: 0.1,
    clipNorm: 1,
    timing: false,
  });
  const tensors = new Set();
  const points = [];
  for await (const event of run) {
    if (event.type !== "step") continue;
    tensors.add(tf.memory().numTensors);
    if (event.update % 20 === 0) points.push([event.update, memoryNow()]);
    if (event.update % 200 === 0)
      console.log(`step ${event.update}: ${megabytes(points.at(-1)[1])}, ${[...tensors]} tensors`);
    if (event.update >= steps) run.stop();
  }
  const later = points.filter(([update]) => update > 100);
  const slope = slopeOf(later) * 1000;
  console.log(
    `slope after step 100: ${(slope / 2 ** 20).toFixed(2)} MiB in 1,000 steps, around ${megabytes(later[0][1])}`,
  );
  console.log(
    JSON.stringify({ engine, steps, bytesPer1000Steps: Math.round(slope), first: later[0][1], last: later.at(-1)[1] }),
  );
  if (tensors.size > 1) throw new SetupError(`the number of tensors changed between steps: ${[...tensors].join(", ")}`);
}

/** Resident memory, after a collection where Node was started with --expose-gc. */
function memoryNow() {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

function megabytes(bytes) {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** Of the straight line with the least squares. */
function slopeOf(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const over = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0);
  return over / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
}

function memoryArguments(args) {
  try {
    const options = { engine: { type: "string", default: "native" }, steps: { type: "string", default: "2000" } };
    const { values } = parseArgs({ args, options });
    const steps = Number(values.steps);
    if (!["native", "wasm"].includes(values.engine) || !(steps >= 300)) throw new Error("an option is out of range");
    return { engine: values.engine, steps };
  } catch (error) {
    throw new SetupError(`${error.message.split(". ")[0]}; usage: ${usage}, with N of 300 or more`);
  }
}

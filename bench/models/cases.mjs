import { SetupError } from "../../setup/setup-error.mjs";

/**
 * The models that are measured, by name: config, learning rate, and the measurements, each `{ mode, batch }`.
 *
 * Dropout has no part in inference, so that only one of two models that differ in it measures that.
 */
export function modelCases(presets) {
  const image = { imageSize: 32, patchSize: 4, classes: 10, layerNormEps: 1e-6 };
  const small = { ...image, dim: 128, depth: 6, heads: 4, mlpDim: 256 };
  const wide = { ...image, dim: 192, depth: 9, heads: 3, mlpDim: 768 };
  const training = { mode: "train", batch: 64 };
  const inference = [1, 64].map((batch) => ({ mode: "infer", batch }));
  const both = [training, ...inference];
  return {
    article: { config: presets.articleSimpleViT, measurements: both },
    "article-no-dropout": { config: withoutDropout(presets.articleSimpleViT), measurements: [training] },
    small: { config: { ...small, dropout: 0.1 }, measurements: both },
    "small-no-dropout": { config: small, measurements: [training] },
    wide: { config: { ...wide, dropout: 0.1 }, measurements: both },
    "wide-no-dropout": { config: wide, measurements: [training] },
    vitBase16: {
      config: presets.vitBase16,
      // Stock operations keep about 0.5 GiB of activations an image, beside 1.4 GiB of weights, gradients and moments.
      measurements: [{ mode: "train", batch: 4 }, ...inference],
      learningRate: 1e-5,
    },
  };
}

/** The same config with nothing dropped. */
export function withoutDropout(config) {
  return { ...config, dropout: 0, attentionDropout: 0, embeddingDropout: 0 };
}

/**
 * What is measured, one after the other: `{ name, config, learningRate, mode, batch }`.
 *
 * Learning rates are low, so that the loss is seen to fall in a few steps of anything.
 *
 * @throws SetupError when a name or a mode is not known.
 */
export function measurementsOf(cases, names, modes) {
  const unknown = names.find((name) => !Object.hasOwn(cases, name));
  if (unknown !== undefined)
    throw new SetupError(`there is no model "${unknown}" to measure: name one of ${Object.keys(cases).join(", ")}`);
  return (names.length > 0 ? names : Object.keys(cases)).flatMap((name) => {
    const { config, measurements, learningRate = 1e-4 } = cases[name];
    return measurements
      .filter(({ mode }) => modes.includes(mode))
      .map((measurement) => ({ name, config, learningRate, ...measurement }));
  });
}

/** Sides of the images and batch sizes over which the cost of one model is drawn. */
export const scalingSides = [32, 48, 64, 96];
export const scalingBatches = [1, 4, 16, 64, 256];

// At 96 pixels the attention weights of one block take 85 MB, of which stock operations keep several for each block.
const scalingBatch = 16;

/** One model over the sizes of its image, then over the sizes of its batch, in training and in inference. */
export function scalingMeasurements(cases, names, modes) {
  const bases = measurementsOf(cases, names, ["train"]);
  return bases.flatMap(({ name, config, learningRate }) =>
    modes.flatMap((mode) => [
      ...scalingSides.map((side) => ({
        ...{ name, learningRate, mode, batch: scalingBatch, along: "patches" },
        config: { ...config, imageSize: side },
      })),
      ...scalingBatches.map((batch) => ({ name, config, learningRate, mode, batch, along: "batch" })),
    ]),
  );
}

const most = { wasm: 2e11, native: 1e13 };

/** Why a competitor doesn't take part in a measurement of so many operations a step, or undefined. */
export function whyNot({ engine }, flops) {
  if (flops <= (most[engine] ?? most.native)) return undefined;
  return `a step is ${Math.round(flops / 1e9)} billion operations: minutes on ${engine}, in ${engine === "wasm" ? "4 GiB of memory at most" : "more memory than there is"}`;
}

// vitlab as a competitor, through its public interface alone: node peer.mjs DIST ENGINE [PRECISION]

import { createRequire } from "node:module";
import { answerOrders } from "../models/answer.mjs";
import { withoutDropout } from "../models/cases.mjs";
import { matmulPeak } from "../models/peak.mjs";
import { readExchange } from "../models/read-exchange.mjs";

const [dist, engineName, precision] = process.argv.slice(2);
// An older build knows no precision.
const rounded = precision === "bfloat16" ? { precision } : {};
const { ViT, Random, adam, epochOrder, fit, tf, useEngine } = createRequire(import.meta.url)(dist);
const engine = await useEngine(engineName, { quiet: true });

let given;
let model;
let images;

await answerOrders({
  open({ chosen: config, mode, learningRate, exchange }) {
    given = { config, mode, learningRate, ...readExchange(exchange) };
    model = load(config);
    const { data, shape } = given.images;
    images = tf.tidy(() => tf.sub(tf.div(tf.tensor4d(Float32Array.from(data), shape), 127.5), 1));
    const { tensorflow, tfjs, node, threads } = engine;
    return { threads, versions: { ...(tensorflow && { tensorflow }), tfjs, node } };
  },

  peak: ({ times }) => ({ flopsPerSecond: matmulPeak(tf, times) }),

  /** In inference the logits; in training the losses of three steps without dropout, and how much dropout moves the logits. */
  async check({ draws }) {
    if (given.mode === "infer") return { logits: Array.from(logits()) };
    const plain = load(withoutDropout(given.config));
    const { losses } = await train(plain, 3);
    plain.dispose();
    return { losses, noise: draws > 0 ? noise(draws) : null };
  },

  /** Takes `count` steps after `warm` others that aren't timed. Training starts anew from the given weights each time. */
  async steps({ count, warm }) {
    if (given.mode === "train") {
      model.loadStateDict(given.weights);
      const { losses, milliseconds } = await train(model, warm + count);
      return { losses, milliseconds: milliseconds.slice(warm) };
    }
    for (let i = 0; i < warm; i++) logits();
    return {
      milliseconds: Array.from({ length: count }, () => {
        const start = performance.now();
        logits();
        return performance.now() - start;
      }),
    };
  },
});

function load(config) {
  const made = new ViT(config);
  made.loadStateDict(given.weights);
  return made;
}

function logits() {
  const scores = model.forward(images, rounded);
  const numbers = scores.dataSync();
  scores.dispose();
  return numbers;
}

/** The ordinary training loop, whose every batch is the given one. */
async function train(trained, steps) {
  const run = fit(trained, {
    train: repeated(steps),
    epochs: 1,
    seed: 0,
    batchSize: given.labels.length,
    optimizer: adam({ learningRate: given.learningRate }),
    timing: false,
    ...rounded,
  });
  const losses = [];
  const milliseconds = [];
  for await (const event of run) {
    if (event.type !== "step") continue;
    losses.push(event.loss);
    milliseconds.push(1000 * event.seconds);
  }
  return { losses, milliseconds };
}

/** The given images and labels, over and over, as a data set laid so that each batch of the shuffled epoch has each once. */
function repeated(times) {
  const { images: one, labels, config } = given;
  const [count, height, width, channels] = one.shape;
  const size = height * width * channels;
  const images = new Uint8Array(times * one.data.length);
  const allLabels = new Int32Array(times * count);
  epochOrder(times * count, 0, 0).forEach((place, i) => {
    const which = i % count;
    images.set(one.data.subarray(which * size, (which + 1) * size), place * size);
    allLabels[place] = labels[which];
  });
  const classNames = Array.from({ length: config.classes }, (_, i) => `class ${i}`);
  const shape = { height, width, channels, length: allLabels.length };
  return { name: "bench", split: "train", ...shape, classNames, images, labels: allLabels };
}

/** Standard deviation of the logits over several draws of dropout. */
function noise(draws) {
  const random = new Random(3);
  return tf.tidy(() => {
    const all = tf.stack(Array.from({ length: draws }, () => model.forward(images, { training: true, random })));
    return tf.sqrt(tf.mean(tf.moments(all, 0).variance)).dataSync()[0];
  });
}

// Plain TensorFlow.js as a competitor: node peer.mjs native|wasm

import { createRequire } from "node:module";
import util from "node:util";
import { answerOrders } from "../models/answer.mjs";
import { withoutDropout } from "../models/cases.mjs";
import { matmulPeak } from "../models/peak.mjs";
import { readExchange } from "../models/read-exchange.mjs";
import { stockViT } from "./vit.mjs";

const require = createRequire(import.meta.url);
const tf = await load(process.argv[2]);

let given;
let model;
let images;

await answerOrders({
  open({ config, mode, learningRate, exchange }) {
    given = { config, mode, learningRate, ...readExchange(exchange) };
    model = stockViT(tf, config, given.weights);
    images = imageTensor();
    const threads = tf.getBackend() === "wasm" ? 1 : Number(process.env.TF_NUM_INTRAOP_THREADS);
    return { threads, versions: { tfjs: tf.version["tfjs-core"], node: process.versions.node } };
  },

  peak: ({ times }) => ({ flopsPerSecond: matmulPeak(tf, times) }),

  check({ draws }) {
    if (given.mode === "infer") return { logits: Array.from(logits()) };
    const plain = stockViT(tf, withoutDropout(given.config), given.weights);
    const { losses } = train(plain, 3);
    plain.dispose();
    return { losses, noise: draws > 0 ? noise(draws) : null };
  },

  steps({ count, warm }) {
    if (given.mode === "train") {
      model.load(given.weights);
      const { losses, milliseconds } = train(model, warm + count);
      return { losses, milliseconds: milliseconds.slice(warm) };
    }
    const milliseconds = Array.from({ length: warm + count }, () => timed(logits).milliseconds);
    return { milliseconds: milliseconds.slice(warm) };
  },
});

async function load(engine) {
  if (engine === "native") {
    // Node 23 has removed two functions that tfjs-node 4.22 calls.
    Object.assign(util, {
      isNullOrUndefined: (value) => value === null || value === undefined,
      isArray: Array.isArray,
    });
    return require("@tensorflow/tfjs-node");
  }
  const wasm = require("@tensorflow/tfjs");
  require("@tensorflow/tfjs-backend-wasm");
  await wasm.setBackend("wasm");
  return wasm;
}

function imageTensor() {
  const { data, shape } = given.images;
  return tf.tidy(() => tf.tensor4d(Float32Array.from(data), shape).div(127.5).sub(1));
}

function logits() {
  const scores = model.forward(images);
  const numbers = scores.dataSync();
  scores.dispose();
  return numbers;
}

/** Steps as a user writes them: a batch out of bytes, the loss and its gradients, Adam, the loss read. */
function train(trained, steps) {
  const { labels, config, learningRate } = given;
  const optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-8);
  const losses = [];
  const milliseconds = [];
  for (let i = 0; i < steps; i++) {
    const step = timed(() =>
      tf.tidy(() => {
        const batch = imageTensor();
        const targets = tf.oneHot(tf.tensor1d(labels, "int32"), config.classes).toFloat();
        const { value, grads } = tf.variableGrads(
          () => tf.losses.softmaxCrossEntropy(targets, trained.forward(batch, true)),
          trained.variables,
        );
        optimizer.applyGradients(grads);
        return value.dataSync()[0];
      }),
    );
    losses.push(step.value);
    milliseconds.push(step.milliseconds);
  }
  optimizer.dispose();
  return { losses, milliseconds };
}

function timed(work) {
  const start = performance.now();
  const value = work();
  return { value, milliseconds: performance.now() - start };
}

function noise(draws) {
  return tf.tidy(() => {
    const all = tf.stack(Array.from({ length: draws }, () => model.forward(images, true)));
    return tf.moments(all, 0).variance.mean().sqrt().dataSync()[0];
  });
}

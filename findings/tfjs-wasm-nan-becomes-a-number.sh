#!/usr/bin/env bash
# Expected: a NaN stays NaN through activations and bounds, so that a broken training is noticed; on the cpu backend it does.
# Seen: on the WebAssembly backend clipByValue makes the lower bound of it, relu6 and a fused relu make 0, and maximum
#   answers NaN or the other number, depending on which comes first.
# Versions: @tensorflow/tfjs-core, -backend-cpu and -backend-wasm 4.22.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
cat >program.mjs <<'PROGRAM'
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";

const nan = () => tf.tensor1d([Number.NaN]);
const operations = {
  "clipByValue(NaN, -1, 1)": () => tf.clipByValue(nan(), -1, 1),
  "relu6(NaN)": () => tf.relu6(nan()),
  "fused.matMul([0], [NaN], relu)": () =>
    tf.fused.matMul({ a: tf.zeros([1, 1]), b: tf.tensor2d([[Number.NaN]]), activation: "relu" }),
  "maximum(NaN, 1)": () => tf.maximum(nan(), 1),
  "maximum(1, NaN)": () => tf.maximum(1, nan()),
  "relu(NaN)": () => tf.relu(nan()),
};
const seen = {};
for (const backend of ["cpu", "wasm"]) {
  await tf.setBackend(backend);
  seen[backend] = Object.values(operations).map((operation) => operation().dataSync()[0]);
}
console.log(`@tensorflow/tfjs-core ${tf.version_core}`);
Object.keys(operations).forEach((name, i) => console.log(name.padEnd(32), "cpu", seen.cpu[i], " wasm", seen.wasm[i]));
const expected = { cpu: Array(6).fill(Number.NaN), wasm: [-1, 0, 0, Number.NaN, 1, Number.NaN] };
process.exit(["cpu", "wasm"].every((b) => seen[b].every((x, i) => Object.is(x, expected[b][i]))) ? 0 : 1);
PROGRAM
node program.mjs

#!/usr/bin/env bash
# Expected: the mean of twenty million ones is 1, to rounding, on every backend of TensorFlow.js.
# Seen: the WebAssembly backend adds in one float32 that stops growing at 2^24; the mean is 0.84 (cpu: 1).
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

const means = {};
for (const backend of ["cpu", "wasm"]) {
  await tf.setBackend(backend);
  means[backend] = tf.mean(tf.ones([20_000_000])).dataSync()[0];
}
console.log(`@tensorflow/tfjs-core ${tf.version_core}: the mean of 20,000,000 ones`, means);
process.exit(means.cpu === 1 && Math.abs(means.wasm - 0.8389) < 1e-3 ? 0 : 1);
PROGRAM
node program.mjs

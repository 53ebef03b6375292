#!/usr/bin/env bash
# Expected: fused.matMul of [batch, rows, inner] with a bias adds the bias's number of the column, as matMul and add do.
# Seen: on the WebAssembly backend some numbers get the bias of another column; no error, and cpu agrees with matMul + add.
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

const differs = {};
for (const backend of ["cpu", "wasm"]) {
  await tf.setBackend(backend);
  const [a, b] = [tf.reshape(tf.range(0, 8), [2, 2, 2]), tf.reshape(tf.range(0, 8), [2, 2, 2])];
  const bias = tf.tensor1d([100, 200]);
  const fused = tf.fused.matMul({ a, b, bias });
  const plain = tf.add(tf.matMul(a, b), bias);
  console.log(backend, "fused", fused.dataSync().join(" "), "| matMul + add", plain.dataSync().join(" "));
  differs[backend] = tf.max(tf.abs(tf.sub(fused, plain))).dataSync()[0];
}
console.log(`@tensorflow/tfjs-core ${tf.version_core}: largest difference`, differs);
process.exit(differs.cpu === 0 && differs.wasm === 100 ? 0 : 1);
PROGRAM
node program.mjs

#!/usr/bin/env bash
# Expected: tf.tidy looks for tensors in what its function returns; a typed array can hold none and is handed on as it is.
# Seen: it reads every number of a typed array by its name, as it would the fields of an object: a million floats take about a
# second, where dataSync() behind the tidy takes none. Version: @tensorflow/tfjs 4.22.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit @tensorflow/tfjs@4.22.0
cat >program.mjs <<'PROGRAM'
import * as tf from "@tensorflow/tfjs";

await tf.setBackend("cpu");
const count = 1000;
let reads = 0;
const watched = new Proxy(new Float32Array(count), {
  get(numbers, name) {
    if (/^\d+$/.test(String(name))) reads++;
    return Reflect.get(numbers, name, numbers);
  },
});
tf.tidy(() => watched);
const many = new Float32Array(1e6);
const from = performance.now();
tf.tidy(() => many);
const milliseconds = Math.round(performance.now() - from);
console.log(`numbers read of ${count} returned from a tidy: ${reads}`);
console.log(`a million of them: ${milliseconds} ms`);
console.log(`@tensorflow/tfjs ${tf.version.tfjs}`);
process.exit(reads === count ? 0 : 1);
PROGRAM
node program.mjs

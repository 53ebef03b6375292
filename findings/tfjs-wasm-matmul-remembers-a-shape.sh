#!/usr/bin/env bash
# Expected: matMul(a, reshape(b, [2, 4])) gives the same before and after matMul(c, b) with b as [4, 2].
# Seen: on the WebAssembly backend, after it, columns are wrong and others never written, without an error; cpu is right.
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

const seen = {};
for (const backend of ["cpu", "wasm"]) {
  await tf.setBackend(backend);
  const sums = (b) => tf.matMul(tf.ones([1, b.shape[0]]), b).dataSync().join(" ");
  const b = () => tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
  const fresh = sums(tf.reshape(b(), [2, 4]));
  const used = b();
  sums(used);
  const afterwards = sums(tf.reshape(used, [2, 4]));
  console.log(backend, "column sums of [2, 4]:", fresh, "| of the same numbers, summed as [4, 2] before:", afterwards);
  seen[backend] = { fresh, afterwards };
}
console.log(`@tensorflow/tfjs-core ${tf.version_core}`);
const right = "6 8 10 12";
const { cpu, wasm } = seen;
process.exit(cpu.fresh === right && cpu.afterwards === right && wasm.fresh === right && wasm.afterwards.startsWith("4 6 ") ? 0 : 1);
PROGRAM
node program.mjs

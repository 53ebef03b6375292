#!/usr/bin/env bash
# Expected: the sum of no numbers is 0, as on the other backends and in NumPy: of a tensor [0], and of each row of a tensor [2, 0].
# Seen: on the WebAssembly backend it is what stood in memory before, here numbers of about 1e-40. Nothing is thrown.
# Versions: @tensorflow/tfjs-core, -backend-cpu and -backend-wasm 4.22.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 \
  @tensorflow/tfjs-backend-wasm@4.22.0
cat >program.cjs <<'PROGRAM'
const tf = require("@tensorflow/tfjs-core");
require("@tensorflow/tfjs-backend-cpu");
require("@tensorflow/tfjs-backend-wasm");

const sums = () => {
  // Freed again: memory that was used before isn't zeros.
  tf.dispose(Array.from({ length: 50 }, (_, i) => tf.fill([1 + (i % 4)], 7)));
  const none = tf.sum(tf.zeros([0])).dataSync();
  const rows = tf.sum(tf.zeros([2, 0]), 1).dataSync();
  return [...none, ...rows];
};

(async () => {
  const seen = {};
  for (const backend of ["cpu", "wasm"]) {
    await tf.setBackend(backend);
    seen[backend] = sums();
  }
  console.log("sums of nothing:", JSON.stringify(seen));
  console.log(`@tensorflow/tfjs-core ${tf.version_core}`);
  const isZero = (value) => value === 0;
  process.exit(seen.cpu.every(isZero) && !seen.wasm.every(isZero) ? 0 : 1);
})();
PROGRAM
node program.cjs

#!/usr/bin/env bash
# Expected: after dispose() of an optimizer there are as many tensors as before it was made, as with sgd and adam.
# Seen: tf.train.momentum leaves one behind each time: its own dispose() frees its sums and not the scalar of the learning rate
# that it inherits from sgd. Version: @tensorflow/tfjs 4.22.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit @tensorflow/tfjs@4.22.0
cat >program.mjs <<'PROGRAM'
import * as tf from "@tensorflow/tfjs";

await tf.setBackend("cpu");
const leftBy = (make) => {
  const before = tf.memory().numTensors;
  for (let i = 0; i < 10; i++) {
    const optimizer = make();
    const weight = tf.variable(tf.scalar(1));
    optimizer.minimize(() => tf.square(weight), false, [weight]);
    weight.dispose();
    optimizer.dispose();
  }
  return tf.memory().numTensors - before;
};
const left = {
  sgd: leftBy(() => tf.train.sgd(0.1)),
  momentum: leftBy(() => tf.train.momentum(0.1, 0.9)),
  adam: leftBy(() => tf.train.adam(0.1)),
};
console.log("tensors left by ten optimizers, each disposed with its weight:", left);
console.log(`@tensorflow/tfjs ${tf.version.tfjs}`);
// The weight starts as a scalar of its own, which stays in all three.
process.exit(left.sgd === left.adam && left.momentum === left.sgd + 10 ? 0 : 1);
PROGRAM
node program.mjs

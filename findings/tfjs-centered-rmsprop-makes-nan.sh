#!/usr/bin/env bash
# Expected: a parameter whose gradient is 0 stays where it is, as with Keras' centered RMSprop, whose epsilon keeps the root from 0.
# Seen: tf.train.rmsprop(..., centered) takes epsilon away from the variance instead of adding it: the parameter becomes NaN in
# the first step, without an error; the same without `centered` is right. Version: @tensorflow/tfjs 4.22.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit @tensorflow/tfjs@4.22.0
cat >program.mjs <<'PROGRAM'
import * as tf from "@tensorflow/tfjs";

const afterOneStep = (centered) => {
  const weights = tf.variable(tf.tensor1d([1, 1]));
  // The first number has a gradient of 3, the second has none.
  const loss = () => tf.sum(tf.mul(weights, tf.tensor1d([3, 0])));
  tf.train.rmsprop(0.01, 0.9, 0, 1e-8, centered).minimize(loss, false, [weights]);
  return [...weights.dataSync()];
};
const plain = afterOneStep(false);
const centered = afterOneStep(true);
console.log("weights [1, 1] after a step on gradients [3, 0]: plain", plain, "centered", centered);
console.log(`@tensorflow/tfjs ${tf.version.tfjs}`);
process.exit(plain[1] === 1 && centered[0] < 1 && Number.isNaN(centered[1]) ? 0 : 1);
PROGRAM
node program.mjs

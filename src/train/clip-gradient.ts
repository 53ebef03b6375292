import type { Tensor } from "@tensorflow/tfjs-core";
import { compiled } from "../tensor/compiled";
import { longSum } from "../tensor/matmul";
import { tf } from "../tensor/tf";

/** `Σ g²` of each of several gradients, `[gradients]`; the length of all together is the root of their sum. */
export function sumsOfSquares(gradients: readonly Tensor[]): Tensor {
  const run = compiled();
  if (run) return run("SumsOfSquares", [...gradients], 1, { count: gradients.length })[0] as Tensor;
  return tf.tidy(() =>
    tf.stack(gradients.map((gradient) => longSum(tf.square(tf.reshape(gradient, [gradient.size]))))),
  );
}

/**
 * What shortens a gradient to `maxNorm` where it is longer: `min(1, maxNorm / (norm + 1e-6))` (Pascanu et al., "On the
 * difficulty of training recurrent neural networks", 2013, algorithm 1, with PyTorch's 1e-6).
 */
export function clippingScale(norm: number, maxNorm: number): number {
  return Math.min(1, maxNorm / (norm + 1e-6));
}

import type { Scalar, Tensor1D } from "@tensorflow/tfjs";
import { longSum } from "../tensor/matmul";
import { tf } from "../tensor/tf";

/** Length of a gradient over all parameters, `√Σ g²`. */
export function gradientNorm(gradient: Tensor1D): Scalar {
  return tf.tidy(() => tf.sqrt(longSum(tf.square(gradient)))) as Scalar;
}

/**
 * Shortens a gradient to `maxNorm` where it is longer: `g · min(1, maxNorm / (norm + 1e-6))` (Pascanu et al., "On the
 * difficulty of training recurrent neural networks", 2013, algorithm 1, with PyTorch's 1e-6).
 */
export function clipGradient(gradient: Tensor1D, norm: Scalar, maxNorm: number): Tensor1D {
  return tf.tidy(() => tf.mul(gradient, tf.minimum(tf.div(maxNorm, tf.add(norm, 1e-6)), 1))) as Tensor1D;
}

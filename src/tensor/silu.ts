import type { Tensor } from "@tensorflow/tfjs-core";
import { checkNotDisposed } from "./check-not-disposed";
import { tf } from "./tf";

/**
 * The sigmoid linear unit, element by element: `silu(x) = x / (1 + exp(-x))`, also called Swish (Hendrycks and Gimpel,
 * "Gaussian Error Linear Units", 2016, section 2; Ramachandran et al., "Searching for Activation Functions", 2017).
 *
 * @param x any shape
 * @returns the same shape
 * @throws VitlabError when `x` was disposed.
 */
export function silu<T extends Tensor>(x: T): T {
  checkNotDisposed("the input of silu", x);
  return tf.tidy(() => tf.mul(x, tf.sigmoid(x)));
}

import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { checkFeatures } from "../base/shape";
import { differentiable } from "./differentiable";
import { rows, sumRows } from "./matmul";
import { tf } from "./tf";

/**
 * Root mean square normalization over the last axis: `y = γ x / √(mean(x²) + ε)` (Zhang and Sennrich, "Root Mean Square Layer
 * Normalization", 2019, equation 4, whose γ is called g there and which has no ε).
 *
 * With `x̂` the normalized input and `g = γ dy`, its gradients are `dx = (g - x̂ mean(g x̂)) / √(mean(x²) + ε)` and
 * `dγ = Σ dy x̂`.
 *
 * @param x `[..., features]`
 * @param scale γ, `[features]`
 * @returns `[..., features]`
 * @throws VitlabError when the last axis of `x` isn't `features` long, or a tensor was disposed.
 */
export function rmsNorm<T extends Tensor>(x: T, scale: Tensor1D, epsilon: number): T {
  checkFeatures("RMS norm", x, scale);
  return differentiable(
    {
      forward() {
        const x2 = rows(x);
        const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x2), -1, true), epsilon));
        const normalized = tf.mul(x2, inverse);
        return { value: tf.reshape(tf.mul(normalized, scale), x.shape), saved: [normalized, inverse, scale] };
      },
      gradient(dy, saved) {
        const [normalized, inverse, keptScale] = saved as [Tensor2D, Tensor2D, Tensor1D];
        const dy2 = rows(dy);
        const inputGradient = () => {
          const g = tf.mul(dy2, keptScale);
          const alongRow = tf.mul(normalized, tf.mean(tf.mul(g, normalized), -1, true));
          return tf.reshape(tf.mul(tf.sub(g, alongRow), inverse), dy.shape);
        };
        return [inputGradient, () => sumRows(tf.mul(dy2, normalized))];
      },
    },
    [x, scale],
  );
}

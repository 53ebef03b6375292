import type { Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable";
import { completeMask } from "./mask";
import { tf } from "./tf";

/** Stands for -∞ at what may not be seen: beside it any score rounds away, and less itself it is 0, not NaN. */
const HIDDEN = -1e38;

/**
 * Softmax over the keys that each query may see, as if the scores of the others were -∞; zeros where it may see none.
 *
 * With a the weights, its gradient is `ds = a (da - Σ da a)`.
 *
 * @param scores `[batch, heads, queries, keys]`
 * @param mask booleans, true where seen: `[queries, keys]`, `[batch, keys]` or `[batch or 1, queries or 1, keys]`
 * @returns the weights, of the scores' shape
 * @throws VitlabError when the mask isn't boolean or has another shape, or a tensor was disposed.
 *
 * @example
 * ```ts
 * import { maskedSoftmax, tf } from "vitlab";
 *
 * const scores = tf.zeros<tf.Rank.R4>([1, 1, 2, 4]);
 * const mask = tf.tensor2d([[1, 1, 0, 0], [0, 0, 0, 0]], undefined, "bool");
 * // A query that may see nothing gets zeros, not NaN.
 * console.log(maskedSoftmax(scores, mask).arraySync()[0][0]); // [ [ 0.5, 0.5, 0, 0 ], [ 0, 0, 0, 0 ] ]
 * ```
 */
export function maskedSoftmax(scores: Tensor4D, mask: Tensor): Tensor4D {
  const [batch, , queries, keys] = scores.shape;
  return tf.tidy(() => {
    const seen = completeMask("the mask", mask, { batch, queries, keys });
    return differentiable(
      {
        forward() {
          const weights = softmaxOfSeen(scores, seen);
          return { value: weights, saved: [weights] };
        },
        gradient: (dy, [weights]) => [softmaxGradient(weights as Tensor4D, dy)],
      },
      [scores],
    );
  });
}

/** The formula; has no gradient of its own. */
export function softmaxOfSeen(scores: Tensor4D, seen: Tensor3D): Tensor4D {
  const factors = tf.cast(tf.expandDims(seen, 1), "float32");
  const hidden = tf.mul(tf.sub(1, factors), HIDDEN);
  const lowered = tf.add(scores, hidden);
  const powers = tf.mul(tf.exp(tf.sub(lowered, tf.max(lowered, -1, true))), factors);
  // The largest seen gives exp(0): a sum below 1 is that of a query that sees nothing.
  return tf.div(powers, tf.maximum(tf.sum(powers, -1, true), 1));
}

/** The gradient of any softmax over the last axis, from its result and the gradient of that. */
export function softmaxGradient(weights: Tensor4D, dy: Tensor): Tensor4D {
  return tf.mul(weights, tf.sub(dy, tf.sum(tf.mul(dy, weights), -1, true)));
}

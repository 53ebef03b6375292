import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { checkNotDisposed } from "./check-not-disposed";
import { differentiable } from "./differentiable";
import { tf } from "./tf";

/**
 * Turns pairs of features by angles: feature i and i + headDim / 2 by `θᵢ`, to `x₁ cos θ - x₂ sin θ` and `x₂ cos θ + x₁ sin θ`
 * (Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", 2021, equation 34, where a pair's features are
 * neighbors). The gradient is turned back by the same angles.
 *
 * @param x `[batch, heads, tokens, headDim]`
 * @param angles `[tokens, headDim / 2]`
 * @returns the same shape as `x`
 * @throws VitlabError when a tensor was disposed.
 */
export function rotatePairs(x: Tensor4D, angles: Tensor2D): Tensor4D {
  checkNotDisposed("the angles", angles);
  return differentiable(
    {
      forward: () => ({ value: turn(x, angles), saved: [angles] }),
      gradient: (dy, [kept]) => [turn(dy, tf.neg(kept as Tensor))],
    },
    [x],
  );
}

function turn(x: Tensor, angles: Tensor): Tensor {
  const [cos, sin] = [tf.cos(angles), tf.sin(angles)];
  const [first, second] = tf.split(x, 2, -1) as [Tensor, Tensor];
  return tf.concat(
    [tf.sub(tf.mul(first, cos), tf.mul(second, sin)), tf.add(tf.mul(second, cos), tf.mul(first, sin))],
    -1,
  );
}

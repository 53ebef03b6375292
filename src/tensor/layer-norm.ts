import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { VitlabError } from "./error";
import { rows, sumRows } from "./matmul";
import { showShape } from "./shape";
import { tf } from "./tf";

/**
 * Layer normalisation over the last axis: `y = γ (x - mean) / √(variance + ε) + β`, the variance taken over n, not n - 1
 * (Ba, Kiros and Hinton, "Layer Normalization", 2016, section 3).
 *
 * With `x̂` the normalised input and `g = γ dy`, its gradient is `dx = (g - mean(g) - x̂ mean(g x̂)) / √(variance + ε)`.
 *
 * @param x `[..., features]`
 * @param scale γ, `[features]`
 * @param shift β, `[features]`
 * @throws VitlabError when the last axis of `x` isn't `features` long.
 */
export function layerNorm<T extends Tensor>(x: T, scale: Tensor1D, shift: Tensor1D, epsilon: number): T {
  if (x.shape[x.shape.length - 1] !== scale.shape[0])
    throw new VitlabError(
      `layer norm got ${showShape(x.shape)}: its last axis must be ${scale.shape[0]} long, as its scale is`,
    );
  const operation = tf.customGrad((...args: unknown[]) => {
    const [xIn, gamma, beta, save] = args as [Tensor, Tensor1D, Tensor1D, (tensors: Tensor[]) => void];
    const x2 = rows(xIn);
    const centred = tf.sub(x2, tf.mean(x2, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const normalised = tf.mul(centred, inverse);
    save([normalised, inverse, gamma]);
    return {
      value: tf.reshape(tf.add(tf.mul(normalised, gamma), beta), x.shape),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [xHat, inverseDeviation, savedGamma] = saved as [Tensor2D, Tensor2D, Tensor1D];
        const dy2 = rows(dy);
        const g = tf.mul(dy2, savedGamma);
        const alongRow = tf.mul(xHat, tf.mean(tf.mul(g, xHat), -1, true));
        const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), alongRow), inverseDeviation);
        return [tf.reshape(dx, x.shape), sumRows(tf.mul(dy2, xHat) as Tensor2D), sumRows(dy2)];
      },
    };
  });
  return operation(x, scale, shift) as T;
}

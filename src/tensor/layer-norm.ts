import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { checkFeatures, showShape } from "../base/shape";
import { compiled, type RunCompiled } from "./compiled";
import { differentiable, type Form } from "./differentiable";
import { rows, sumRows } from "./matmul";
import { tf } from "./tf";

/**
 * Layer normalization over the last axis: `y = γ (x - mean) / √(variance + ε) + β`, the variance taken over n, not n - 1
 * (Ba, Kiros and Hinton, "Layer Normalization", 2016, section 3).
 *
 * With `x̂` the normalized input and `g = γ dy`, its gradient is `dx = (g - mean(g) - x̂ mean(g x̂)) / √(variance + ε)`.
 *
 * @param x `[..., features]`
 * @param scale γ, `[features]`
 * @param shift β, `[features]`
 * @throws VitlabError when the last axis of `x` isn't `features` long.
 */
export function layerNorm<T extends Tensor>(x: T, scale: Tensor1D, shift: Tensor1D, epsilon: number): T {
  checkShapes(x, scale, shift);
  const run = compiled();
  return differentiable(run ? inOnePass(run, epsilon) : inSteps(epsilon), [x, scale, shift]);
}

function checkShapes(x: Tensor, scale: Tensor1D, shift: Tensor1D): void {
  if (scale.size !== shift.size)
    throw new VitlabError(
      `layer norm got a scale of ${showShape(scale.shape)} and a shift of ${showShape(shift.shape)}: they must be as long as each other`,
    );
  checkFeatures("layer norm", x, scale);
}

/** The formula, an operation of the engine for each of its steps. */
function inSteps(epsilon: number): Form {
  return {
    forward(...inputs) {
      const [x, scale, shift] = inputs as [Tensor, Tensor1D, Tensor1D];
      const x2 = rows(x);
      const centered = tf.sub(x2, tf.mean(x2, -1, true));
      const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), epsilon));
      const normalized = tf.mul(centered, inverse);
      const value = tf.reshape(tf.add(tf.mul(normalized, scale), shift), x.shape);
      return { value, saved: [normalized, inverse, scale] };
    },
    gradient(dy, saved) {
      const [normalized, inverse, scale] = saved as [Tensor2D, Tensor2D, Tensor1D];
      const dy2 = rows(dy);
      const g = tf.mul(dy2, scale);
      const alongRow = tf.mul(normalized, tf.mean(tf.mul(g, normalized), -1, true));
      const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), alongRow), inverse);
      return [tf.reshape(dx, dy.shape), sumRows(tf.mul(dy2, normalized) as Tensor2D), sumRows(dy2)];
    },
  };
}

/** Compiled: a row is read once, and of the forward pass only its mean and deviation are kept. */
function inOnePass(run: RunCompiled, epsilon: number): Form {
  return {
    forward(...inputs) {
      const [x, scale, shift] = inputs as [Tensor, Tensor, Tensor];
      const [value, statistics] = run("LayerNorm", [x, scale, shift], 2, { epsilon }) as [Tensor, Tensor];
      return { value, saved: [x, scale, statistics] };
    },
    gradient(dy, saved) {
      const [x, scale, statistics] = saved as [Tensor, Tensor, Tensor];
      return run("LayerNormGradient", [x, scale, statistics, dy], 3);
    },
  };
}

import type { Tensor } from "@tensorflow/tfjs-core";
import { differentiable, type Form } from "./differentiable";
import type { Dropout } from "./dropout";
import { tf } from "./tf";

/**
 * Stochastic depth: takes a residual branch out for whole images, each with probability `rate`, and multiplies the others by
 * `1 / (1 - rate)`, so that the mean stays (Huang et al., "Deep Networks with Stochastic Depth", 2016, section 3, scaled in
 * training instead of in use).
 *
 * @param branch `[batch, …]`
 */
export function dropPath<T extends Tensor>(branch: T, { rate, random }: Dropout): T {
  if (rate === 0) return branch;
  const batch = branch.shape[0] as number;
  const factors = Float32Array.from({ length: batch }, () => (random.float() < rate ? 0 : 1 / (1 - rate)));
  const scaled = (x: Tensor) =>
    tf.tidy(() => tf.mul(x, tf.tensor(factors, [batch, ...new Array<number>(x.rank - 1).fill(1)])));
  const form: Form = {
    forward: () => ({ value: scaled(branch), saved: [] }),
    gradient: (dy) => [scaled(dy)],
  };
  return differentiable(form, [branch]);
}

import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { checkFeatures } from "../base/shape";
import { differentiable } from "./differentiable";
import { rows, sumRows } from "./matmul";
import { tf } from "./tf";

/**
 * Scales each feature by a number of its own: `y = γ ⊙ x` (Touvron et al., "Going deeper with Image Transformers", 2021,
 * section 3).
 *
 * Gradients: `dx = γ ⊙ dy`, `dγ = Σ dy ⊙ x`. The engine's own would sum the latter over each axis by itself, which loses
 * digits on wasm.
 *
 * @param x `[..., features]`
 * @param scale γ, `[features]`
 * @returns `[..., features]`
 * @throws VitlabError when the last axis of `x` isn't `features` long, or a tensor was disposed.
 */
export function layerScale<T extends Tensor>(x: T, scale: Tensor1D): T {
  checkFeatures("layer scale", x, scale);
  return differentiable(
    {
      forward: () => ({ value: tf.mul(x, scale), saved: [x, scale] }),
      gradient(dy, saved) {
        const [keptX, keptScale] = saved as [Tensor, Tensor1D];
        return [() => tf.mul(dy, keptScale), () => sumRows(rows(tf.mul(dy, keptX)))];
      },
    },
    [x, scale],
  );
}

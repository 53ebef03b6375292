import type { Tensor, Tensor1D, Variable } from "@tensorflow/tfjs-core";
import { checkOptions } from "../base/check-options";
import { rmsNorm } from "../tensor/rms-norm";
import { tf } from "../tensor/tf";
import { Module } from "./module";

/** How an `RMSNorm` is made. */
export interface RMSNormOptions {
  /**
   * Added to the mean of squares. Default 1e-6, as in timm; `torch.nn.RMSNorm` takes 1.1920929e-7, the spacing of float32
   * at 1, where none is given.
   */
  epsilon?: number;
}

/**
 * Root mean square normalization over the last axis, with `weight` `[features]` (scale, starts at 1): layer normalization
 * without mean and shift (Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019, equation 4).
 *
 * @example
 * ```ts
 * import { RMSNorm, tf } from "vitlab";
 *
 * // Divided by the root of the mean square, here √(25 / 2): nothing is shifted.
 * const norm = new RMSNorm(2);
 * const [three, four] = norm.forward(tf.tensor1d([3, 4])).dataSync();
 * console.log(three.toFixed(3), four.toFixed(3)); // 0.849 1.131
 * ```
 */
export class RMSNorm extends Module {
  readonly weight: Variable & Tensor1D;
  readonly epsilon: number;

  constructor(features: number, options: RMSNormOptions = {}) {
    super();
    checkOptions("new RMSNorm", options, { epsilon: true });
    const { epsilon = 1e-6 } = options;
    this.epsilon = epsilon;
    this.weight = this.parameter("weight", () => tf.ones([features]) as Tensor1D, { role: "norm" });
  }

  override get settings() {
    return { epsilon: this.epsilon };
  }

  /**
   * `[..., features]` to the same shape.
   *
   * @throws VitlabError when the last axis of `x` isn't `features` long, or the module or `x` was disposed.
   */
  forward<T extends Tensor>(x: T): T {
    this.checkNotDisposed();
    return rmsNorm(x, this.weight, this.epsilon);
  }
}

import type { Tensor, Tensor1D, Variable } from "@tensorflow/tfjs-core";
import { checkOptions } from "../base/check-options";
import { layerNorm } from "../tensor/layer-norm";
import { tf } from "../tensor/tf";
import { Module } from "./module";

/** How a `LayerNorm` is made. */
export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5, as in PyTorch; Hugging Face's ViT takes 1e-12. */
  epsilon?: number;
}

/**
 * Layer normalization over the last axis, with `weight` (scale, starts at 1) and `bias` (shift, starts at 0).
 *
 * @example
 * ```ts
 * import { LayerNorm, tf } from "vitlab";
 *
 * const norm = new LayerNorm(4);
 * const x = tf.tensor2d([[1, 2, 3, 4]]);
 * console.log(norm.forward(x).arraySync()[0].map((value) => value.toFixed(3)));
 * // [ '-1.342', '-0.447', '0.447', '1.342' ]
 * ```
 */
export class LayerNorm extends Module {
  readonly weight: Variable & Tensor1D;
  readonly bias: Variable & Tensor1D;
  readonly epsilon: number;

  constructor(features: number, options: LayerNormOptions = {}) {
    super();
    checkOptions("new LayerNorm", options, { epsilon: true });
    const { epsilon = 1e-5 } = options;
    this.epsilon = epsilon;
    this.weight = this.parameter("weight", () => tf.ones([features]) as Tensor1D, { role: "norm" });
    this.bias = this.parameter("bias", () => tf.zeros([features]) as Tensor1D);
  }

  override get settings() {
    return { epsilon: this.epsilon };
  }

  /** `[..., features]` to the same shape. */
  forward<T extends Tensor>(x: T): T {
    this.checkNotDisposed();
    return layerNorm(x, this.weight, this.bias, this.epsilon);
  }
}

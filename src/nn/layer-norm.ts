import type { Tensor, Tensor1D, Variable } from "@tensorflow/tfjs";
import { layerNorm } from "../tensor/layer-norm";
import { tf } from "../tensor/tf";
import { Module } from "./module";

/** Layer normalization over the last axis, with `weight` (scale, starts at 1) and `bias` (shift, starts at 0). */
export class LayerNorm extends Module {
  readonly weight: Variable & Tensor1D;
  readonly bias: Variable & Tensor1D;

  constructor(
    features: number,
    /** Added to the variance: 1e-5 in PyTorch, 1e-12 in Hugging Face's ViT. */
    readonly epsilon = 1e-5,
  ) {
    super();
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

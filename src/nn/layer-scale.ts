import type { Tensor, Tensor1D, Variable } from "@tensorflow/tfjs-core";
import { checkOptions } from "../base/check-options";
import { layerScale } from "../tensor/layer-scale";
import { tf } from "../tensor/tf";
import { Module } from "./module";

/** How a `LayerScale` is made. */
export interface LayerScaleOptions {
  /** What every number of `weight` starts at. Default 1e-5. */
  initial?: number;
}

/**
 * Scales each feature of a residual branch by a number of its own, `weight` `[features]`, which starts near 0 so that a deep
 * network starts near the identity (Touvron et al., "Going deeper with Image Transformers", 2021, section 3).
 *
 * @example
 * ```ts
 * import { LayerScale, tf } from "vitlab";
 *
 * const scale = new LayerScale(2, { initial: 0.5 });
 * console.log(scale.forward(tf.tensor2d([[2, 8]])).dataSync()); // Float32Array(2) [ 1, 4 ]
 * ```
 */
export class LayerScale extends Module {
  readonly weight: Variable & Tensor1D;

  constructor(features: number, options: LayerScaleOptions = {}) {
    super();
    checkOptions("new LayerScale", options, { initial: true });
    const { initial = 1e-5 } = options;
    this.weight = this.parameter("weight", () => tf.fill([features], initial) as Tensor1D, { role: "norm" });
  }

  /**
   * `[..., features]` to the same shape.
   *
   * @throws VitlabError when the last axis of `x` isn't `features` long, or the module or `x` was disposed.
   */
  forward<T extends Tensor>(x: T): T {
    this.checkNotDisposed();
    return layerScale(x, this.weight);
  }
}

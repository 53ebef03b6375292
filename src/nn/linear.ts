import type { Tensor, Tensor1D, Tensor2D, Variable } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { linear } from "../tensor/linear";
import { tf } from "../tensor/tf";
import type { ForwardInput } from "./forward-context";
import { type Draws, type Initialization, truncatedNormal, uniform } from "./initial";
import { Module, type ParameterKind } from "./module";

/** How a `Linear` is made. */
export interface LinearOptions {
  random: Draws;
  /** Default true. */
  bias?: boolean;
  /** Default "torch". */
  initialization?: Initialization;
  /** Bound of the evenly drawn weights instead of PyTorch's default `1 / √inputs`. */
  bound?: number;
  /** What the weights are for. Default a "matrix". */
  kind?: ParameterKind;
  /** `inputs · outputs` starting weights, row by row, instead of drawn ones. */
  weight?: Float32Array;
}

/**
 * `y = x W + b` on the last axis, with `weight` `[inputs, outputs]` and `bias` `[outputs]`.
 *
 * @throws VitlabError when starting weights are given and are not inputs times outputs.
 *
 * @example
 * ```ts
 * import { Linear, Random, tf } from "vitlab";
 *
 * const linear = new Linear(3, 2, { random: new Random(1) });
 * console.log(linear.weight.shape, linear.bias?.shape); // [ 3, 2 ] [ 2 ]
 * console.log(linear.forward(tf.ones([5, 4, 3])).shape); // [ 5, 4, 2 ]
 * ```
 *
 * @example With weights of one's own, input by input.
 * ```ts
 * import { Linear, tf } from "vitlab";
 *
 * const swap = new Linear(2, 2, { random: null, bias: false, weight: Float32Array.from([0, 1, 1, 0]) });
 * console.log(swap.forward(tf.tensor2d([[3, 7]])).dataSync()); // Float32Array(2) [ 7, 3 ]
 * ```
 */
export class Linear extends Module {
  readonly addsResidual = true;
  readonly weight: Variable & Tensor2D;
  readonly bias: (Variable & Tensor1D) | null;

  constructor(inputs: number, outputs: number, options: LinearOptions) {
    super();
    const { random, bias = true, initialization = "torch" } = options;
    const torch = initialization === "torch";
    if (options.weight && options.weight.length !== inputs * outputs)
      throw new VitlabError(
        `a linear layer got ${options.weight.length} starting weights: ${inputs} inputs times ${outputs} outputs are ${inputs * outputs}`,
      );
    const bound = options.bound ?? 1 / Math.sqrt(inputs);
    const drawWeight = () => {
      if (options.weight) return tf.tensor2d(options.weight, [inputs, outputs]);
      return torch
        ? uniform<Tensor2D>([inputs, outputs], bound, random)
        : truncatedNormal<Tensor2D>([inputs, outputs], 0.02, random);
    };
    this.weight = this.parameter("weight", drawWeight, options.kind);
    // Where the caller chose the weights' bound, PyTorch zeroes the bias (as in MultiheadAttention).
    const drawn = torch && options.bound === undefined;
    this.bias = bias
      ? this.parameter("bias", () =>
          drawn ? uniform<Tensor1D>([outputs], bound, random) : (tf.zeros([outputs]) as Tensor1D),
        )
      : null;
  }

  /** `[..., inputs]` to `[..., outputs]`; `residual`, of the latter shape, is added to the result. */
  forward<T extends Tensor>(x: T, _given?: ForwardInput, residual?: T): T {
    this.checkNotDisposed();
    return linear(x, this.weight, this.bias, residual);
  }
}

import type { Tensor3D } from "@tensorflow/tfjs-core";
import { dropout } from "../tensor/dropout";
import { silu } from "../tensor/silu";
import { tf } from "../tensor/tf";
import { checkRate } from "./dropout";
import { ForwardContext, type ForwardInput } from "./forward-context";
import type { Draws, Initialization } from "./initial";
import { Linear } from "./linear";
import { Module } from "./module";

/** How a `SwiGLU` is made. */
export interface SwiGLUOptions {
  random: Draws;
  /** Dropout on the hidden layer. Default 0. */
  dropout?: number;
  /** Biases on all three linear layers. Default true; LLaMA has none. */
  bias?: boolean;
  /** Default "torch". */
  initialization?: Initialization;
}

/**
 * The gated feed-forward network of a Transformer: `y = (silu(x W₁ + b₁) ⊙ (x V + b₂)) W₂ + b₃`, on each token alone (Shazeer,
 * "GLU Variants Improve Transformer", 2020, equation 6, which has no biases).
 *
 * `gate` is W₁, `up` V and `down` W₂, as LLaMA has them; timm calls them `fc1_g`, `fc1_x` and `fc2`. With two thirds of the
 * hidden units of an `Mlp` it has as many weights. Named value: `hidden`, `[batch, tokens, hidden]`, after the product.
 *
 * @throws VitlabError when the dropout isn't at least 0 and below 1.
 *
 * @example
 * ```ts
 * import { Mlp, SwiGLU } from "vitlab";
 *
 * // Three maps instead of two: with two thirds of the hidden units there are as many weights.
 * const mlp = new Mlp(48, 192, { activation: "gelu", random: null });
 * const gated = new SwiGLU(48, 128, { random: null });
 * console.log(mlp.fc1.weight.size + mlp.fc2.weight.size); // 18432
 * console.log(gated.gate.weight.size + gated.up.weight.size + gated.down.weight.size); // 18432
 * ```
 */
export class SwiGLU extends Module {
  readonly addsResidual = true;
  readonly gate: Linear;
  readonly up: Linear;
  readonly down: Linear;
  private readonly rate: number;

  constructor(dim: number, hidden: number, { random, dropout: rate = 0, bias, initialization }: SwiGLUOptions) {
    super();
    checkRate("dropout", rate);
    this.rate = rate;
    this.gate = this.child("gate", new Linear(dim, hidden, { random, bias, initialization }));
    this.up = this.child("up", new Linear(dim, hidden, { random, bias, initialization }));
    this.down = this.child("down", new Linear(hidden, dim, { random, bias, initialization }));
  }

  override get settings() {
    return { dropout: this.rate };
  }

  /**
   * `[batch, tokens, dim]` to the same shape; `residual`, of that shape as well, is added to the result.
   *
   * @throws VitlabError when the last axis of `x` isn't `dim` long, `residual` has another shape than `x`, or the module or a
   * tensor was disposed.
   */
  forward(x: Tensor3D, given?: ForwardInput, residual?: Tensor3D): Tensor3D {
    this.checkNotDisposed();
    const context = ForwardContext.from(given);
    const drop = context.dropout(this.rate);
    return tf.tidy(() => {
      const product = tf.mul(silu(this.gate.forward(x)), this.up.forward(x)) as Tensor3D;
      const hidden = context.tap("hidden", product);
      return this.down.forward(drop ? dropout(hidden, drop) : hidden, context, residual);
    });
  }
}

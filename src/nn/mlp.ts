import type { Tensor1D, Tensor3D } from "@tensorflow/tfjs-core";
import { type Activation, activate } from "../tensor/activation";
import { dropout } from "../tensor/dropout";
import { feedForward } from "../tensor/feed-forward";
import { tf } from "../tensor/tf";
import { ForwardContext, type ForwardInput } from "./forward-context";
import type { Draws, Initialization } from "./initial";
import { Linear } from "./linear";
import { Module } from "./module";

/** How an `Mlp` is made. */
export interface MlpOptions {
  activation: Activation;
  random: Draws;
  /** Dropout on the hidden layer. Default 0. */
  dropout?: number;
  /** Default "torch". */
  initialization?: Initialization;
}

/**
 * The feed-forward network of a Transformer: `fc1`, activation, dropout, `fc2`, on each token alone.
 *
 * Named value: `hidden`, `[batch, tokens, hidden]`, after the activation.
 *
 * @example
 * ```ts
 * import { Mlp, Random, tf } from "vitlab";
 *
 * const mlp = new Mlp(32, 128, { activation: "gelu", random: new Random(1) });
 * console.log(mlp.forward(tf.ones<tf.Rank.R3>([1, 65, 32])).shape); // [ 1, 65, 32 ]
 * // Weights and biases of both maps: 32 · 128 + 128 + 128 · 32 + 32.
 * console.log(mlp.parameterCount().total); // 8352
 * ```
 */
export class Mlp extends Module {
  readonly addsResidual = true;
  readonly fc1: Linear;
  readonly fc2: Linear;
  private readonly activation: Activation;
  private readonly rate: number;

  constructor(dim: number, hidden: number, { activation, random, dropout: rate = 0, initialization }: MlpOptions) {
    super();
    this.activation = activation;
    this.rate = rate;
    this.fc1 = this.child("fc1", new Linear(dim, hidden, { random, initialization }));
    this.fc2 = this.child("fc2", new Linear(hidden, dim, { random, initialization }));
  }

  override get settings() {
    return { activation: this.activation, dropout: this.rate };
  }

  /** `[batch, tokens, dim]` to the same shape; `residual`, of that shape as well, is added to the result. */
  forward(x: Tensor3D, given?: ForwardInput, residual?: Tensor3D): Tensor3D {
    this.checkNotDisposed();
    const context = ForwardContext.from(given);
    const drop = context.dropout(this.rate);
    if (context.watched)
      return tf.tidy(() => {
        const hidden = context.tap("hidden", activate(this.fc1.forward(x), this.activation));
        return this.fc2.forward(drop ? dropout(hidden, drop) : hidden, context, residual);
      });
    const { fc1, fc2 } = this;
    const weights = [fc1.weight, fc1.bias as Tensor1D, fc2.weight, fc2.bias as Tensor1D] as const;
    return feedForward(x, [...weights], { activation: this.activation, dropout: drop, residual });
  }
}

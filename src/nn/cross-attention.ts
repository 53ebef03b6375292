import type { Tensor3D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { headsApart } from "../tensor/attention";
import { checkNotDisposed } from "../tensor/check-not-disposed";
import { completeMask } from "../tensor/mask";
import { tf } from "../tensor/tf";
import { attend } from "./attend";
import { checkHeads } from "./attention";
import { checkRate } from "./dropout";
import { ForwardContext, type ForwardInput } from "./forward-context";
import type { Draws, Initialization } from "./initial";
import { Linear } from "./linear";
import { Module } from "./module";

/** How a `CrossAttention` is made. */
export interface CrossAttentionOptions {
  heads: number;
  random: Draws;
  /** Features of a token of the memory. Default dim. */
  memoryDim?: number;
  /** Biases on query, key and value. Default true. */
  qkvBias?: boolean;
  /** Dropout on the attention weights. Default 0. */
  attentionDropout?: number;
  /** Default "torch"; "mimetic", which is about self-attention, starts as "vit" does. */
  initialization?: Initialization;
}

/**
 * Multi-head attention from tokens to those of a memory, such as an encoder's output: queries of the one, keys and values of
 * the other (Vaswani et al., "Attention Is All You Need", 2017, section 3.2.3). What each token may see of the memory, the
 * option `memoryMask` of the forward pass says; by default all.
 *
 * Parameters: `query.weight` `[dim, dim]`, `keyValue.weight` `[memoryDim, 2 · dim]` with the columns of key and value in that
 * order, `projection.weight` `[dim, dim]`. Named values: `query`, `key`, `value`, `scores`, `weights`, `heads`,
 * `context`.
 *
 * @throws VitlabError when heads doesn't divide dim, or the dropout isn't at least 0 and below 1.
 *
 * @example
 * ```ts
 * import { CrossAttention, Random, tf } from "vitlab";
 *
 * // Three tokens ask ten of another length, such as an encoder's.
 * const attention = new CrossAttention(16, { heads: 2, memoryDim: 24, random: new Random(1) });
 * const queries = tf.ones<tf.Rank.R3>([1, 3, 16]);
 * const memory = tf.ones<tf.Rank.R3>([1, 10, 24]);
 * console.log(attention.forward(queries, memory).shape); // [ 1, 3, 16 ]
 * console.log(attention.keyValue.weight.shape); // [ 24, 32 ]
 * ```
 */
export class CrossAttention extends Module {
  readonly addsResidual = true;
  readonly query: Linear;
  readonly keyValue: Linear;
  readonly projection: Linear;
  readonly heads: number;
  private readonly memoryDim: number;
  private readonly attentionDropout: number;

  constructor(dim: number, options: CrossAttentionOptions) {
    super();
    const { heads, random, memoryDim = dim, qkvBias: bias = true, initialization = "torch" } = options;
    checkHeads(heads, dim);
    this.heads = heads;
    this.memoryDim = memoryDim;
    this.attentionDropout = options.attentionDropout ?? 0;
    checkRate("attention dropout", this.attentionDropout);
    // Xavier's bounds, as torch.nn.MultiheadAttention draws them: of query, key and value stacked, or of each where the memory
    // has another size.
    const columns = memoryDim === dim ? 3 * dim : dim;
    const bound = (inputs: number) => Math.sqrt(6 / (inputs + columns));
    const linear = (inputs: number, stacked: number) =>
      new Linear(inputs, stacked * dim, {
        random,
        bias,
        initialization,
        bound: bound(inputs),
        kind: { role: "matrix", stacked },
      });
    this.query = this.child("query", linear(dim, 1));
    this.keyValue = this.child("keyValue", linear(memoryDim, 2));
    this.projection = this.child("projection", new Linear(dim, dim, { random, initialization }));
    if (initialization === "torch") tf.tidy(() => this.projection.bias?.assign(tf.zeros([dim])));
  }

  override get settings() {
    const { heads, attentionDropout } = this;
    return { heads, attentionDropout };
  }

  /**
   * `[batch, tokens, dim]` and a memory `[batch, memoryTokens, memoryDim]` to `[batch, tokens, dim]`; `residual`, of the result's
   * shape, is added to it.
   *
   * @throws VitlabError when the memory isn't of that shape, or the pass's memory mask isn't boolean or doesn't fit.
   */
  forward(x: Tensor3D, memory: Tensor3D, given?: ForwardInput, residual?: Tensor3D): Tensor3D {
    this.checkNotDisposed();
    const context = ForwardContext.from(given);
    checkNotDisposed("the input of cross-attention", x);
    this.checkMemory(memory, x.shape[0]);
    return tf.tidy(() => {
      const [key, value] = tf.split(this.keyValue.forward(memory), 2, -1) as [Tensor3D, Tensor3D];
      const parts = {
        query: headsApart(this.query.forward(x), this.heads),
        key: headsApart(key, this.heads),
        value: headsApart(value, this.heads),
      };
      const { memoryMask } = context.options;
      const [batch, queries] = x.shape;
      const mask =
        memoryMask && completeMask("the memory mask", memoryMask, { batch, queries, keys: memory.shape[1] as number });
      return this.projection.forward(
        attend(parts, context, { mask, dropout: this.attentionDropout }),
        context,
        residual,
      );
    });
  }

  private checkMemory(memory: Tensor3D, batch: number): void {
    if (!((memory as unknown) instanceof tf.Tensor))
      throw new VitlabError(
        `cross-attention got no memory: call forward(x, memory) with a tensor [${batch}, memoryTokens, ${this.memoryDim}]`,
      );
    checkNotDisposed("the memory", memory);
    if (memory.rank !== 3 || memory.shape[0] !== batch || memory.shape[2] !== this.memoryDim)
      throw new VitlabError(
        `cross-attention got a memory ${showShape(memory.shape)}: expected [${batch}, memoryTokens, ${this.memoryDim}]`,
      );
  }
}

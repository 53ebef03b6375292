import type { Tensor3D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { withDefaults } from "../base/with-defaults";
import { checkNotDisposed } from "../tensor/check-not-disposed";
import { tf } from "../tensor/tf";
import type { SelfAttention } from "./attention";
import { CrossAttention } from "./cross-attention";
import { checkRate } from "./dropout";
import { type EncoderBlockOptions, type NormLayer, usualLayers } from "./encoder-block";
import { ForwardContext, type ForwardInput } from "./forward-context";
import type { LayerNorm } from "./layer-norm";
import type { Mlp } from "./mlp";
import { Module } from "./module";
import { type BranchLayer, type ResidualRates, residualBranch, residualSum, type TokenLayer } from "./residual";

/** How a `DecoderBlock` is made: as an encoder block, with a memory. */
export interface DecoderBlockOptions<
  Norm extends NormLayer = LayerNorm,
  Attention extends TokenLayer = SelfAttention,
  FeedForward extends TokenLayer = Mlp,
> extends Omit<EncoderBlockOptions<Norm, Attention, FeedForward>, "attentionOverBatch"> {
  /** Features of a token of the memory. Default dim. */
  memoryDim?: number;
  /** Whether a token sees only itself and those before it. Default true; false for tokens that have no order. */
  causal?: boolean;
}

/**
 * One Transformer decoder block, of causal self-attention, attention to a memory, and MLP (Vaswani et al., "Attention Is All
 * You Need", 2017, section 3.1).
 *
 * Post-norm, as in the paper: `norm1(x + attention(x))`, then `norm2(x + crossAttention(x, memory))`, then
 * `norm3(x + mlp(x))`. Pre-norm: `x + attention(norm1(x))`, then `x + crossAttention(norm2(x), memory)`, then
 * `x + mlp(norm3(x))`. The pass's `mask` is for the former attention, its `memoryMask` for the latter.
 *
 * Named values, each `[batch, tokens, dim]` besides those inside `attention`, `crossAttention` and `mlp`: `input`,
 * `norm1.output`, `attention.output`, `norm2.output`, `crossAttention.output`, `norm3.output`, `mlp.output`, `output`.
 *
 * @example
 * ```ts
 * import { DecoderBlock, Random, tf } from "vitlab";
 *
 * // Four words of a caption, made from the sixteen patches of a picture.
 * const block = new DecoderBlock(32, { heads: 4, mlpDim: 64, random: new Random(1) });
 * const words = tf.ones<tf.Rank.R3>([1, 4, 32]);
 * const picture = tf.ones<tf.Rank.R3>([1, 16, 32]);
 * console.log(block.forward(words, picture).shape); // [ 1, 4, 32 ]
 * console.log([...block.namedChildren().keys()].join(" ")); // norm1 attention norm2 crossAttention norm3 mlp
 * ```
 */
export class DecoderBlock<
  Norm extends NormLayer = LayerNorm,
  Attention extends TokenLayer = SelfAttention,
  FeedForward extends TokenLayer = Mlp,
> extends Module {
  readonly norm1: Norm;
  readonly attention: Attention;
  readonly norm2: Norm;
  readonly crossAttention: CrossAttention;
  readonly norm3: Norm;
  readonly mlp: FeedForward;
  private readonly rates: ResidualRates;
  private readonly norm: "pre" | "post";

  constructor(
    private readonly dim: number,
    options: DecoderBlockOptions<Norm, Attention, FeedForward>,
  ) {
    super();
    const { mlpDim, norm = "pre", activation = "gelu", random, dropout = 0, dropPath = 0, initialization } = options;
    const { causal = true } = options;
    this.norm = norm;
    checkRate("dropout", dropout);
    checkRate("dropPath", dropPath);
    this.rates = { dropout, dropPath };
    const make = withDefaults(usualLayers<Norm, Attention, FeedForward>(options), options.factories);
    this.norm1 = this.make("norm1", () => make.norm(dim));
    this.attention = this.make("attention", () => make.attention(dim, { ...options, causal }));
    this.norm2 = this.make("norm2", () => make.norm(dim));
    this.crossAttention = this.make("crossAttention", () => new CrossAttention(dim, options));
    this.norm3 = this.make("norm3", () => make.norm(dim));
    this.mlp = this.make("mlp", () => make.mlp(dim, mlpDim, { activation, random, dropout, initialization }));
  }

  override get settings() {
    return { norm: this.norm, ...this.rates };
  }

  /**
   * `[batch, tokens, dim]` and a memory `[batch, memoryTokens, memoryDim]` to `[batch, tokens, dim]`.
   *
   * @throws VitlabError when the last axis of `x` isn't dim long, or the memory or a mask doesn't fit.
   */
  forward(x: Tensor3D, memory: Tensor3D, given?: ForwardInput): Tensor3D {
    const context = ForwardContext.from(given);
    const { norm1, attention, norm2, crossAttention, norm3, mlp, add } = this.parts(x, memory, context);
    return tf.tidy(() => {
      let tokens = context.tap("input", x);
      if (this.norm === "pre") {
        tokens = add(tokens, attention(norm1(tokens)));
        tokens = add(tokens, crossAttention(norm2(tokens)));
        tokens = add(tokens, mlp(norm3(tokens)));
      } else {
        tokens = norm1(add(tokens, attention(tokens)));
        tokens = norm2(add(tokens, crossAttention(tokens)));
        tokens = norm3(add(tokens, mlp(tokens)));
      }
      return context.tap("output", tokens);
    });
  }

  /** The parts as functions of tokens; `attention`, `crossAttention` and `mlp` are residual branches, for `add`. */
  private parts(x: Tensor3D, memory: Tensor3D, context: ForwardContext) {
    this.checkNotDisposed();
    if (x.rank !== 3 || x.shape[2] !== this.dim)
      throw new VitlabError(`decoder block got ${showShape(x.shape)}: expected [batch, tokens, ${this.dim}]`);
    checkNotDisposed("the input of the block", x);
    const ofMemory: BranchLayer = {
      addsResidual: this.crossAttention.addsResidual,
      forward: (tokens, within, residual) => this.crossAttention.forward(tokens, memory, within, residual),
    };
    return {
      norm1: (tokens: Tensor3D) => context.tap("norm1.output", this.norm1.forward(tokens)),
      norm2: (tokens: Tensor3D) => context.tap("norm2.output", this.norm2.forward(tokens)),
      norm3: (tokens: Tensor3D) => context.tap("norm3.output", this.norm3.forward(tokens)),
      attention: residualBranch(this.attention, context.at("attention")),
      crossAttention: residualBranch(ofMemory, context.at("crossAttention")),
      mlp: residualBranch(this.mlp, context.at("mlp")),
      add: residualSum(context, this.rates),
    };
  }
}

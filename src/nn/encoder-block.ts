import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { withDefaults } from "../base/with-defaults";
import type { Activation } from "../tensor/activation";
import { checkNotDisposed } from "../tensor/check-not-disposed";
import { tf } from "../tensor/tf";
import { SelfAttention, type SelfAttentionOptions } from "./attention";
import { checkRate } from "./dropout";
import { ForwardContext, type ForwardInput } from "./forward-context";
import { LayerNorm } from "./layer-norm";
import { Mlp, type MlpOptions } from "./mlp";
import { Module } from "./module";
import { type ResidualRates, residualBranch, residualSum, type TokenLayer } from "./residual";

/** A layer of tokens that keeps their shape, whatever it is: a normalization. */
export interface NormLayer extends Module {
  forward<T extends Tensor>(x: T): T;
}

/** What makes the layers of a block; a factory must return a new module each time. */
export interface BlockFactories<
  Norm extends NormLayer = LayerNorm,
  Attention extends TokenLayer = SelfAttention,
  FeedForward extends TokenLayer = Mlp,
> {
  /** Default `(dim) => new LayerNorm(dim, { epsilon: layerNormEps })`. */
  norm?: (dim: number) => Norm;
  /** Default `(dim, options) => new SelfAttention(dim, options)`. */
  attention?: (dim: number, options: SelfAttentionOptions) => Attention;
  /** Default `(dim, hidden, options) => new Mlp(dim, hidden, options)`. */
  mlp?: (dim: number, hidden: number, options: MlpOptions) => FeedForward;
}

/** How an `EncoderBlock` is made. */
export interface EncoderBlockOptions<
  Norm extends NormLayer = LayerNorm,
  Attention extends TokenLayer = SelfAttention,
  FeedForward extends TokenLayer = Mlp,
> extends SelfAttentionOptions {
  mlpDim: number;
  /** Normalization before each part, inside the residual ("pre"), or after it ("post"). Default "pre". */
  norm?: "pre" | "post";
  /** Default "gelu". */
  activation?: Activation;
  /** After attention, after the activation and after the MLP. Default 0. */
  dropout?: number;
  /** Share of images that each of the two residual branches is taken out for in training. Default 0. */
  dropPath?: number;
  layerNormEps?: number;
  /** Other layers than the usual ones, as in `{ norm: (dim) => new RMSNorm(dim) }`. */
  factories?: BlockFactories<Norm, Attention, FeedForward>;
}

/**
 * One Transformer encoder block.
 *
 * Pre-norm: `x + attention(norm1(x))`, then `x + mlp(norm2(x))` (Dosovitskiy et al., "An Image is Worth 16x16 Words",
 * 2021, equations 2 and 3). Post-norm: `norm1(x + attention(x))`, then `norm2(x + mlp(x))` (Vaswani et al., 2017,
 * section 3.1).
 *
 * Named values, each `[batch, tokens, dim]` besides those inside `attention` and `mlp`: `input`, `norm1.output`,
 * `attention.output`, `middle` (the sum between attention and MLP), `norm2.output`, `mlp.output`, `output`.
 *
 * @example
 * ```ts
 * import { EncoderBlock, Random, tf, Trace } from "vitlab";
 *
 * const block = new EncoderBlock(32, { heads: 4, mlpDim: 64, random: new Random(1) });
 * const trace = new Trace();
 * const output = block.forward(tf.ones<tf.Rank.R3>([2, 5, 32]), { trace });
 * console.log(output.shape); // [ 2, 5, 32 ]
 * console.log(trace.has("attention.weights"), trace.has("middle")); // true true
 * ```
 *
 * @example As newer models have it: another normalization and another feed-forward network.
 * ```ts
 * import { EncoderBlock, Random, RMSNorm, SwiGLU } from "vitlab";
 *
 * const random = new Random(1);
 * const block = new EncoderBlock(32, {
 *   heads: 4,
 *   mlpDim: 64,
 *   random,
 *   factories: { norm: (dim) => new RMSNorm(dim), mlp: (dim, hidden) => new SwiGLU(dim, hidden, { random }) },
 * });
 * console.log([...block.mlp.namedChildren().keys()]); // [ 'gate', 'up', 'down' ]
 * ```
 */
export class EncoderBlock<
  Norm extends NormLayer = LayerNorm,
  Attention extends TokenLayer = SelfAttention,
  FeedForward extends TokenLayer = Mlp,
> extends Module {
  readonly norm1: Norm;
  readonly attention: Attention;
  readonly norm2: Norm;
  readonly mlp: FeedForward;
  private readonly rates: ResidualRates;
  private readonly norm: "pre" | "post";

  constructor(
    private readonly dim: number,
    options: EncoderBlockOptions<Norm, Attention, FeedForward>,
  ) {
    super();
    const { mlpDim, norm = "pre", activation = "gelu", random, dropout = 0, dropPath = 0, initialization } = options;
    this.norm = norm;
    checkRate("dropout", dropout);
    checkRate("dropPath", dropPath);
    this.rates = { dropout, dropPath };
    const make = withDefaults(usualLayers<Norm, Attention, FeedForward>(options), options.factories);
    this.norm1 = this.make("norm1", () => make.norm(dim));
    this.attention = this.make("attention", () => make.attention(dim, options));
    this.norm2 = this.make("norm2", () => make.norm(dim));
    this.mlp = this.make("mlp", () => make.mlp(dim, mlpDim, { activation, random, dropout, initialization }));
  }

  override get settings() {
    return { norm: this.norm, ...this.rates };
  }

  /**
   * `[batch, tokens, dim]` to the same shape.
   *
   * @throws VitlabError when the last axis isn't dim long.
   */
  forward(x: Tensor3D, given?: ForwardInput): Tensor3D {
    const context = ForwardContext.from(given);
    const { norm1, attention, middle, norm2, mlp, add } = this.parts(x, context);
    return tf.tidy(() => {
      let tokens = context.tap("input", x);
      if (this.norm === "pre") {
        tokens = middle(add(tokens, attention(norm1(tokens))));
        tokens = add(tokens, mlp(norm2(tokens)));
      } else {
        tokens = norm1(middle(add(tokens, attention(tokens))));
        tokens = norm2(add(tokens, mlp(tokens)));
      }
      return context.tap("output", tokens);
    });
  }

  /** The parts as functions of tokens; `attention` and `mlp` are residual branches, for `add`. */
  private parts(x: Tensor3D, context: ForwardContext) {
    this.checkNotDisposed();
    if (x.rank !== 3 || x.shape[2] !== this.dim)
      throw new VitlabError(`encoder block got ${showShape(x.shape)}: expected [batch, tokens, ${this.dim}]`);
    checkNotDisposed("the input of the block", x);
    return {
      norm1: (tokens: Tensor3D) => context.tap("norm1.output", this.norm1.forward(tokens)),
      middle: (tokens: Tensor3D) => context.tap("middle", tokens),
      norm2: (tokens: Tensor3D) => context.tap("norm2.output", this.norm2.forward(tokens)),
      attention: residualBranch(this.attention, context.at("attention")),
      mlp: residualBranch(this.mlp, context.at("mlp")),
      add: residualSum(context, this.rates),
    };
  }
}

/** The layers of a block where no factory makes others, which is when the types are the usual ones. */
export function usualLayers<Norm extends NormLayer, Attention extends TokenLayer, FeedForward extends TokenLayer>({
  layerNormEps,
}: Pick<EncoderBlockOptions, "layerNormEps">): Required<BlockFactories<Norm, Attention, FeedForward>> {
  const usual: Required<BlockFactories> = {
    norm: (dim) => new LayerNorm(dim, { epsilon: layerNormEps }),
    attention: (dim, options) => new SelfAttention(dim, options),
    mlp: (dim, hidden, options) => new Mlp(dim, hidden, options),
  };
  return usual as unknown as Required<BlockFactories<Norm, Attention, FeedForward>>;
}

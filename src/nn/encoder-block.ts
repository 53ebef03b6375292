import type { Tensor3D } from "@tensorflow/tfjs";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import type { Activation } from "../tensor/activation";
import { checkNotDisposed } from "../tensor/check-not-disposed";
import { tf } from "../tensor/tf";
import { SelfAttention } from "./attention";
import { checkRate } from "./dropout";
import { ForwardContext } from "./forward-context";
import type { Draws, Initialization } from "./initial";
import { LayerNorm } from "./layer-norm";
import { Mlp } from "./mlp";
import { Module } from "./module";
import { type ResidualRates, residualBranch, residualSum } from "./residual";

/** How an `EncoderBlock` is made. */
export interface EncoderBlockOptions {
  heads: number;
  mlpDim: number;
  /** Layer normalization before each part, inside the residual ("pre"), or after it ("post"). */
  norm: "pre" | "post";
  activation: Activation;
  random: Draws;
  /** After attention, after the activation and after the MLP. Default 0. */
  dropout?: number;
  attentionDropout?: number;
  /** Share of images that each of the two residual branches is taken out for in training. Default 0. */
  dropPath?: number;
  qkvBias?: boolean;
  layerNormEps?: number;
  attentionOverBatch?: boolean;
  initialization?: Initialization;
}

/**
 * One Transformer encoder block.
 *
 * Pre-norm: `x + attention(norm1(x))`, then `x + mlp(norm2(x))` (Dosovitskiy et al., "An Image is Worth 16x16 Words",
 * 2021, equations 2 and 3). Post-norm: `norm1(x + attention(x))`, then `norm2(x + mlp(x))` (Vaswani et al., 2017,
 * section 3.1).
 *
 * Named values: `input`, those of `attention` and `mlp`, `output`, each of the first and last `[batch, tokens, dim]`.
 */
export class EncoderBlock extends Module {
  readonly norm1: LayerNorm;
  readonly attention: SelfAttention;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp;
  private readonly rates: ResidualRates;
  private readonly norm: "pre" | "post";

  constructor(
    private readonly dim: number,
    options: EncoderBlockOptions,
  ) {
    super();
    const { mlpDim, norm, activation, random, dropout = 0, dropPath = 0, layerNormEps, initialization } = options;
    this.norm = norm;
    checkRate("dropout", dropout);
    checkRate("dropPath", dropPath);
    this.rates = { dropout, dropPath };
    // Made first, because it may refuse its options: nothing is left behind then.
    const attention = new SelfAttention(dim, options);
    this.norm1 = this.child("norm1", new LayerNorm(dim, { epsilon: layerNormEps }));
    this.attention = this.child("attention", attention);
    this.norm2 = this.child("norm2", new LayerNorm(dim, { epsilon: layerNormEps }));
    this.mlp = this.child("mlp", new Mlp(dim, mlpDim, { activation, random, dropout, initialization }));
  }

  /**
   * `[batch, tokens, dim]` to the same shape.
   *
   * @throws VitlabError when the last axis isn't dim long.
   */
  forward(x: Tensor3D, context: ForwardContext = new ForwardContext()): Tensor3D {
    const { norm1, attention, norm2, mlp, add } = this.parts(x, context);
    return tf.tidy(() => {
      let tokens = context.tap("input", x);
      if (this.norm === "pre") {
        tokens = add(tokens, attention(norm1(tokens)));
        tokens = add(tokens, mlp(norm2(tokens)));
      } else {
        tokens = norm1(add(tokens, attention(tokens)));
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
      norm1: (tokens: Tensor3D) => this.norm1.forward(tokens),
      norm2: (tokens: Tensor3D) => this.norm2.forward(tokens),
      attention: residualBranch(this.attention, context.at("attention")),
      mlp: residualBranch(this.mlp, context.at("mlp")),
      add: residualSum(context, this.rates),
    };
  }
}

import type { Tensor3D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { attention, type QueryKeyValue, splitHeads } from "../tensor/attention";
import { checkNotDisposed } from "../tensor/check-not-disposed";
import { causalMask, completeMask } from "../tensor/mask";
import { tf } from "../tensor/tf";
import { attend } from "./attend";
import { checkRate } from "./dropout";
import { ForwardContext, type ForwardInput } from "./forward-context";
import type { Draws, Initialization } from "./initial";
import { Linear } from "./linear";
import { mimeticAttention } from "./mimetic";
import { Module } from "./module";
import type { RelativePositionBias } from "./relative-position-bias";
import { type RotaryPositions, turnedBy } from "./rotary";

/** How a `SelfAttention` is made. */
export interface SelfAttentionOptions {
  heads: number;
  random: Draws;
  /** Heads of key and value, each shared by heads / kvHeads of the query; 1 is multi-query attention. Default heads. */
  kvHeads?: number;
  /** Biases on query, key and value. Default true. */
  qkvBias?: boolean;
  /** Dropout on the attention weights. Default 0. */
  attentionDropout?: number;
  /** Turns queries and keys by their places: `rotary1d()` or `rotary2d({ rows, columns })`. Default none. */
  rotary?: RotaryPositions;
  /** Adds a learned number to each score by where query and key stand; trained and saved with the rest. Default none. */
  positionBias?: RelativePositionBias;
  /** A token sees itself and those before it, and of these what the pass's mask allows. Default false. */
  causal?: boolean;
  /**
   * For teaching only: attention between the images of a batch, at each token, instead of between the tokens of each
   * image. It is what PyTorch's Transformer layers do to `[batch, tokens, dim]` without `batch_first=True`.
   * Default false.
   */
  attentionOverBatch?: boolean;
  /** Default "torch". */
  initialization?: Initialization;
}

/**
 * Multi-head self-attention: project to query, key and value, attend, project back (Vaswani et al., "Attention Is All You
 * Need", 2017, section 3.2.2). What each token may see, the option `mask` of the forward pass says; by default all.
 *
 * Heads of the query may share those of key and value (Ainslie et al., "GQA: Training Generalized Multi-Query Transformer
 * Models from Multi-Head Checkpoints", 2023, section 2.2).
 *
 * Parameters: `qkv.weight` `[dim, 3 · dim]` with the columns of query, key and value in that order (of the latter two
 * `kvHeads · dim / heads` each), and `projection.weight` `[dim, dim]`. Named values: `query` and `key` (turned, where
 * positions are rotary), `value`, `scores` (with the position bias, before the mask), `weights`,
 * `heads` (the weighted values of each head, `[batch, heads, tokens, headDim]`), `context` (those side by side).
 *
 * @throws VitlabError when heads doesn't divide dim or kvHeads heads, the dropout isn't at least 0 and below 1, the position
 * bias has other heads, or attention is over the batch and yet causal or with positions.
 *
 * @example
 * ```ts
 * import { Random, SelfAttention, tf, Trace } from "vitlab";
 *
 * const attention = new SelfAttention(32, { heads: 4, random: new Random(1) });
 * const tokens = tf.randomNormal<tf.Rank.R3>([1, 65, 32]);
 * const trace = new Trace(["weights"]);
 * console.log(attention.forward(tokens, { trace }).shape); // [ 1, 65, 32 ]
 *
 * // One weight for each head, query and key; those of a query sum to 1.
 * const weights = trace.get("weights");
 * console.log(weights.shape); // [ 1, 4, 65, 65 ]
 * console.log(weights.sum(-1).min().dataSync()[0].toFixed(3)); // 1.000
 * ```
 *
 * @example Four heads of the query to each of key and value: fewer weights, and less to keep of each token.
 * ```ts
 * import { SelfAttention } from "vitlab";
 *
 * const all = new SelfAttention(64, { heads: 8, random: null });
 * const shared = new SelfAttention(64, { heads: 8, kvHeads: 2, random: null });
 * console.log(all.qkv.weight.shape, shared.qkv.weight.shape); // [ 64, 192 ] [ 64, 96 ]
 * ```
 */
export class SelfAttention extends Module {
  readonly addsResidual = true;
  readonly qkv: Linear;
  readonly projection: Linear;
  readonly heads: number;
  readonly kvHeads: number;
  readonly positionBias: RelativePositionBias | null;
  private readonly attentionDropout: number;
  private readonly rotary: RotaryPositions | undefined;
  private readonly causal: boolean;
  private readonly attentionOverBatch: boolean;

  constructor(dim: number, options: SelfAttentionOptions) {
    super();
    const { heads, random, qkvBias = true, initialization = "torch" } = options;
    checkHeads(heads, dim);
    this.heads = heads;
    const { kvHeads = heads } = options;
    checkKvHeads(kvHeads, heads, initialization);
    this.kvHeads = kvHeads;
    this.attentionDropout = options.attentionDropout ?? 0;
    checkRate("attention dropout", this.attentionDropout);
    this.rotary = options.rotary;
    this.causal = options.causal ?? false;
    this.attentionOverBatch = options.attentionOverBatch ?? false;
    const { positionBias = null } = options;
    if (this.causal || this.rotary || positionBias) this.checkWithinImages();
    if (positionBias && positionBias.heads !== heads)
      throw new VitlabError(
        `the position bias has ${positionBias.heads} heads: expected as many as attention, ${heads}`,
      );
    const columns = dim + 2 * kvHeads * (dim / heads);
    // Xavier's bound of the stacked matrix, as torch.nn.MultiheadAttention draws it.
    const bound = Math.sqrt(6 / (dim + columns));
    const mimetic = initialization === "mimetic" ? mimeticAttention(dim, heads, random) : null;
    const { qkv, projection } = mimetic ?? {};
    this.qkv = this.child(
      "qkv",
      new Linear(dim, columns, {
        random,
        bias: qkvBias,
        initialization,
        bound,
        weight: qkv,
        // The query's part counts once for each of its heads that share one of key and value.
        kind: { role: "matrix", stacked: heads / kvHeads + 2 },
      }),
    );
    this.projection = this.child("projection", new Linear(dim, dim, { random, initialization, weight: projection }));
    this.positionBias = positionBias && this.child("positionBias", positionBias);
    if (initialization === "torch") tf.tidy(() => this.projection.bias?.assign(tf.zeros([dim])));
  }

  override get settings() {
    const { heads, kvHeads, rotary, causal, attentionDropout, attentionOverBatch } = this;
    return { heads, kvHeads, rotary, causal, attentionDropout, attentionOverBatch };
  }

  /**
   * `[batch, tokens, dim]` to the same shape; `residual`, of that shape as well, is added to the result.
   *
   * @throws VitlabError when the pass's mask isn't boolean or doesn't fit, or positions aren't for so many tokens.
   */
  forward(x: Tensor3D, given?: ForwardInput, residual?: Tensor3D): Tensor3D {
    this.checkNotDisposed();
    const context = ForwardContext.from(given);
    checkNotDisposed("the input of attention", x);
    return tf.tidy(() => {
      const input = this.attentionOverBatch ? (tf.transpose(x, [1, 0, 2]) as Tensor3D) : x;
      const qkv = this.qkv.forward(input);
      const mask = this.mask(input, context);
      const bias = this.positionBias?.forward(input.shape[1]);
      const mixed =
        mask || context.watched || !this.isPlain
          ? attend(this.split(qkv), context, { mask, bias, dropout: this.attentionDropout })
          : attention(qkv, this.heads, context.dropout(this.attentionDropout));
      if (!this.attentionOverBatch) return this.projection.forward(mixed, context, residual);
      const output = tf.transpose(this.projection.forward(mixed), [1, 0, 2]) as Tensor3D;
      return residual ? tf.add(output, residual) : output;
    });
  }

  /** Whether it is nothing more than the formula, which is one operation then. */
  private get isPlain(): boolean {
    return this.kvHeads === this.heads && !this.rotary && !this.positionBias;
  }

  private split(qkv: Tensor3D): QueryKeyValue {
    const { query, key, value } = splitHeads(qkv, this.heads, this.kvHeads);
    if (!this.rotary) return { query, key, value };
    return { query: turnedBy(this.rotary, query), key: turnedBy(this.rotary, key), value };
  }

  /** What each token may see, `[batch or 1, tokens or 1, tokens]`; undefined where that is all. */
  private mask({ shape: [batch, tokens] }: Tensor3D, context: ForwardContext): Tensor3D | undefined {
    const { mask } = context.options;
    if (!mask) return this.causal ? causalMask(tokens) : undefined;
    this.checkWithinImages();
    const complete = completeMask("the mask", mask, { batch, queries: tokens, keys: tokens });
    return this.causal ? (tf.logicalAnd(complete, causalMask(tokens)) as Tensor3D) : complete;
  }

  private checkWithinImages(): void {
    if (this.attentionOverBatch)
      throw new VitlabError(
        "attention over the batch takes no masks, order or positions, which are about the tokens of one image: leave out attentionOverBatch",
      );
  }
}

/** @throws VitlabError when heads doesn't divide dim. */
export function checkHeads(heads: number, dim: number): void {
  if (!Number.isInteger(heads) || heads < 1 || dim % heads !== 0)
    throw new VitlabError(`${heads} heads don't divide dim ${dim}: choose heads so that dim / heads is whole`);
}

function checkKvHeads(kvHeads: number, heads: number, initialization: Initialization): void {
  if (!Number.isInteger(kvHeads) || kvHeads < 1 || heads % kvHeads !== 0)
    throw new VitlabError(
      `${kvHeads} kvHeads don't divide ${heads} heads: choose kvHeads so that heads / kvHeads is whole`,
    );
  if (kvHeads !== heads && initialization === "mimetic")
    throw new VitlabError(
      'initialization "mimetic" starts each head of the query as its own key: leave out kvHeads, or choose "vit"',
    );
}

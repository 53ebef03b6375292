import type { Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import type { QueryKeyValue } from "./attention";
import { differentiable, type Form } from "./differentiable";
import { type Dropout, type DropoutDraw, drawDropout, maskOf } from "./dropout";
import { stackGroups, unstackGroups } from "./grouped-heads";
import { completeMask } from "./mask";
import { softmaxGradient, softmaxOfSeen } from "./masked-softmax";
import { batchMatmul, sumRows } from "./matmul";
import { tf } from "./tf";

/** What `maskedAttention` takes besides query, key and value. */
export interface MaskedAttentionOptions {
  /** Booleans, true where seen: `[queries, keys]`, `[batch, keys]` or `[batch or 1, queries or 1, keys]`. Default all. */
  mask?: Tensor | undefined;
  /** B, added to the scores of each example, `[heads, queries, keys]`. Default none. */
  bias?: Tensor3D | undefined;
  /** Applied to the weights after the softmax. */
  dropout?: Dropout | undefined;
}

/**
 * Scaled dot-product attention in which each query sees the keys that a mask allows: `softmax(Q Kᵀ / √headDim + B) V` with
 * the scores of the others at -∞ (Vaswani et al., "Attention Is All You Need", 2017, sections 3.2.1 and 3.2.3), as one operation.
 * A query that may see nothing gets zeros. Where all is seen and there are as many queries as keys, `attention` is faster.
 *
 * With A the weights: `dV = Aᵀ dY`, `dA = dY Vᵀ`, `dS = A (dA - Σ dA A)`, `dQ = dS K / √headDim`, `dK = dSᵀ Q / √headDim`,
 * `dB = Σ dS` over the batch.
 *
 * Where key and value have fewer heads, each of theirs serves as many successive ones of the query (Ainslie et al., "GQA:
 * Training Generalized Multi-Query Transformer Models from Multi-Head Checkpoints", 2023, section 2.2).
 *
 * @param parts query `[batch, heads, queries, headDim]`, key and value `[batch, kvHeads, keys, headDim]`
 * @returns the context by head, `[batch, heads, queries, headDim]`
 * @throws VitlabError when shapes don't fit together, the mask isn't boolean, or a tensor was disposed.
 *
 * @example
 * ```ts
 * import { causalMask, maskedAttention, tf } from "vitlab";
 *
 * // Without scores each token gets the mean of the values that it may see: 1, then (1 + 3) / 2.
 * const query = tf.zeros<tf.Rank.R4>([1, 1, 2, 2]);
 * const value = tf.tensor4d([[[[1, 1], [3, 3]]]]);
 * const context = maskedAttention({ query, key: query, value }, { mask: causalMask(2) });
 * console.log(context.arraySync()[0][0]); // [ [ 1, 1 ], [ 2, 2 ] ]
 * ```
 */
export function maskedAttention(parts: QueryKeyValue, options: MaskedAttentionOptions = {}): Tensor4D {
  const { query, key, value } = parts;
  const { mask, bias, dropout } = options;
  checkShapes(parts);
  const [batch, heads, queries] = query.shape;
  const keys = key.shape[2];
  if (bias) checkBias(bias, [heads, queries, keys]);
  const draw = dropout && dropout.rate > 0 ? drawDropout(dropout) : null;
  return tf.tidy(() => {
    const seen = mask && completeMask("the mask", mask, { batch, queries, keys });
    const weigh = (scores: Tensor4D) => (seen ? softmaxOfSeen(scores, seen) : (tf.softmax(scores) as Tensor4D));
    return differentiable(inSteps(weigh, draw), [query, key, value, ...(bias ? [bias] : [])]);
  });
}

function inSteps(weigh: (scores: Tensor4D) => Tensor4D, draw: DropoutDraw | null): Form {
  return {
    forward(...inputs) {
      const [query, key, value, bias] = inputs as [Tensor4D, Tensor4D, Tensor4D, Tensor3D?];
      const [, heads, , headDim] = query.shape;
      const scaled = stackGroups(tf.mul(query, 1 / Math.sqrt(headDim)), key.shape[1]);
      const scores = unstackGroups(batchMatmul(scaled, key, false, true), heads);
      const weights = weigh(bias ? tf.add(scores, bias) : scores);
      const factors = draw && maskOf(weights.shape, draw);
      const dropped = (factors ? tf.mul(weights, factors) : weights) as Tensor4D;
      const context = batchMatmul(stackGroups(dropped, key.shape[1]), value);
      const saved = [scaled, key, value, weights, ...(factors ? [factors, dropped] : [])];
      return { value: unstackGroups(context, heads), saved };
    },
    gradient(dy, saved) {
      const [scaled, key, value, weights, factors, dropped] = saved as [
        ...[Tensor4D, Tensor4D, Tensor4D, Tensor4D],
        Tensor4D?,
        Tensor4D?,
      ];
      const [, heads] = weights.shape;
      const [, kvHeads, , headDim] = key.shape;
      const dContext = stackGroups(dy as Tensor4D, kvHeads);
      const throughDropout = unstackGroups(batchMatmul(dContext, value, false, true), heads);
      const dScores = softmaxGradient(weights, factors ? tf.mul(throughDropout, factors) : throughDropout);
      const stacked = stackGroups(dScores, kvHeads);
      return [
        tf.mul(unstackGroups(batchMatmul(stacked, key), heads), 1 / Math.sqrt(headDim)),
        batchMatmul(stacked, scaled, true, false),
        batchMatmul(stackGroups(dropped ?? weights, kvHeads), dContext, true, false),
        () => sumOverBatch(dScores),
      ];
    },
  };
}

function sumOverBatch(x: Tensor4D): Tensor3D {
  const [batch, ...shape] = x.shape;
  return tf.reshape(sumRows(tf.reshape(x, [batch, -1])), shape);
}

function checkShapes({ query, key, value }: QueryKeyValue): void {
  const [batch, heads, , headDim] = query.shape;
  const [, kvHeads, keys] = key.shape;
  const expected = showShape([batch, kvHeads, keys, headDim] as number[]);
  const fits = showShape(key.shape) === expected && showShape(value.shape) === expected;
  if (query.rank === 4 && fits && heads % kvHeads === 0) return;
  throw new VitlabError(
    `attention got a query ${showShape(query.shape)}, a key ${showShape(key.shape)} and a value ${showShape(value.shape)}: ` +
      "expected [batch, heads, tokens, headDim] for each, with as many tokens in key and value, and as many heads or a divisor",
  );
}

function checkBias(bias: Tensor3D, expected: number[]): void {
  if (showShape(bias.shape) !== showShape(expected))
    throw new VitlabError(
      `attention got a bias ${showShape(bias.shape)}: expected [heads, queries, keys], ${showShape(expected)}`,
    );
}

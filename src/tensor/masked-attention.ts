import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import type { QueryKeyValue } from "./attention";
import { differentiable, type Form } from "./differentiable";
import { type Dropout, type DropoutDraw, drawDropout, maskOf } from "./dropout";
import { completeMask } from "./mask";
import { softmaxGradient, softmaxOfSeen } from "./masked-softmax";
import { batchMatmul } from "./matmul";
import { tf } from "./tf";

/** What `maskedAttention` takes besides query, key and value. */
export interface MaskedAttentionOptions {
  /** Booleans, true where seen: `[queries, keys]`, `[batch, keys]` or `[batch or 1, queries or 1, keys]`. Default all. */
  mask?: Tensor | undefined;
  /** Applied to the weights after the softmax. */
  dropout?: Dropout | undefined;
}

/**
 * Scaled dot-product attention in which each query sees the keys that a mask allows: `softmax(Q Kᵀ / √headDim) V` with the
 * scores of the others at -∞ (Vaswani et al., "Attention Is All You Need", 2017, sections 3.2.1 and 3.2.3), as one operation.
 * A query that may see nothing gets zeros. Where all is seen and there are as many queries as keys, `attention` is faster.
 *
 * With A the weights: `dV = Aᵀ dY`, `dA = dY Vᵀ`, `dS = A (dA - Σ dA A)`, `dQ = dS K / √headDim`, `dK = dSᵀ Q / √headDim`.
 *
 * @param parts query `[batch, heads, queries, headDim]`, key and value `[batch, heads, keys, headDim]`
 * @returns the context by head, `[batch, heads, queries, headDim]`
 * @throws VitlabError when shapes don't fit together, the mask isn't boolean, or a tensor was disposed.
 */
export function maskedAttention(parts: QueryKeyValue, { mask, dropout }: MaskedAttentionOptions = {}): Tensor4D {
  const { query, key, value } = parts;
  checkShapes(parts);
  const [batch, , queries] = query.shape;
  const draw = dropout && dropout.rate > 0 ? drawDropout(dropout) : null;
  return tf.tidy(() => {
    const seen = mask && completeMask("the mask", mask, { batch, queries, keys: key.shape[2] });
    const weigh = (scores: Tensor4D) => (seen ? softmaxOfSeen(scores, seen) : (tf.softmax(scores) as Tensor4D));
    return differentiable(inSteps(weigh, draw), [query, key, value]);
  });
}

function inSteps(weigh: (scores: Tensor4D) => Tensor4D, draw: DropoutDraw | null): Form {
  return {
    forward(...inputs) {
      const [query, key, value] = inputs as [Tensor4D, Tensor4D, Tensor4D];
      const scaled = tf.mul(query, 1 / Math.sqrt(query.shape[3])) as Tensor4D;
      const weights = weigh(batchMatmul(scaled, key, false, true));
      const factors = draw && maskOf(weights.shape, draw);
      const dropped = (factors ? tf.mul(weights, factors) : weights) as Tensor4D;
      const saved = [scaled, key, value, weights, ...(factors ? [factors, dropped] : [])];
      return { value: batchMatmul(dropped, value), saved };
    },
    gradient(dy, saved) {
      const [scaled, key, value, weights, factors, dropped] = saved as [
        ...[Tensor4D, Tensor4D, Tensor4D, Tensor4D],
        Tensor4D?,
        Tensor4D?,
      ];
      const dContext = dy as Tensor4D;
      const throughDropout = batchMatmul(dContext, value, false, true);
      const dWeights = factors ? tf.mul(throughDropout, factors) : throughDropout;
      const dScores = softmaxGradient(weights, dWeights);
      return [
        tf.mul(batchMatmul(dScores, key), 1 / Math.sqrt(key.shape[3])),
        batchMatmul(dScores, scaled, true, false),
        batchMatmul(dropped ?? weights, dContext, true, false),
      ];
    },
  };
}

function checkShapes({ query, key, value }: QueryKeyValue): void {
  const [batch, heads, , headDim] = query.shape;
  const expected = showShape([batch, heads, key.shape[2] as number, headDim]);
  if (query.rank === 4 && showShape(key.shape) === expected && showShape(value.shape) === expected) return;
  throw new VitlabError(
    `attention got a query ${showShape(query.shape)}, a key ${showShape(key.shape)} and a value ${showShape(value.shape)}: ` +
      "expected [batch, heads, tokens, headDim] for each, with as many tokens in key and value",
  );
}

import type { Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { checkNotDisposed } from "./check-not-disposed";
import { compiled, type RunCompiled } from "./compiled";
import { differentiable, type Form } from "./differentiable";
import { type Dropout, type DropoutDraw, drawDropout, keysTensor, maskOf } from "./dropout";
import { stackGroups, unstackGroups } from "./grouped-heads";
import { batchMatmul } from "./matmul";
import { tf } from "./tf";

/** Query, key and value, each `[batch, heads, tokens, headDim]`; several heads of a query may share one of key and value. */
export interface QueryKeyValue {
  query: Tensor4D;
  key: Tensor4D;
  value: Tensor4D;
}

/**
 * Multi-head scaled dot-product attention: `softmax(Q Kᵀ / √headDim) V` for each head (Vaswani et al., "Attention Is All
 * You Need", 2017, section 3.2), as one operation, so that only what its gradient needs is kept.
 *
 * With A the weights: `dV = Aᵀ dY`, `dA = dY Vᵀ`, `dS = A (dA - Σ dA A)`, `dQ = dS K / √headDim`, `dK = dSᵀ Q / √headDim`.
 *
 * @param qkv `[batch, tokens, 3 · dim]`: query, key and value of all heads side by side
 * @param heads divides dim
 * @param dropout applied to the weights after the softmax
 * @returns the context, `[batch, tokens, dim]`
 *
 * @example
 * ```ts
 * import { attention, tf } from "vitlab";
 *
 * // All scores are equal here: each token gets the mean of all values, 1 of heads that are 0, 1 and 2.
 * const qk = tf.zeros<tf.Rank.R3>([1, 3, 4]);
 * const values = tf.tensor3d([[[0, 0], [1, 1], [2, 2]]]);
 * const context = attention(tf.concat([qk, values], 2), 1);
 * console.log(context.shape, context.dataSync()); // [ 1, 3, 2 ] Float32Array(6) [ 1, 1, 1, 1, 1, 1 ]
 * ```
 */
export function attention(qkv: Tensor3D, heads: number, dropout?: Dropout): Tensor3D {
  headDimension(qkv, heads);
  const draw = dropout && dropout.rate > 0 ? drawDropout(dropout) : null;
  const run = compiled();
  return differentiable(run ? headByHead(run, heads, draw) : inSteps(heads, draw), [qkv]);
}

/** The formulas, an operation of the engine for each of their steps. */
function inSteps(heads: number, draw: DropoutDraw | null): Form {
  return {
    forward(qkv: Tensor3D) {
      const { query, key, value } = splitHeads(qkv, heads);
      const scaled = tf.mul(query, 1 / Math.sqrt(query.shape[3]));
      const weights = tf.softmax(batchMatmul(scaled as Tensor4D, key, false, true));
      const mask = draw ? maskOf(weights.shape, draw) : null;
      const dropped = (mask ? tf.mul(weights, mask) : weights) as Tensor4D;
      const context = mergeHeads(batchMatmul(dropped, value));
      return {
        value: context,
        saved: mask ? [scaled, key, value, weights, mask, dropped] : [scaled, key, value, weights],
      };
    },
    gradient(dy, saved) {
      const [q, k, v, a, mask, dropped] = saved as [Tensor4D, Tensor4D, Tensor4D, Tensor4D, Tensor4D?, Tensor4D?];
      const [batch, , tokens, headDim] = q.shape;
      const dContext = tf.transpose(tf.reshape(dy, [batch, tokens, heads, headDim]), [0, 2, 1, 3]);
      const dv = batchMatmul(dropped ?? a, dContext as Tensor4D, true, false);
      const throughMask = batchMatmul(dContext as Tensor4D, v, false, true);
      const da = mask ? tf.mul(throughMask, mask) : throughMask;
      const ds = tf.mul(tf.sub(da, tf.sum(tf.mul(da, a), -1, true)), a);
      const dq = tf.mul(batchMatmul(ds as Tensor4D, k), 1 / Math.sqrt(headDim));
      const dk = batchMatmul(ds as Tensor4D, q, true, false);
      // As in splitHeads, the other way round.
      const perHead = tf.reshape(tf.concat([dq, dk, dv], 0), [3 * batch, heads, tokens, headDim]);
      const sideBySide = tf.reshape(tf.transpose(perHead, [0, 2, 1, 3]), [3, batch * tokens, heads * headDim]);
      return [tf.reshape(tf.transpose(sideBySide, [1, 0, 2]), [batch, tokens, 3 * heads * headDim])];
    },
  };
}

/**
 * Compiled: one head of one image at a time, in place, so that nothing is transposed, and its weights stay in the cache. They
 * are computed anew for the gradient (Dao et al., "FlashAttention", 2022, section 3.1): nothing that grows with tokens² is
 * kept. 64 images of 65 tokens, 3 heads of 64, 2 threads: 2 ms forward and 5 ms back.
 */
function headByHead(run: RunCompiled, heads: number, draw: DropoutDraw | null): Form {
  const settings = { heads, rate: draw?.rate ?? 0 };
  // Where nothing is dropped the keys aren't read, and any tensor may stand for them.
  const keys = (any: Tensor) => (draw ? keysTensor(draw) : any);
  return {
    forward(qkv: Tensor3D) {
      const [context, shares] = run("Attention", [qkv, keys(qkv)], 2, settings) as [Tensor3D, Tensor3D];
      return { value: context, saved: [qkv, context, shares] };
    },
    gradient(dy, saved) {
      const [qkv, context, shares] = saved as [Tensor3D, Tensor3D, Tensor3D];
      return run("AttentionGradient", [qkv, keys(qkv), context, shares, dy], 1, settings);
    },
  };
}

/**
 * Cuts `[batch, tokens, 3 · dim]` into query, key and value by head, each `[batch, heads, tokens, headDim]`.
 *
 * @param kvHeads heads of key and value, default as many as of the query: the last axis is `(heads + 2 · kvHeads) · headDim` long
 *
 * @example
 * ```ts
 * import { mergeHeads, splitHeads, tf } from "vitlab";
 *
 * const { query, value } = splitHeads(tf.ones<tf.Rank.R3>([2, 65, 3 * 32]), 4);
 * console.log(query.shape); // [ 2, 4, 65, 8 ]
 * console.log(mergeHeads(value).shape); // [ 2, 65, 32 ]
 * ```
 */
export function splitHeads(qkv: Tensor3D, heads: number, kvHeads = heads): QueryKeyValue {
  checkNotDisposed("the input of splitHeads", qkv);
  const [batch, tokens] = qkv.shape;
  const headDim = headDimension(qkv, heads, kvHeads);
  if (kvHeads !== heads) return splitGroups(qkv, headDim, heads, kvHeads);
  // First the three apart, then the heads of each. WebAssembly takes 98 ms for both at once, in five axes, and 1 ms for one
  // after the other (64 images of 65 tokens, 4 heads of 32).
  const [query, key, value] = tf.tidy(() => {
    const apart = tf.transpose(tf.reshape(qkv, [batch * tokens, 3, heads * headDim]), [1, 0, 2]);
    const perHead = tf.transpose(tf.reshape(apart, [3 * batch, tokens, heads, headDim]), [0, 2, 1, 3]);
    return tf.unstack(tf.reshape(perHead, [3, batch, heads, tokens, headDim]), 0);
  }) as [Tensor4D, Tensor4D, Tensor4D];
  return { query, key, value };
}

function splitGroups(qkv: Tensor3D, headDim: number, heads: number, kvHeads: number): QueryKeyValue {
  return tf.tidy(() => {
    const widths = [heads, kvHeads, kvHeads].map((count) => count * headDim);
    const [query, key, value] = tf.split(qkv, widths, -1) as [Tensor3D, Tensor3D, Tensor3D];
    return { query: headsApart(query, heads), key: headsApart(key, kvHeads), value: headsApart(value, kvHeads) };
  });
}

/**
 * `Q Kᵀ / √headDim`: how well each query meets each key, `[batch, heads, tokens, tokens]`.
 *
 * @example
 * ```ts
 * import { attentionScores, tf } from "vitlab";
 *
 * // Two queries, two keys; 1 · 1 + 1 · 1 + 1 · 1 + 1 · 1 = 4, divided by √4.
 * const query = tf.tensor4d([[[[1, 1, 1, 1], [1, 1, 0, 0]]]]);
 * const key = tf.tensor4d([[[[1, 1, 1, 1], [0, 0, 1, 1]]]]);
 * console.log(attentionScores(query, key).arraySync()[0][0]); // [ [ 2, 1 ], [ 1, 0 ] ]
 * ```
 */
export function attentionScores(query: Tensor4D, key: Tensor4D): Tensor4D {
  checkNotDisposed("the query", query);
  checkNotDisposed("the key", key);
  const [, heads, , headDim] = query.shape;
  return tf.tidy(() => {
    const scaled = stackGroups(tf.mul(query, 1 / Math.sqrt(headDim)), key.shape[1]);
    return unstackGroups(tf.matMul(scaled, key, false, true), heads);
  });
}

/** Takes heads that stand side by side apart: `[batch, tokens, heads · headDim]` to `[batch, heads, tokens, headDim]`. */
export function headsApart(x: Tensor3D, heads: number): Tensor4D {
  const [batch, tokens, dim] = x.shape;
  return tf.tidy(() => tf.transpose(tf.reshape(x, [batch, tokens, heads, dim / heads]), [0, 2, 1, 3])) as Tensor4D;
}

/** Puts the heads side by side again: `[batch, heads, tokens, headDim]` to `[batch, tokens, heads · headDim]`. */
export function mergeHeads(x: Tensor4D): Tensor3D {
  checkNotDisposed("the input of mergeHeads", x);
  const [batch, heads, tokens, headDim] = x.shape;
  return tf.tidy(() => tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, tokens, heads * headDim])) as Tensor3D;
}

function headDimension(qkv: Tensor3D, heads: number, kvHeads = heads): number {
  const headDim = (qkv.shape[2] as number) / (heads + 2 * kvHeads);
  if (Number.isInteger(headDim) && headDim >= 1 && heads >= 1) return headDim;
  const length = kvHeads === heads ? "3 x heads" : `(heads + 2 x ${kvHeads} of key and value)`;
  throw new VitlabError(
    `attention got ${showShape(qkv.shape)} with ${heads} heads: the last axis must be ${length} x a whole head size`,
  );
}

import type { Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { attentionScores, mergeHeads, type QueryKeyValue } from "../tensor/attention";
import { dropout } from "../tensor/dropout";
import { stackGroups, unstackGroups } from "../tensor/grouped-heads";
import { maskedAttention } from "../tensor/masked-attention";
import { maskedSoftmax } from "../tensor/masked-softmax";
import { tf } from "../tensor/tf";
import type { ForwardContext } from "./forward-context";

/** What attention takes besides query, key and value. */
export interface AttendOptions {
  /** What each query may see; default all. */
  mask?: Tensor | undefined;
  /** Added to the scores of each example, `[heads, queries, keys]`; default none. */
  bias?: Tensor3D | undefined;
  /** Rate of the dropout on the weights. */
  dropout: number;
}

/**
 * Attends, head by head, and puts the heads side by side again, `[batch, queries, dim]`: in one operation, or, where somebody
 * watches, one named value after the other: `query`, `key`, `value`, `scores` (of all, seen or not), `weights`, `heads`, `context`.
 */
export function attend(parts: QueryKeyValue, context: ForwardContext, options: AttendOptions): Tensor3D {
  const { mask, bias } = options;
  const drop = context.dropout(options.dropout);
  if (!context.watched) return mergeHeads(maskedAttention(parts, { mask, bias, dropout: drop }));
  const query = context.tap("query", parts.query);
  const key = context.tap("key", parts.key);
  const value = context.tap("value", parts.value);
  const unbiased = attentionScores(query, key);
  const scores = context.tap("scores", bias ? (tf.add(unbiased, bias) as Tensor4D) : unbiased);
  const seen = (mask ? maskedSoftmax(scores, mask) : tf.softmax(scores)) as Tensor4D;
  const weights = context.tap("weights", seen);
  const dropped = stackGroups(drop ? dropout(weights, drop) : weights, value.shape[1]);
  const mixed = unstackGroups(tf.matMul(dropped, value) as Tensor4D, weights.shape[1]);
  return context.tap("context", mergeHeads(context.tap("heads", mixed)));
}

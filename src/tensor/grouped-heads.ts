import type { Tensor4D } from "@tensorflow/tfjs-core";
import { tf } from "./tf";

/**
 * Puts the rows of heads that share a key and a value below each other, so that one product serves them all:
 * `[batch, heads, rows, columns]` to `[batch, kvHeads, heads / kvHeads · rows, columns]`, without moving a number.
 */
export function stackGroups(x: Tensor4D, kvHeads: number): Tensor4D {
  const [batch, heads, rows, columns] = x.shape;
  return tf.reshape(x, [batch, kvHeads, (heads / kvHeads) * rows, columns]);
}

/** The inverse of `stackGroups`. */
export function unstackGroups(x: Tensor4D, heads: number): Tensor4D {
  const [batch, kvHeads, rows, columns] = x.shape;
  return tf.reshape(x, [batch, heads, (rows * kvHeads) / heads, columns]);
}

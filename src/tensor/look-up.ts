import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { gatherRows } from "./gather-rows";
import { tf } from "./tf";

/**
 * Rows of a table by their numbers: `y[i] = W[n[i]]`.
 *
 * @param table W, `[count, dim]`
 * @param numbers n, whole numbers below count, of any shape `[...]`
 * @returns `[..., dim]`
 * @throws VitlabError naming a number that is of no row.
 */
export function lookUp(table: Tensor2D, numbers: Tensor): Tensor {
  const [count, dim] = table.shape;
  const values = numbers.dataSync() as Float32Array;
  const strange = values.find((n) => !(Number.isInteger(n) && n >= 0 && n < count));
  if (strange !== undefined)
    throw new VitlabError(
      `look-up got the number ${show(strange)}: with ${count} rows they run from 0 to ${count - 1}`,
    );
  const indices = Int32Array.from(values);
  return tf.tidy(() => tf.reshape(gatherRows(table, indices), [...numbers.shape, dim]));
}

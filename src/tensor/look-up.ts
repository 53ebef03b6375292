import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { differentiable } from "./differentiable";
import { matmul } from "./matmul";
import { tf } from "./tf";

/**
 * Rows of a table by their numbers: `y[i] = W[n[i]]`.
 *
 * Its gradient is `dW = oneHot(n)ᵀ dy`, a matrix product, because WebAssembly can't add up rows by number.
 *
 * @param table W, `[count, dim]`
 * @param numbers n, whole numbers below count, of any shape `[...]`
 * @returns `[..., dim]`
 * @throws VitlabError naming a number that is of no row.
 */
export function lookUp(table: Tensor2D, numbers: Tensor): Tensor {
  const [count, dim] = table.shape;
  const strange = (numbers.dataSync() as Float32Array).find((n) => !(Number.isInteger(n) && n >= 0 && n < count));
  if (strange !== undefined)
    throw new VitlabError(
      `look-up got the number ${show(strange)}: with ${count} rows they run from 0 to ${count - 1}`,
    );
  const shape = [...numbers.shape, dim];
  return tf.tidy(() => {
    const flat = tf.cast(tf.reshape(numbers, [-1]), "int32") as Tensor1D;
    const rows = differentiable(
      {
        forward: () => ({ value: tf.gather(table, flat), saved: [flat] }),
        gradient(dy, saved) {
          const [kept] = saved as [Tensor1D];
          // On WebAssembly oneHot writes integers whatever type it is asked for, hence the cast.
          const chosen = tf.cast(tf.oneHot(kept, count), "float32") as Tensor2D;
          return [() => matmul(chosen, dy as Tensor2D, true, false)];
        },
      },
      [table],
    );
    return tf.reshape(rows, shape);
  });
}

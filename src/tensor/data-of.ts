import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "./tf";

/**
 * The numbers of a tensor that is computed, outside the engine; of the computation nothing stays in it.
 *
 * They don't go through `tf.tidy`, which looks for tensors in all that it returns: a microsecond for each number.
 *
 * @param compute makes a new tensor
 */
export function dataOf(compute: () => Tensor): Float32Array {
  const tensor = tf.tidy(compute);
  try {
    return tensor.dataSync() as Float32Array;
  } finally {
    tensor.dispose();
  }
}

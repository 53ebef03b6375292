import type { NamedTensorMap, Scalar, Variable } from "@tensorflow/tfjs-core";
import { tf } from "./tf";

/**
 * `tf.variableGrads`, but for a loss that throws: TensorFlow.js would then never free what it saved for the gradient.
 *
 * @throws whatever the loss throws.
 */
export function variableGrads(
  loss: () => Scalar,
  variables: readonly Variable[],
): { value: Scalar; grads: NamedTensorMap } {
  let thrown: { error: unknown; instead: Scalar } | undefined;
  try {
    const result = tf.variableGrads(() => {
      try {
        return loss();
      } catch (error) {
        // With a scalar of nothing the gradient comes to its end, frees all, and only then finds no variable in it.
        thrown = { error, instead: tf.keep(tf.scalar(0)) };
        return thrown.instead;
      }
    }, [...variables]);
    if (!thrown) return result;
  } catch (error) {
    if (!thrown) throw error;
  }
  thrown.instead.dispose();
  throw thrown.error;
}

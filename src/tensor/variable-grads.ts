import type { NamedTensorMap, Scalar, Variable } from "@tensorflow/tfjs";
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
  let thrown: { error: unknown } | undefined;
  const result = tf.variableGrads(() => {
    try {
      return loss();
    } catch (error) {
      thrown = { error };
      // Anything that depends on a variable, so that the gradient comes to its end.
      return tf.sum(variables[0] as Variable);
    }
  }, [...variables]);
  if (!thrown) return result;
  tf.dispose([result.value, result.grads]);
  throw thrown.error;
}

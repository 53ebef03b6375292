import type { Tensor } from "@tensorflow/tfjs-core";
import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { tf } from "../tensor/tf";
import type { Dataset } from "./examples";

/** What a data set of tensors is called. */
export interface TensorDatasetOptions {
  /** Default "tensors". */
  name?: string;
  /** Default "". */
  split?: string;
}

/**
 * A data set of which example k is row k of both tensors. The numbers are copied, the tensors stay the caller's.
 *
 * @param inputs `[examples, ...]`, what the model gets
 * @param targets `[examples, ...]`, what it is to learn: class numbers (int32), or whatever the loss compares with
 * @throws VitlabError when one isn't a tensor, or they have different numbers of rows.
 *
 * @example
 * ```ts
 * import { tensorDataset, tf } from "vitlab";
 *
 * const sums = tensorDataset(tf.tensor2d([[1, 2], [3, 4], [5, 6]]), tf.tensor1d([3, 7, 11]));
 * const { input, target } = sums.batch(Uint32Array.from([2, 0]));
 * console.log(sums.length, input.arraySync(), target.dataSync());
 * // 3 [ [ 5, 6 ], [ 1, 2 ] ] Float32Array(2) [ 11, 3 ]
 * ```
 */
export function tensorDataset(inputs: Tensor, targets: Tensor, options: TensorDatasetOptions = {}): Dataset {
  checkOptions("tensorDataset", options, { name: true, split: true });
  for (const [what, tensor] of [
    ["inputs", inputs],
    ["targets", targets],
  ] as const)
    if (!(tensor instanceof tf.Tensor) || tensor.rank === 0 || tensor.dtype === "string")
      throw new VitlabError(
        `tensorDataset got ${tensor instanceof tf.Tensor ? `${tensor.dtype} ${showShape(tensor.shape)}` : show(tensor)} for its ${what}: give a tensor of numbers with a row for each example`,
      );
  const length = inputs.shape[0] as number;
  if (targets.shape[0] !== length)
    throw new VitlabError(
      `tensorDataset got inputs ${showShape(inputs.shape)} and targets ${showShape(targets.shape)}: give a target for each of the ${length} inputs`,
    );
  const [input, target] = [rowsOf(inputs), rowsOf(targets)];
  const { name = "tensors", split = "" } = options;
  return { name, split, length, batch: (indices) => ({ input: input(indices), target: target(indices) }) };
}

/** Makes tensors of chosen rows of one. */
function rowsOf(tensor: Tensor): (indices: Uint32Array) => Tensor {
  const { dtype } = tensor;
  const [count = 0, ...shape] = tensor.shape;
  const numbers = tensor.dataSync().slice() as Float32Array | Int32Array | Uint8Array;
  const Numbers = numbers.constructor as new (length: number) => typeof numbers;
  const width = count > 0 ? numbers.length / count : 0;
  return (indices) => {
    const chosen = new Numbers(indices.length * width);
    indices.forEach((index, i) => {
      chosen.set(numbers.subarray(index * width, (index + 1) * width), i * width);
    });
    return tf.tensor(chosen, [indices.length, ...shape], dtype);
  };
}

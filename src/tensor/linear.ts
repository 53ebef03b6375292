import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { VitlabError } from "./error";
import { addRow, matmul, rows, sumRows } from "./matmul";
import { showShape } from "./shape";
import { tf } from "./tf";

/**
 * `y = x W + b` on the last axis.
 *
 * Gradients: `dx = dy Wᵀ`, `dW = xᵀ dy`, `db = Σ dy`.
 *
 * @param x `[..., inputs]`
 * @param weight `[inputs, outputs]` (PyTorch stores the transpose)
 * @param bias `[outputs]`, or null for none
 * @returns `[..., outputs]`
 * @throws VitlabError when the last axis of `x` isn't `inputs` long.
 */
export function linear<T extends Tensor>(x: T, weight: Tensor2D, bias: Tensor1D | null): T {
  const [inputs, outputs] = weight.shape;
  if (x.shape[x.shape.length - 1] !== inputs)
    throw new VitlabError(
      `linear got ${showShape(x.shape)}: its last axis must be ${inputs} long to meet a weight of ${showShape(weight.shape)}`,
    );
  const shape = [...x.shape.slice(0, -1), outputs];
  const operation = tf.customGrad((...inputsAndSave: unknown[]) => {
    const [xIn, w, b, save] = (bias ? inputsAndSave : [inputsAndSave[0], inputsAndSave[1], null, inputsAndSave[2]]) as [
      Tensor,
      Tensor2D,
      Tensor1D | null,
      (tensors: Tensor[]) => void,
    ];
    const x2 = rows(xIn);
    save([x2, w]);
    const product = matmul(x2, w);
    return {
      value: tf.reshape(b ? addRow(product, b) : product, shape),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x2Saved, wSaved] = saved as [Tensor2D, Tensor2D];
        const dy2 = tf.reshape(dy, [-1, outputs]) as Tensor2D;
        const dx = tf.reshape(matmul(dy2, wSaved, false, true), x.shape);
        const dw = matmul(x2Saved, dy2, true, false);
        return bias ? [dx, dw, sumRows(dy2)] : [dx, dw];
      },
    };
  });
  return (bias ? operation(x, weight, bias) : operation(x, weight)) as T;
}

import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { VitlabError } from "../base/error";
import { checkResidual, showShape } from "../base/shape";
import { compiled } from "./compiled";
import { differentiable, type Form } from "./differentiable";
import { addRow, matmul, rows, sumRows } from "./matmul";
import { tf } from "./tf";

/**
 * `y = x W + b` on the last axis.
 *
 * Gradients: `dx = dy Wᵀ`, `dW = xᵀ dy`, `db = Σ dy`.
 *
 * @param x `[..., inputs]`
 * @param weight `[inputs, outputs]` (PyTorch stores the transpose)
 * @param bias `[outputs]`, or null for none
 * @param residual added to y, `[..., outputs]`
 * @returns `[..., outputs]`
 * @throws VitlabError when the last axis of `x` isn't `inputs` long, or bias or residual don't have the shapes above.
 */
export function linear<T extends Tensor>(x: T, weight: Tensor2D, bias: Tensor1D | null, residual?: T): T {
  const inputs = weight.shape[0];
  if (x.shape[x.shape.length - 1] !== inputs)
    throw new VitlabError(
      `linear got ${showShape(x.shape)}: its last axis must be ${inputs} long to meet a weight of ${showShape(weight.shape)}`,
    );
  if (bias && bias.size !== weight.shape[1])
    throw new VitlabError(
      `linear got a bias of ${showShape(bias.shape)}: expected [${weight.shape[1]}], one a column of the weight`,
    );
  if (residual) checkResidual("linear", residual, [...x.shape.slice(0, -1), weight.shape[1]]);
  const form: Form = {
    forward: () => ({ value: forward(x, weight, bias, residual), saved: [x, weight] }),
    gradient(dy, saved) {
      const [keptX, keptWeight] = saved as [Tensor, Tensor2D];
      const [dWeight, dBias] = weightGradient(keptX, dy);
      const gradients = [() => inputGradient(keptWeight, dy), dWeight];
      return [...gradients, ...(bias ? [dBias] : []), ...(residual ? [() => tf.clone(dy)] : [])];
    },
  };
  return differentiable(form, [x, weight, ...(bias ? [bias] : []), ...(residual ? [residual] : [])]);
}

function forward(x: Tensor, weight: Tensor2D, bias: Tensor1D | null, residual?: Tensor): Tensor {
  const run = compiled();
  const none = tf.zeros([0]);
  if (run) return run("Linear", [x, weight, bias ?? none, residual ?? none], 1)[0] as Tensor;
  const product = matmul(rows(x), weight);
  const y = tf.reshape(bias ? addRow(product, bias) : product, [...x.shape.slice(0, -1), weight.shape[1]]);
  return residual ? tf.add(y, residual) : y;
}

function weightGradient(x: Tensor, dy: Tensor): [dWeight: Tensor, dBias: Tensor] {
  const run = compiled();
  if (run) return run("WeightGradient", [x, dy], 2) as [Tensor, Tensor];
  const dy2 = rows(dy);
  return [matmul(rows(x), dy2, true, false), sumRows(dy2)];
}

function inputGradient(weight: Tensor2D, dy: Tensor): Tensor {
  const run = compiled();
  if (run) return run("InputGradient", [weight, dy], 1)[0] as Tensor;
  return tf.reshape(matmul(rows(dy), weight, false, true), [...dy.shape.slice(0, -1), weight.shape[0]]);
}

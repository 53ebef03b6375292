import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { checkResidual, showShape } from "../base/shape";
import { compiled, type RunCompiled } from "./compiled";
import { differentiable, type Form, isRecorded } from "./differentiable";
import { addRow, matmul, rows, sumRows } from "./matmul";
import { precision } from "./precision";
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
  const run = compiled();
  const form = run ? inOnePass(run, bias, residual) : inSteps(bias, residual);
  return differentiable(form, [x, weight, ...(bias ? [bias] : []), ...(residual ? [residual] : [])]);
}

/** The formulas, an operation of the engine for each of their steps. */
function inSteps(bias: Tensor1D | null, residual?: Tensor): Form {
  return {
    forward(...inputs) {
      const [x, weight] = inputs as [Tensor, Tensor2D];
      const product = matmul(rows(x), weight);
      const y = tf.reshape(bias ? addRow(product, bias) : product, [...x.shape.slice(0, -1), weight.shape[1]]);
      return { value: residual ? tf.add(y, residual) : y, saved: [x, weight] };
    },
    gradient(dy, saved) {
      const [x, weight] = saved as [Tensor, Tensor2D];
      const dy2 = rows(dy);
      const dx = () => tf.reshape(matmul(dy2, weight, false, true), x.shape);
      return [dx, matmul(rows(x), dy2, true, false), ...(bias ? [sumRows(dy2)] : []), () => tf.clone(dy)];
    },
  };
}

/** Compiled. In bfloat16 it is x rounded that is kept for the gradient, half as large. */
function inOnePass(run: RunCompiled, bias: Tensor1D | null, residual?: Tensor): Form {
  const bfloat16 = precision() === "bfloat16";
  const keep = bfloat16 && isRecorded();
  return {
    forward(...inputs) {
      const [x, weight] = inputs as [Tensor, Tensor2D];
      const none = tf.zeros([0]);
      const [value, rounded] = run("Linear", [x, weight, bias ?? none, residual ?? none], 2, { bfloat16, keep }) as [
        Tensor,
        Tensor,
      ];
      return { value, saved: [bfloat16 ? rounded : x, weight] };
    },
    gradient(dy, saved) {
      const [x, weight] = saved as [Tensor, Tensor2D];
      const features = weight.shape[0];
      const [dWeight, dBias] = run("WeightGradient", [x, dy], 2, { bfloat16, features }) as [Tensor, Tensor];
      const dx = () => run("InputGradient", [weight, dy], 1, { bfloat16 })[0] as Tensor;
      return [dx, dWeight, ...(bias ? [dBias] : []), () => tf.clone(dy)];
    },
  };
}

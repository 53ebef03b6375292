import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import type { Module } from "../nn/module";
import { variableGrads } from "../tensor/variable-grads";
import { checkLoss } from "./loss";

/** A loss, and its gradient for each parameter that it depends on. */
export interface ValueAndGradients {
  value: Scalar;
  gradients: Record<string, Tensor>;
}

/**
 * A loss and its gradients for a module's parameters by name, for `optimizer.step(module, gradients)`; `tf.dispose` of the
 * result frees all.
 *
 * @param loss computes a scalar from the module, as in `() => crossEntropy(model.forward(images), labels)`
 * @throws VitlabError when the loss isn't a scalar, or the module was disposed.
 *
 * @example
 * ```ts
 * import { crossEntropy, datasetToTensor, labelsToTensor, presets, shapes, valueAndGradients, ViT } from "vitlab";
 *
 * const model = new ViT(presets.tiny);
 * const drawings = shapes({ count: 4 });
 * const [images, labels] = [datasetToTensor(drawings), labelsToTensor(drawings)];
 * const { value, gradients } = valueAndGradients(model, () => crossEntropy(model.forward(images), labels));
 * console.log(value.shape, gradients["head.weight"].shape); // [] [ 48, 10 ]
 * ```
 */
export function valueAndGradients(module: Module, loss: () => Scalar): ValueAndGradients {
  module.checkNotDisposed();
  const named = [...module.namedParameters()];
  const { value, grads } = variableGrads(
    () => checkLoss(loss()),
    named.map(([, variable]) => variable),
  );
  // Where the loss doesn't depend on a parameter, tfjs gives null.
  const reached = named.filter(([, { name }]) => grads[name]);
  return { value, gradients: Object.fromEntries(reached.map(([path, { name }]) => [path, grads[name] as Tensor])) };
}

import type { Tensor1D } from "@tensorflow/tfjs-core";
import { checkShare } from "../../base/check-number";
import { checkOptions } from "../../base/check-options";
import { checkField } from "../../base/field";
import { tf } from "../../tensor/tf";
import { TRAINING_FIELDS } from "../training-fields";
import type { ChooseParameters } from "./decay-rules";
import { OPTIMIZER_DEFAULTS } from "./defaults";
import type { Optimizer } from "./optimizer";
import { optimizerOf } from "./optimizer-of";

/** How stochastic gradient descent is set. */
export interface SgdOptions {
  /** Default 1e-2. */
  learningRate?: number;
  /** Share of the last step that goes on, from 0 to below 1. Default 0. */
  momentum?: number;
  /** L2 penalty: this share of the weights is added to the gradient. Default 0. */
  weightDecay?: number;
  /** Which parameters are penalized, by name and role. Default all. */
  decay?: ChooseParameters;
}

/**
 * Stochastic gradient descent: `w -= rate · g`, or with momentum `b = momentum · b + g`, `w -= rate · b` (Sutskever et al.,
 * "On the importance of initialization and momentum in deep learning", 2013, section 2, in PyTorch's form, where the
 * learning rate stands outside the sum).
 *
 * @throws VitlabError when a setting is out of range.
 *
 * @example
 * ```ts
 * import { Linear, sgd, tf, valueAndGradients } from "vitlab";
 *
 * // w - rate · gradient: 1 - 0.1 · 2.
 * const linear = new Linear(1, 1, { random: null, bias: false, weight: Float32Array.of(1) });
 * const { gradients } = valueAndGradients(linear, () => linear.forward(tf.tensor2d([[2]])).sum());
 * sgd({ learningRate: 0.1 }).step(linear, gradients);
 * console.log(linear.weight.dataSync()[0].toFixed(2)); // 0.80
 * ```
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  checkOptions("sgd", options, { learningRate: true, momentum: true, weightDecay: true, decay: true });
  const {
    learningRate = OPTIMIZER_DEFAULTS.sgd.learningRate,
    momentum = 0,
    weightDecay = OPTIMIZER_DEFAULTS.sgd.weightDecay,
    decay,
  } = options;
  checkField("learningRate", learningRate, TRAINING_FIELDS.learningRate);
  checkShare("momentum", momentum);
  checkField("weightDecay", weightDecay, TRAINING_FIELDS.weightDecay);
  return optimizerOf({
    name: "sgd",
    learningRate,
    settings: { learningRate, momentum, weightDecay },
    slots: momentum > 0 ? ["velocity"] : [],
    decay,
    update(weights, gradient, state, { learningRate: rate, decayed }) {
      const [newWeights, ...newState] = tf.tidy(() => {
        const shrinking = decayed ? tf.mul(weights, decayed) : weights;
        const slope = weightDecay > 0 ? tf.add(gradient, tf.mul(shrinking, weightDecay)) : gradient;
        const [velocity] = state;
        if (!velocity) return [tf.sub(weights, tf.mul(slope, rate)) as Tensor1D];
        const moved = tf.add(tf.mul(velocity, momentum), slope) as Tensor1D;
        return [tf.sub(weights, tf.mul(moved, rate)) as Tensor1D, moved];
      });
      return { weights: newWeights as Tensor1D, state: newState as Tensor1D[] };
    },
  });
}

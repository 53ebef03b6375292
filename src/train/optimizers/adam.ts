import type { Tensor1D } from "@tensorflow/tfjs";
import { checkOptions } from "../../tensor/check-options";
import { tf } from "../../tensor/tf";
import { checkNotNegative, checkPositive, checkShare } from "../check";
import type { Optimizer } from "./optimizer";

/** How Adam is set. */
export interface AdamOptions {
  /** Default 1e-3. */
  learningRate?: number;
  /** Decay of the running mean of gradients. Default 0.9. */
  beta1?: number;
  /** Decay of the running mean of squared gradients. Default 0.999. */
  beta2?: number;
  /** Keeps the division finite. Default 1e-8, as in PyTorch; TensorFlow has 1e-7. */
  epsilon?: number;
  /** L2 penalty: this share of the weights is added to the gradient. Default 0. */
  weightDecay?: number;
  /** Which parameters are penalised, by name, e.g. `(name) => !name.endsWith("bias")`. Default all. */
  decay?: (name: string) => boolean;
}

const OPTIONS: readonly (keyof AdamOptions)[] = ["learningRate", "beta1", "beta2", "epsilon", "weightDecay", "decay"];

/**
 * Adam: `w -= rate · m̂ / (√v̂ + ε)`, with running means m and v of the gradient and its square, both corrected for their
 * start at 0 (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1).
 *
 * @throws VitlabError when a setting is out of range.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptions("adam", options, OPTIONS);
  return adamOptimizer("adam", { weightDecay: 0, ...options });
}

/**
 * Adam with decoupled weight decay: weights shrink by `rate · weightDecay` besides the step of Adam, instead of through
 * the gradient (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2).
 *
 * Its `weightDecay` is 0.01 unless given, as in PyTorch, and applies to every parameter unless `decay` says otherwise.
 *
 * @throws VitlabError when a setting is out of range.
 */
export function adamW(options: AdamOptions = {}): Optimizer {
  checkOptions("adamW", options, OPTIONS);
  return adamOptimizer("adamw", { weightDecay: 0.01, ...options });
}

function adamOptimizer(name: "adam" | "adamw", options: AdamOptions & { weightDecay: number }): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay, decay } = options;
  checkPositive("learningRate", learningRate);
  checkShare("beta1", beta1);
  checkShare("beta2", beta2);
  checkPositive("epsilon", epsilon);
  checkNotNegative("weightDecay", weightDecay);
  return {
    name,
    learningRate,
    settings: { learningRate, beta1, beta2, epsilon, weightDecay },
    slots: ["firstMoment", "secondMoment"],
    decay,
    step(weights, gradient, state, { update, learningRate: rate, decayed }) {
      const [mean, square] = state as [Tensor1D, Tensor1D];
      const [newWeights, newMean, newSquare] = tf.tidy(() => {
        const shrinking = decayed ? tf.mul(weights, decayed) : weights;
        const penalised = name === "adam" && weightDecay > 0;
        const slope = penalised ? tf.add(gradient, tf.mul(shrinking, weightDecay)) : gradient;
        const m = tf.add(tf.mul(mean, beta1), tf.mul(slope, 1 - beta1)) as Tensor1D;
        const v = tf.add(tf.mul(square, beta2), tf.mul(tf.square(slope), 1 - beta2)) as Tensor1D;
        const deviation = tf.add(tf.mul(tf.sqrt(v), 1 / Math.sqrt(1 - beta2 ** update)), epsilon);
        const move = tf.mul(tf.div(m, deviation), rate / (1 - beta1 ** update));
        const shrunk =
          name === "adamw" && weightDecay > 0 ? tf.sub(weights, tf.mul(shrinking, rate * weightDecay)) : weights;
        return [tf.sub(shrunk, move) as Tensor1D, m, v];
      });
      return { weights: newWeights as Tensor1D, state: [newMean as Tensor1D, newSquare as Tensor1D] };
    },
  };
}

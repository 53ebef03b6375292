import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { checkPositive, checkShare } from "../../base/check-number";
import { checkOptions, type OptionNames } from "../../base/check-options";
import { checkField } from "../../base/field";
import { withDefaults } from "../../base/with-defaults";
import { compiled, type RunCompiled } from "../../tensor/compiled";
import { tf } from "../../tensor/tf";
import { TRAINING_FIELDS } from "../training-fields";
import type { ChooseParameters } from "./decay-rules";
import { OPTIMIZER_DEFAULTS } from "./defaults";
import type { ApartResult, ApartStep, Optimizer } from "./optimizer";
import { optimizerOf } from "./optimizer-of";

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
  /** Which parameters are penalized, by name and role, e.g. `(_, role) => role !== "bias"`. Default all. */
  decay?: ChooseParameters;
}

const OPTIONS: OptionNames<AdamOptions> = {
  learningRate: true,
  beta1: true,
  beta2: true,
  epsilon: true,
  weightDecay: true,
  decay: true,
};

/**
 * Adam: `w -= rate · m̂ / (√v̂ + ε)`, with running means m and v of the gradient and its square, both corrected for their
 * start at 0 (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1).
 *
 * @throws VitlabError when a setting is out of range.
 *
 * @example
 * ```ts
 * import { adam, Linear, Random, tf, valueAndGradients } from "vitlab";
 *
 * // A loop of one's own. Adam's first step is as long as the learning rate, however large the gradient.
 * const linear = new Linear(1, 1, { random: new Random(1), bias: false });
 * const before = linear.weight.dataSync()[0];
 * const optimizer = adam({ learningRate: 0.1 });
 * const { gradients } = valueAndGradients(linear, () => linear.forward(tf.tensor2d([[1000]])).sum());
 * optimizer.step(linear, gradients);
 * console.log((before - linear.weight.dataSync()[0]).toFixed(3)); // 0.100
 * ```
 */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptions("adam", options, OPTIONS);
  return adamOptimizer("adam", options);
}

/**
 * Adam with decoupled weight decay: weights shrink by `rate · weightDecay` besides the step of Adam, instead of through
 * the gradient (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2).
 *
 * Its `weightDecay` is 0.01 unless given, as in PyTorch, and applies to every parameter unless `decay` says otherwise.
 *
 * @throws VitlabError when a setting is out of range.
 *
 * @example
 * ```ts
 * import { adamW, matricesOnly } from "vitlab";
 *
 * const { name, settings, decay } = adamW({ weightDecay: 0.05, decay: matricesOnly });
 * console.log(name, settings.weightDecay); // adamw 0.05
 * console.log(decay?.("blocks.0.mlp.fc1.weight", "matrix"), decay?.("blocks.0.norm1.bias", "norm"));
 * // true false
 * ```
 */
export function adamW(options: AdamOptions = {}): Optimizer {
  checkOptions("adamW", options, OPTIONS);
  return adamOptimizer("adamw", options);
}

function adamOptimizer(name: "adam" | "adamw", options: AdamOptions): Optimizer {
  const {
    learningRate,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay,
    decay,
  } = withDefaults<AdamOptions & { learningRate: number; weightDecay: number }>(OPTIMIZER_DEFAULTS[name], options);
  checkField("learningRate", learningRate, TRAINING_FIELDS.learningRate);
  checkShare("beta1", beta1);
  checkShare("beta2", beta2);
  checkPositive("epsilon", epsilon);
  checkField("weightDecay", weightDecay, TRAINING_FIELDS.weightDecay);
  return optimizerOf({
    name,
    learningRate,
    settings: { learningRate, beta1, beta2, epsilon, weightDecay },
    slots: ["firstMoment", "secondMoment"],
    decay,
    update(weights, gradient, state, { update, learningRate: rate, decayed }) {
      const [newWeights, newMean, newSquare] = tf.tidy(() =>
        inSteps(weights, gradient, state as [Tensor1D, Tensor1D], { ...numbersOf(update, rate), decayed }),
      );
      return { weights: newWeights, state: [newMean, newSquare] };
    },
    updateApart(weights, gradients, state, step) {
      const shares = step.places.flatMap(({ name, role }, i) => [
        decay && !decay(name, role) ? 0 : 1,
        step.rateShares?.[i] ?? 1,
      ]);
      return inOnePass(weights, gradients, state, shares, numbersOf(step.update, step.learningRate), step);
    },
  });

  function numbersOf(update: number, rate: number): Update {
    return {
      ...{ beta1, beta2, epsilon },
      rate: rate / (1 - beta1 ** update),
      correction: 1 / Math.sqrt(1 - beta2 ** update),
      penalty: name === "adam" ? weightDecay : 0,
      shrinkage: name === "adamw" ? rate * weightDecay : 0,
    };
  }
}

/** One update: the formula's numbers, the corrections of both means among them. */
interface Update {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Learning rate, corrected for the start of the mean. */
  rate: number;
  /** What √v is multiplied by. */
  correction: number;
  /** Share of the decayed weights added to the gradient. */
  penalty: number;
  /** Share of the decayed weights taken off them. */
  shrinkage: number;
  /** 1 for weights that decay, else 0; all do where it is left out. */
  decayed?: Tensor1D;
}

type Vectors = [weights: Tensor1D, mean: Tensor1D, square: Tensor1D];

function inSteps(weights: Tensor1D, gradient: Tensor1D, [mean, square]: [Tensor1D, Tensor1D], u: Update): Vectors {
  const shrinking = u.decayed ? tf.mul(weights, u.decayed) : weights;
  const slope = u.penalty > 0 ? tf.add(gradient, tf.mul(shrinking, u.penalty)) : gradient;
  const m = tf.add(tf.mul(mean, u.beta1), tf.mul(slope, 1 - u.beta1)) as Tensor1D;
  const v = tf.add(tf.mul(square, u.beta2), tf.mul(tf.square(slope), 1 - u.beta2)) as Tensor1D;
  const deviation = tf.add(tf.mul(tf.sqrt(v), u.correction), u.epsilon);
  const shrunk = u.shrinkage > 0 ? tf.sub(weights, tf.mul(shrinking, u.shrinkage)) : weights;
  return [tf.sub(shrunk, tf.mul(tf.div(m, deviation), u.rate)), m, v];
}

/**
 * Compiled: four numbers are read and three written for each weight, once, instead of a dozen of each. 4 million weights: 4 ms
 * instead of 20.
 *
 * @param shares two for each parameter: whether it decays, 1 or 0, and the part of the learning rate that it learns at
 */
function inOnePass(
  weights: readonly Tensor[],
  gradients: readonly Tensor[],
  state: readonly Tensor1D[],
  shares: readonly number[],
  u: Update,
  { gradientScale, overwriteState }: ApartStep,
): ApartResult {
  const count = weights.length;
  const { beta1, beta2, epsilon, rate, correction, penalty, shrinkage } = u;
  const results = tf.tidy(() => {
    const numbers = [beta1, beta2, 1 - beta1, 1 - beta2, epsilon, rate, correction, penalty, shrinkage, gradientScale];
    const inputs = [...weights, ...gradients, ...state, tf.tensor1d([...shares]), tf.tensor1d(numbers)];
    return (compiled() as RunCompiled)("Adam", inputs, 3 * count + 1, { count, keep: !overwriteState });
  });
  const made = results.slice(count, 3 * count) as Tensor1D[];
  if (overwriteState) tf.dispose(made);
  return {
    weights: results.slice(0, count),
    state: overwriteState ? [...state] : made,
    probe: results[3 * count] as Scalar,
  };
}

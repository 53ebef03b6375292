import type { Tensor1D } from "@tensorflow/tfjs";

/** Where a parameter stands in the flat vector of all: behind those before it in a list. */
export interface ParameterPlace {
  readonly name: string;
  readonly shape: readonly number[];
  /** How many numbers it has. */
  readonly size: number;
}

/** What an optimizer needs to know about one step. */
export interface OptimizerStep {
  /** Count of updates, this one included: 1 for the first. */
  update: number;
  learningRate: number;
  /** 1 where weight decay applies and 0 elsewhere, `[parameters]`; absent when it applies everywhere. */
  decayed?: Tensor1D;
  /** The parameters that the vectors are made of, in order. */
  places: readonly ParameterPlace[];
}

/** New weights and new state, both of new tensors. */
export interface OptimizerResult {
  weights: Tensor1D;
  state: Tensor1D[];
}

/**
 * A rule that turns gradients into new weights, for all parameters of a model as one flat vector.
 *
 * One vector instead of thirty small ones: ten operations a step instead of three hundred.
 */
export interface Optimizer {
  readonly name: string;
  /** The learning rate where no schedule changes it. */
  readonly learningRate: number;
  /** Everything that makes two optimizers of one name differ; written into checkpoints. */
  readonly settings: Readonly<Record<string, number>>;
  /** Names of the vectors of state, each as long as all parameters together; they start at 0. */
  readonly slots: readonly string[];
  /** Which parameters weight decay applies to, by name; all where absent. */
  readonly decay?: (name: string) => boolean;
  /** One step: pure, disposes of nothing that it was given. */
  step(weights: Tensor1D, gradient: Tensor1D, state: readonly Tensor1D[], step: OptimizerStep): OptimizerResult;
}

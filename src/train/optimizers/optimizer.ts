import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import type { Module, ParameterKind } from "../../nn/module";
import type { ChooseParameters } from "./decay-rules";

/** Where a parameter stands in the flat vector of all: behind those before it in a list. */
export interface ParameterPlace extends ParameterKind {
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

/** One step over parameters that lie apart, in the order of the step's places. */
export interface ApartStep {
  /** Count of updates, this one included: 1 for the first. */
  update: number;
  learningRate: number;
  places: readonly ParameterPlace[];
  /** What all gradients are multiplied by first. */
  gradientScale: number;
  /** The part of the learning rate that each parameter learns at; the whole where absent. */
  rateShares?: readonly number[];
  /** Whether the new state may be written over the old one, whose tensors are nobody else's. */
  overwriteState: boolean;
}

/** What such a step makes: new tensors, or for the state those it was given, written over. */
export interface ApartResult {
  /** A tensor for each parameter, of its shape. */
  weights: Tensor[];
  /** For each slot a vector for each parameter, one slot behind the other. */
  state: Tensor1D[];
  /** 0 where all new weights are finite, otherwise NaN. */
  probe: Scalar;
}

/**
 * The formula of an optimizer: what turns gradients into new weights, for all parameters of a model as one flat vector. `fit` takes
 * one of your own; `optimizerOf` makes an optimizer of it.
 *
 * One vector instead of thirty small ones: ten operations a step instead of three hundred.
 */
export interface OptimizerRule {
  readonly name: string;
  /** The learning rate where no schedule changes it. */
  readonly learningRate: number;
  /** Everything that makes two optimizers of one name differ; written into checkpoints. */
  readonly settings: Readonly<Record<string, number>>;
  /** Names of the vectors of state, each as long as all parameters together; they start at 0. */
  readonly slots: readonly string[];
  /** Which parameters weight decay applies to, by name and role; all where absent. */
  readonly decay?: ChooseParameters;
  /** One update: pure, disposes of nothing that it was given. */
  update(weights: Tensor1D, gradient: Tensor1D, state: readonly Tensor1D[], step: OptimizerStep): OptimizerResult;
  /**
   * The same update without the flat vectors, where a rule can do it so: with compiled operations nothing is copied together and
   * apart again, which for 86 million weights takes as long as a third of the step.
   */
  updateApart?(
    weights: readonly Tensor[],
    gradients: readonly Tensor[],
    state: readonly Tensor1D[],
    step: ApartStep,
  ): ApartResult;
}

/**
 * Gradients by the names of parameters, as `valueAndGradients` gives them, or by those of tfjs' variables, as `grads` of
 * `tf.variableGrads`. A parameter without a gradient stays as it is.
 */
export type Gradients = Readonly<Record<string, Tensor>>;

/** A rule that also steps by itself, for a training loop of one's own. */
export interface Optimizer extends OptimizerRule {
  /**
   * Moves a module's parameters by their gradients, which stay the caller's; keeps the module's state for the next step.
   *
   * @throws VitlabError naming a gradient that is of no parameter, of another shape, or not of those of the step before.
   */
  step(module: Module, gradients: Gradients, options?: { learningRate?: number }): void;
  /** Frees the state that `step` keeps, of all modules. */
  dispose(): void;
}

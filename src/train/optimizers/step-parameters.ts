import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../../base/error";
import { compiled } from "../../tensor/compiled";
import { tf } from "../../tensor/tf";
import type { ParameterVector } from "../parameter-vector";
import type { OptimizerRule } from "./optimizer";

/** What one step of a rule is about. */
export interface ParameterStep {
  /** Count of updates, this one included: 1 for the first. */
  update: number;
  learningRate: number;
  /** What all gradients are multiplied by first. Default 1. */
  gradientScale?: number;
  /** The part of the learning rate that each parameter learns at. Default the whole. */
  rateShares?: readonly number[];
  /** Whether the new state may be written over the old one, whose tensors are nobody else's: in half the memory. Default false. */
  overwriteState?: boolean;
}

/** What it makes: new tensors, or for the state those it was given, written over. */
export interface SteppedParameters {
  /** A tensor for each parameter, of its shape. */
  weights: Tensor[];
  state: Tensor1D[];
  /** 0 where all new weights are finite, otherwise NaN. */
  probe: Scalar;
}

/** A rule's state before its first step: a vector a slot, or, where it steps without flat vectors, one a parameter in each slot. */
export function startState(rule: OptimizerRule, parameters: ParameterVector): Tensor1D[] {
  const lengths = stepsApart(rule) ? parameters.places.map(({ size }) => size) : [parameters.length];
  return rule.slots.flatMap(() => lengths.map((length) => tf.zeros([length]) as Tensor1D));
}

/** The state that `vectorsOf` gave, one vector a slot. */
export function stateOfVectors(
  rule: OptimizerRule,
  parameters: ParameterVector,
  vectors: readonly Float32Array[],
): Tensor1D[] {
  return tf.tidy(() =>
    vectors.flatMap((vector) => {
      if (!stepsApart(rule)) return [tf.tensor1d(vector)];
      let start = 0;
      return parameters.places.map(({ size }) => {
        start += size;
        return tf.tensor1d(vector.slice(start - size, start));
      });
    }),
  );
}

/** A state as one vector a slot, as it is written into a checkpoint. */
export function vectorsOf(state: readonly Tensor1D[], slots: number): Float32Array[] {
  const pieces = state.length / slots;
  return Array.from({ length: slots }, (_, slot) => {
    const own = state.slice(slot * pieces, (slot + 1) * pieces);
    const vector = new Float32Array(own.reduce((sum, { size }) => sum + size, 0));
    let end = 0;
    for (const piece of own) {
      vector.set(piece.dataSync(), end);
      end += piece.size;
    }
    return vector;
  });
}

/** Puts a new state in the place of an old one, of which it frees what isn't part of the new one. */
export function replaceState(state: Tensor1D[], next: readonly Tensor1D[]): void {
  const kept = new Set(next);
  tf.dispose(state.filter((vector) => !kept.has(vector)));
  state.splice(0, state.length, ...next);
}

/**
 * Computes one step of a rule over the parameters of a model, and changes nothing but, where it may, the state.
 *
 * @param gradients one for each parameter, in their order
 */
export function stepParameters(
  rule: OptimizerRule,
  parameters: ParameterVector,
  gradients: readonly Tensor[],
  state: readonly Tensor1D[],
  step: ParameterStep,
): SteppedParameters {
  const { update, learningRate, gradientScale = 1, rateShares, overwriteState = false } = step;
  const { places } = parameters;
  checkLayout(rule, places.length, state.length);
  if (rule.updateApart && stepsApart(rule))
    return rule.updateApart(parameters.read(), gradients, state, {
      ...{ update, learningRate, places, gradientScale, rateShares, overwriteState },
    });
  const result = tf.tidy(() => {
    const gradient = parameters.flatten(gradients);
    const used = gradientScale === 1 ? gradient : (tf.mul(gradient, gradientScale) as Tensor1D);
    const before = parameters.flatten(parameters.read());
    const decayed = rule.decay && parameters.mask(rule.decay);
    const { weights, state: newState } = rule.update(before, used, state, { update, learningRate, decayed, places });
    // Every rule moves weights in proportion to its learning rate, so that a part of the move is the move at a part of it.
    const moved = rateShares
      ? (tf.add(
          before,
          tf.mul(
            tf.sub(weights, before),
            parameters.fill((_, i) => rateShares[i] as number),
          ),
        ) as Tensor1D)
      : weights;
    // A sum of weights could overflow; a sum of zeros is NaN only where a weight is infinite or NaN.
    const probe = tf.sum(tf.mul(moved, 0)) as Scalar;
    return [probe, ...newState, ...parameters.split(moved)] as Tensor[];
  });
  const [probe, ...others] = result as [Scalar, ...Tensor[]];
  const slots = rule.slots.length;
  return { probe, state: others.slice(0, slots) as Tensor1D[], weights: others.slice(slots) };
}

/** @throws VitlabError when the state was begun with other operations in use. */
function checkLayout(rule: OptimizerRule, parameters: number, vectors: number): void {
  if (vectors === rule.slots.length * (stepsApart(rule) ? parameters : 1)) return;
  throw new VitlabError(
    "the engine was changed, or its compiled operations turned on or off, since this optimizer's first step: go on as it began, or make a new optimizer",
  );
}

function stepsApart(rule: OptimizerRule): boolean {
  return rule.updateApart !== undefined && compiled() !== undefined;
}

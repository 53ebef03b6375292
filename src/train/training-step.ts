import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs";
import { Random } from "../base/random";
import type { ExampleBatch } from "../data/examples";
import { ForwardContext } from "../nn/forward-context";
import { tf } from "../tensor/tf";
import { clipGradient, gradientNorm } from "./clip-gradient";
import { partNorms } from "./gradient-norms";
import { checkLoss, classLoss, type LossFunction } from "./loss";
import type { OptimizerRule } from "./optimizers/optimizer";
import type { ParameterVector } from "./parameter-vector";
import { outputOf, type Trainable } from "./trainable";

/** What stays the same over all steps of a run. */
export interface StepSettings {
  model: Trainable;
  /** Null for cross-entropy. */
  loss: LossFunction | null;
  parameters: ParameterVector;
  optimizer: OptimizerRule;
  /** Examples computed at a time. */
  batchSize: number;
  /** Whether each block is computed anew for its gradient. */
  recompute: boolean;
  labelSmoothing: number;
  /** Longest gradient let through, or null. */
  clipNorm: number | null;
  seed: number;
  decayed?: Tensor1D;
  /** The part of the learning rate that each number learns at, where not all learn at the whole of it. */
  rateScale?: Tensor1D;
}

/** What one step works on. */
export interface StepInput {
  batch: Pick<ExampleBatch, "input" | "target">;
  /** Counted from 0. */
  epoch: number;
  /** Counted from 0 in its epoch. */
  step: number;
  /** Count of updates, this one included. */
  update: number;
  learningRate: number;
  state: readonly Tensor1D[];
  /** Whether to measure the gradient part by part. */
  wantsNorms?: boolean;
}

/** A step that was computed and not yet taken. */
export interface ProposedStep {
  /** Mean over the batch. */
  loss: number;
  /** Before clipping. */
  gradientNorm: number;
  /** By part of the model, before clipping; null where they weren't wanted. */
  norms: Readonly<Record<string, number>> | null;
  /** 0 where every new weight is finite, otherwise NaN. */
  weightProbe: number;
  weights: Tensor1D;
  state: Tensor1D[];
}

// A word in front of the seed, so that dropout has nothing to do with the order of the data.
const DROPOUT_STREAM = 0xd20b;

/**
 * Computes one training step and changes nothing: neither weights nor state nor any random generator.
 *
 * The caller disposes `weights` and `state`.
 */
export function proposeStep(settings: StepSettings, input: StepInput): ProposedStep {
  const { parameters, optimizer, clipNorm, seed, decayed, rateScale } = settings;
  const { batch, epoch, step, update, learningRate, state, wantsNorms = false } = input;
  const random = new Random(DROPOUT_STREAM, seed, epoch, step);
  let numbers: ArrayLike<number> = [];
  let norms: ProposedStep["norms"] = null;
  const { weights, state: newState } = tf.tidy(() => {
    const [value, gradient] = stepGradient(settings, batch, random);
    const norm = gradientNorm(gradient);
    const parts = wantsNorms ? partNorms(gradient, parameters.places) : null;
    const used = clipNorm === null ? gradient : clipGradient(gradient, norm, clipNorm);
    const before = parameters.read();
    const result = optimizer.update(before, used, state, { update, learningRate, decayed, places: parameters.places });
    // Every rule moves weights in proportion to its learning rate, so that a part of the move is the move at a part of it.
    const next = rateScale
      ? (tf.add(before, tf.mul(tf.sub(result.weights, before), rateScale)) as Tensor1D)
      : result.weights;
    // A sum of weights could overflow; a sum of zeros is NaN only where a weight is infinite or NaN.
    const probe = tf.sum(tf.mul(next, 0));
    numbers = tf.stack([value, norm, probe]).dataSync();
    if (parts) {
      const lengths = tf.concat([...parts.values()]).dataSync();
      norms = Object.fromEntries([...parts.keys()].map((part, i) => [part, lengths[i] as number]));
    }
    return { weights: next, state: result.state };
  });
  const [loss, gradientLength, weightProbe] = Array.from(numbers) as [number, number, number];
  return { loss, gradientNorm: gradientLength, norms, weightProbe, weights, state: newState };
}

type LossGradient = [loss: Scalar, gradient: Tensor1D];

/** Mean loss of a step's examples and its gradient, computed a batch at a time and added up. */
function stepGradient(settings: StepSettings, batch: StepInput["batch"], random: Random): LossGradient {
  const { model, loss: ownLoss, parameters, batchSize, labelSmoothing, recompute } = settings;
  const { input, target } = batch;
  const lossGradient = (x: Tensor, wanted: Tensor): LossGradient => {
    const { value, gradient } = parameters.gradient(() => {
      const output = outputOf(model, x, new ForwardContext({ training: true, random, recompute }));
      return ownLoss ? checkLoss(ownLoss(output, wanted)) : classLoss(output, wanted, labelSmoothing);
    });
    return [value, gradient];
  };
  const count = input.shape[0] as number;
  if (count <= batchSize) return lossGradient(input, target);
  let sums: LossGradient | [] = [];
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    const [loss, gradient] = sums;
    const next = tf.tidy(() => {
      const part = lossGradient(rowsOf(input, start, size), rowsOf(target, start, size));
      // Each part counts by its examples, so that the sums are the means over all of them.
      const shares = part.map((tensor) => tf.mul(tensor, size / count));
      return loss && gradient ? shares.map((share, i) => tf.add(share, i === 0 ? loss : gradient)) : shares;
    }) as LossGradient;
    tf.dispose(sums);
    sums = next;
  }
  return sums as LossGradient;
}

function rowsOf<T extends Tensor>(tensor: T, start: number, size: number): T {
  const others = tensor.shape.slice(1);
  return tf.slice(tensor, [start, ...others.map(() => 0)], [size, ...others]);
}

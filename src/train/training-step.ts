import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { Random } from "../base/random";
import type { ExampleBatch } from "../data/examples";
import { ForwardContext } from "../nn/forward-context";
import { type Precision, withPrecision } from "../tensor/precision";
import { tf } from "../tensor/tf";
import { clippingScale, sumsOfSquares } from "./clip-gradient";
import { partNorms } from "./gradient-norms";
import { checkLoss, classLoss, type LossFunction } from "./loss";
import type { OptimizerRule } from "./optimizers/optimizer";
import { stepParameters } from "./optimizers/step-parameters";
import type { ParameterVector } from "./parameter-vector";
import type { RateScale } from "./rate-scale";
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
  precision: Precision;
  labelSmoothing: number;
  /** Longest gradient let through, or null. */
  clipNorm: number | null;
  seed: number;
  /** Which parameters learn, and at which part of the learning rate; null where all learn at the whole of it. */
  rates: RateScale | null;
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
  /** Whether the new state may be written over the old one. Default false. */
  overwriteState?: boolean;
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
  /** A tensor for each parameter. */
  weights: Tensor[];
  state: Tensor1D[];
}

// A word in front of the seed, so that dropout has nothing to do with the order of the data.
const DROPOUT_STREAM = 0xd20b;

/**
 * Computes one training step and changes nothing: neither weights nor any random generator, and the state only where it may.
 *
 * The caller disposes `weights` and `state`.
 */
export function proposeStep(settings: StepSettings, input: StepInput): ProposedStep {
  const { parameters, optimizer, clipNorm, seed, rates } = settings;
  const { batch, epoch, step, update, learningRate, state, wantsNorms = false, overwriteState } = input;
  const { places } = parameters;
  const random = new Random(DROPOUT_STREAM, seed, epoch, step);
  let told: Pick<ProposedStep, "loss" | "gradientNorm" | "norms" | "weightProbe"> | undefined;
  const stepped = tf.tidy(() => {
    const [value, ...gradients] = stepGradients(settings, batch, random);
    const sums = sumsOfSquares(gradients);
    const gradientScale = clipNorm === null ? 1 : clippingScale(normOf(sums.dataSync()), clipNorm);
    const rateShares = rates ? places.map(({ name }) => rates.scales.get(name) as number) : undefined;
    const next = stepParameters(optimizer, parameters, gradients, state, {
      ...{ update, learningRate, gradientScale, rateShares, overwriteState },
    });
    const [loss, weightProbe, ...squares] = tf.concat([tf.stack([value, next.probe]), sums]).dataSync() as unknown as [
      number,
      number,
      ...number[],
    ];
    const norms = wantsNorms ? partNorms(squares, places) : null;
    told = { loss, weightProbe, gradientNorm: normOf(squares), norms };
    return [...next.weights, ...next.state];
  });
  const count = places.length;
  return {
    ...(told as NonNullable<typeof told>),
    weights: stepped.slice(0, count),
    state: stepped.slice(count) as Tensor1D[],
  };
}

function normOf(squares: ArrayLike<number>): number {
  return Math.sqrt(Array.from(squares).reduce((sum, square) => sum + square, 0));
}

type LossAndGradients = [loss: Scalar, ...gradients: Tensor[]];

/** Mean loss of a step's examples and its gradient for each parameter, computed a batch at a time and added up. */
function stepGradients(settings: StepSettings, batch: StepInput["batch"], random: Random): LossAndGradients {
  const { model, loss: ownLoss, parameters, batchSize, labelSmoothing, recompute, precision } = settings;
  const { input, target } = batch;
  const lossGradients = (x: Tensor, wanted: Tensor): LossAndGradients => {
    const { value, gradients } = withPrecision(precision, () =>
      parameters.gradients(() => {
        const output = outputOf(model, x, new ForwardContext({ training: true, random, recompute }));
        return ownLoss ? checkLoss(ownLoss(output, wanted)) : classLoss(output, wanted, labelSmoothing);
      }),
    );
    return [value, ...gradients];
  };
  const count = input.shape[0] as number;
  if (count <= batchSize) return lossGradients(input, target);
  let sums: Tensor[] = [];
  for (let start = 0; start < count; start += batchSize) {
    const size = Math.min(batchSize, count - start);
    const next = tf.tidy(() => {
      const part = lossGradients(rowsOf(input, start, size), rowsOf(target, start, size));
      // Each part counts by its examples, so that the sums are the means over all of them.
      const shares = part.map((tensor) => tf.mul(tensor, size / count));
      return sums.length > 0 ? shares.map((share, i) => tf.add(share, sums[i] as Tensor)) : shares;
    });
    tf.dispose(sums);
    sums = next;
  }
  return sums as LossAndGradients;
}

function rowsOf<T extends Tensor>(tensor: T, start: number, size: number): T {
  const others = tensor.shape.slice(1);
  return tf.slice(tensor, [start, ...others.map(() => 0)], [size, ...others]);
}

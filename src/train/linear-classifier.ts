import type { Tensor2D } from "@tensorflow/tfjs-core";
import { checkPositive, checkWhole } from "../base/check-number";
import type { OptionNames } from "../base/check-options";
import { VitlabError } from "../base/error";
import { nextTurn } from "../base/next-turn";
import { epochOrder } from "../data/batches";
import type { Linear } from "../nn/linear";
import { crossEntropy } from "../tensor/cross-entropy";
import { tf } from "../tensor/tf";
import { adam } from "./optimizers/adam";
import { replaceState, type SteppedParameters, startState, stepParameters } from "./optimizers/step-parameters";
import { ParameterVector } from "./parameter-vector";
import { warmupCosine } from "./schedules";

/** Rows of numbers with a class each, made a batch at a time. */
export interface Features {
  length: number;
  labels: Int32Array;
  /** The rows at these indices, `[indices, numbers]`; the caller disposes them. */
  rows(indices: Uint32Array): Tensor2D;
}

/** How a linear classifier is trained. */
export interface LinearClassifierOptions {
  /** Default 20. */
  epochs?: number;
  /** Default 128. */
  batchSize?: number;
  /** Of Adam, falling to 0 along a cosine. Default 1e-3. */
  learningRate?: number;
  /** Of the order of rows. Default 0. */
  seed?: number;
  /** Stops between two steps; the classifier keeps what it has learnt. */
  signal?: AbortSignal;
}

/** The names of all options of a linear classifier. */
export const LINEAR_CLASSIFIER_OPTIONS: OptionNames<LinearClassifierOptions> = {
  epochs: true,
  batchSize: true,
  learningRate: true,
  seed: true,
  signal: true,
};

/**
 * Trains a linear layer to name the classes of rows (softmax regression).
 *
 * @returns mean training loss of each epoch, in nats
 * @throws VitlabError when an option is out of range or the loss is no longer finite.
 */
export async function trainLinear(
  layer: Linear,
  features: Features,
  options: LinearClassifierOptions = {},
): Promise<number[]> {
  const { epochs = 20, batchSize = 128, learningRate = 1e-3, seed = 0, signal } = options;
  checkWhole("epochs", epochs);
  checkWhole("batchSize", batchSize);
  checkPositive("learningRate", learningRate);
  const optimizer = adam({ learningRate });
  const schedule = warmupCosine();
  const parameters = new ParameterVector(layer);
  const stepsPerEpoch = Math.ceil(features.length / batchSize);
  const state = startState(optimizer, parameters);
  const losses: number[] = [];
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = epochOrder(features.length, seed, epoch);
      let sum = 0;
      for (let step = 0; step < stepsPerEpoch; step++) {
        if (signal?.aborted) return losses;
        const update = epoch * stepsPerEpoch + step + 1;
        const rate = schedule.learningRate(update - 1, learningRate, epochs * stepsPerEpoch);
        const indices = order.slice(step * batchSize, (step + 1) * batchSize);
        let loss = 0;
        const taken = tf.tidy(() => {
          const rows = features.rows(indices);
          const labels = tf.tensor1d(labelsOf(features, indices), "int32");
          const { value, gradients } = parameters.gradients(() => crossEntropy(layer.forward(rows), labels));
          loss = value.dataSync()[0] as number;
          return stepParameters(optimizer, parameters, gradients, state, {
            ...{ update, learningRate: rate, overwriteState: true },
          }) as never;
        }) as SteppedParameters;
        replaceState(state, taken.state);
        if (!Number.isFinite(loss)) {
          tf.dispose([taken.probe, ...taken.weights]);
          throw new VitlabError(
            `the loss of the linear classifier is ${loss}: its rows hold numbers that are not finite, or learningRate ` +
              `${learningRate} is too high`,
          );
        }
        parameters.write(taken.weights);
        tf.dispose([taken.probe, ...taken.weights]);
        sum += loss * indices.length;
        await nextTurn();
      }
      losses.push(sum / features.length);
    }
  } finally {
    tf.dispose(state);
  }
  return losses;
}

/** Mean cross-entropy and share named rightly of a linear classifier. */
export async function measureLinear(layer: Linear, features: Features): Promise<{ loss: number; accuracy: number }> {
  let loss = 0;
  let right = 0;
  for (let start = 0; start < features.length; start += MEASURED_ROWS) {
    const count = Math.min(MEASURED_ROWS, features.length - start);
    const indices = Uint32Array.from({ length: count }, (_, i) => start + i);
    const labels = labelsOf(features, indices);
    tf.tidy(() => {
      const logits = layer.forward(features.rows(indices));
      const losses = crossEntropy(logits, tf.tensor1d(labels, "int32"), { reduction: "none" });
      loss += (tf.sum(losses).dataSync()[0] as number) / features.length;
      const named = tf.argMax(logits, 1).dataSync();
      right += labels.filter((label, i) => named[i] === label).length;
    });
    await nextTurn();
  }
  return { loss, accuracy: right / features.length };
}

const MEASURED_ROWS = 500;

function labelsOf({ labels }: Features, indices: Uint32Array): Int32Array {
  return Int32Array.from(indices, (index) => labels[index] as number);
}

import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { checkShare } from "../../base/check-number";
import { checkOptions } from "../../base/check-options";
import { checkField } from "../../base/field";
import { orthogonalize } from "../../tensor/orthogonalize";
import { tf } from "../../tensor/tf";
import { TRAINING_FIELDS } from "../training-fields";
import { adamW } from "./adam";
import type { ChooseParameters } from "./decay-rules";
import { OPTIMIZER_DEFAULTS } from "./defaults";
import type { ApartResult, ApartStep, Optimizer, ParameterPlace } from "./optimizer";
import { optimizerOf } from "./optimizer-of";

/** How Muon is set. */
export interface MuonOptions {
  /** Of matrices and of all else. Default 1e-3. */
  learningRate?: number;
  /** Decay of the running mean of the matrices' gradients. Default 0.95. */
  momentum?: number;
  /** Weights shrink by `rate · weightDecay` besides their step, as with `adamW`. Default 0.1, as in PyTorch. */
  weightDecay?: number;
  /** Which parameters shrink, by name and role, e.g. `matricesOnly`. Default all. */
  decay?: ChooseParameters;
}

/**
 * Muon for the matrices between the first linear map and the last (role "matrix"), `adamW` for all else. A matrix moves by its running mean of gradients
 * made orthogonal, so that all its directions learn, not the few alone whose gradients are large: `m = μ m + (1 - μ) g`,
 * `w -= rate · 0.2 √max(rows, columns) · orthogonalize(μ m + (1 - μ) g)` (Jordan et al., "Muon: An optimizer for hidden
 * layers in neural networks", 2024; `orthogonalize` holds the formula).
 *
 * The factor makes a step about as long as one of AdamW, so that both have one learning rate (Liu et al., "Muon is Scalable for
 * LLM Training", 2025, equation 4; in PyTorch `adjust_lr_fn="match_rms_adamw"`). Query, key and value, side by side in one
 * matrix, are three. PyTorch orthogonalizes in bfloat16, vitlab in float32.
 *
 * @throws VitlabError when a setting is out of range.
 *
 * @example
 * ```ts
 * import { fit, muon, shapes, ViT, warmupCosine } from "vitlab";
 *
 * const config = { imageSize: 32, patchSize: 8, dim: 16, depth: 1, heads: 2, mlpDim: 32, classes: 10 };
 * const { history } = await fit(new ViT(config), {
 *   train: shapes({ count: 100 }),
 *   epochs: 5,
 *   batchSize: 20,
 *   optimizer: muon({ learningRate: 0.01 }),
 *   schedule: warmupCosine(),
 * });
 * console.log(history[4].trainLoss < history[0].trainLoss); // true
 * ```
 */
export function muon(options: MuonOptions = {}): Optimizer {
  checkOptions("muon", options, { learningRate: true, momentum: true, weightDecay: true, decay: true });
  const {
    learningRate = OPTIMIZER_DEFAULTS.muon.learningRate,
    momentum = 0.95,
    weightDecay = OPTIMIZER_DEFAULTS.muon.weightDecay,
    decay,
  } = options;
  checkField("learningRate", learningRate, TRAINING_FIELDS.learningRate);
  checkShare("momentum", momentum);
  checkField("weightDecay", weightDecay, TRAINING_FIELDS.weightDecay);
  const others = adamW({ learningRate, weightDecay, decay });
  return optimizerOf({
    name: "muon",
    learningRate,
    settings: { learningRate, momentum, weightDecay },
    slots: others.slots,
    decay,
    update(weights, gradient, state, step) {
      const { learningRate: rate, decayed, places } = step;
      const [newWeights, newMean, newSquare] = tf.tidy(() => {
        // One pass over everything is the fastest; what it gives for the matrices is replaced.
        const adam = others.update(weights, gradient, state, step);
        const mean = mix(state[0] as Tensor1D, gradient, momentum);
        // Nesterov's momentum: the mean that the next step would have, were its gradient the same.
        const directions = split(mix(mean, gradient, momentum), places);
        const move = tf.concat(
          orthogonalMoves(directions, places).map((own, i) => own ?? tf.zeros([places[i]?.size ?? 0])),
        );
        const shrinking = decayed ? tf.mul(weights, decayed) : weights;
        const kept = tf.sub(weights, tf.mul(shrinking, rate * weightDecay));
        const moved = tf.sub(kept, tf.mul(move, rate)) as Tensor1D;
        const [adamMean, adamSquare] = adam.state as [Tensor1D, Tensor1D];
        return [choose(places, moved, adam.weights), choose(places, mean, adamMean), adamSquare];
      }) as [Tensor1D, Tensor1D, Tensor1D];
      return { weights: newWeights, state: [newMean, newSquare] };
    },
    updateApart(weights, gradients, state, step) {
      return tf.tidy(() => {
        const { learningRate: rate, places, gradientScale, rateShares, overwriteState } = step;
        const count = places.length;
        const means = places.map((place, i) => {
          if (!isMatrix(place)) return null;
          const gradient = tf.mul(tf.reshape(gradients[i] as Tensor, [place.size]), gradientScale) as Tensor1D;
          const mean = mix(state[i] as Tensor1D, gradient, momentum);
          return { mean, direction: mix(mean, gradient, momentum) };
        });
        const moves = orthogonalMoves(
          means.map((own) => own?.direction ?? null),
          places,
        );
        const ofOthers = <T>(list: readonly T[]) => list.filter((_, i) => means[i % count] === null);
        const adam = stepOthers(ofOthers(weights), ofOthers(gradients), ofOthers(state), {
          ...step,
          places: ofOthers(places),
          rateShares: rateShares && ofOthers(rateShares),
        });
        const result: ApartResult = { weights: [], state: [], probe: adam.probe };
        const [otherMeans, otherSquares] = [
          adam.state.slice(0, adam.weights.length),
          adam.state.slice(adam.weights.length),
        ];
        const squares: Tensor1D[] = [];
        let other = 0;
        places.forEach(({ name, role, shape }, i) => {
          const own = means[i];
          if (!own) {
            result.weights.push(adam.weights[other] as Tensor);
            result.state.push(otherMeans[other] as Tensor1D);
            squares.push(otherSquares[other++] as Tensor1D);
            return;
          }
          const before = weights[i] as Tensor;
          const shrinkage = decay && !decay(name, role) ? 0 : rate * weightDecay;
          const kept = tf.sub(before, tf.mul(before, shrinkage));
          const moved = tf.sub(kept, tf.mul(tf.reshape(moves[i] as Tensor1D, [...shape]), rate));
          const share = rateShares?.[i] ?? 1;
          const next = share === 1 ? moved : tf.add(before, tf.mul(tf.sub(moved, before), share));
          result.weights.push(next);
          result.state.push(own.mean);
          const square = state[count + i] as Tensor1D;
          squares.push(overwriteState ? square : tf.clone(square));
          // A sum of zeros, which is NaN only where a weight is infinite or NaN.
          result.probe = tf.add(result.probe, tf.sum(tf.mul(next, 0)));
        });
        return { ...result, state: [...result.state, ...squares] } as never;
      }) as ApartResult;
    },
  });

  function stepOthers(
    weights: readonly Tensor[],
    gradients: readonly Tensor[],
    state: readonly Tensor1D[],
    step: ApartStep,
  ): ApartResult {
    const result = weights.length > 0 ? others.updateApart?.(weights, gradients, state, step) : undefined;
    return result ?? { weights: [], state: [], probe: tf.scalar(0) };
  }
}

function mix(mean: Tensor1D, gradient: Tensor1D, share: number): Tensor1D {
  return tf.add(tf.mul(mean, share), tf.mul(gradient, 1 - share)) as Tensor1D;
}

function isMatrix({ role, shape }: ParameterPlace): boolean {
  return shape.length === 2 && role === "matrix";
}

/** One vector's numbers for matrices, another's for all else. */
function choose(places: readonly ParameterPlace[], ofMatrices: Tensor1D, ofOthers: Tensor1D): Tensor1D {
  const [matrices, others] = [ofMatrices, ofOthers].map((vector) => split(vector, places)) as [Tensor1D[], Tensor1D[]];
  return tf.concat(places.map((place, i) => (isMatrix(place) ? matrices : others)[i] as Tensor1D));
}

function split(vector: Tensor1D, places: readonly ParameterPlace[]): Tensor1D[] {
  return tf.split(
    vector,
    places.map(({ size }) => size),
  ) as Tensor1D[];
}

/** How far matrices move at a learning rate of 1, each as a vector; null for all else. */
function orthogonalMoves(
  directions: readonly (Tensor1D | null)[],
  places: readonly ParameterPlace[],
): (Tensor1D | null)[] {
  const matrices = places.map((place, i) => (isMatrix(place) ? sideBySide(directions[i] as Tensor1D, place) : []));
  const moves = orthogonalize(matrices.flat()).map((matrix) =>
    tf.mul(matrix, 0.2 * Math.sqrt(Math.max(...matrix.shape))),
  );
  return places.map(({ size }, i) => {
    const own = moves.splice(0, matrices[i]?.length);
    return own.length > 0 ? (tf.reshape(tf.concat(own, 1), [size]) as Tensor1D) : null;
  });
}

/** The matrices that stand side by side in a parameter: query, key and value, or the one that it is. */
function sideBySide(numbers: Tensor1D, { stacked = 1, shape }: ParameterPlace): Tensor2D[] {
  const matrix = tf.reshape(numbers, shape as [number, number]) as Tensor2D;
  return stacked > 1 ? tf.split(matrix, stacked, 1) : [matrix];
}

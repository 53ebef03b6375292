import type { Tensor1D } from "@tensorflow/tfjs";
import { tf } from "../../src/tensor/tf";
import type { Optimizer, ParameterPlace } from "../../src/train/optimizers/optimizer";
import { expectNoLeak } from "./engines";

/** Where a path starts and what drives it. */
export interface GivenGradients {
  start: Float32Array;
  /** A gradient a step, one after the other. */
  gradients: Float32Array;
  learningRate: number;
  /** 1 where weights decay, else 0; all do where it is left out. */
  decayed?: readonly number[];
  places?: readonly ParameterPlace[];
}

/** The parameters after each step of an optimizer on given gradients, `[step, element]`; no tensor is left behind. */
export function optimizerPath(optimizer: Optimizer, given: GivenGradients): number[] {
  const { start, gradients, learningRate, decayed, places = [] } = given;
  const size = start.length;
  return expectNoLeak(() => {
    const mask = decayed && tf.tensor1d([...decayed]);
    let weights = tf.tensor1d(start);
    let state = optimizer.slots.map(() => tf.zeros([size]) as Tensor1D);
    const visited: number[] = [];
    for (let update = 1; update * size <= gradients.length; update++) {
      const gradient = tf.tensor1d(gradients.slice((update - 1) * size, update * size));
      const next = optimizer.update(weights, gradient, state, { update, learningRate, decayed: mask, places });
      tf.dispose([weights, state, gradient]);
      ({ weights, state } = next);
      visited.push(...weights.dataSync());
    }
    tf.dispose([weights, state]);
    mask?.dispose();
    return visited;
  });
}

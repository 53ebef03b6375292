import type { Tensor1D } from "@tensorflow/tfjs-core";
import { Module } from "../../src/nn/module";
import { tf } from "../../src/tensor/tf";
import type { Optimizer, ParameterPlace } from "../../src/train/optimizers/optimizer";
import { startState, stepParameters } from "../../src/train/optimizers/step-parameters";
import { ParameterVector } from "../../src/train/parameter-vector";
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

/** Parameters of a few sizes, the first numbers of a vector in one, the next in another. */
class Pieces extends Module {
  forward(): null {
    return null;
  }

  constructor(start: Float32Array) {
    super();
    const cuts = [0, 3, 4, start.length];
    for (let i = 0; i + 1 < cuts.length; i++)
      this.parameter(`piece${i}`, () => tf.tensor1d(start.slice(cuts[i], cuts[i + 1])));
  }
}

/** The same path, taken as a training does, over several parameters. */
export function apartPath(optimizer: Optimizer, { start, gradients, learningRate }: GivenGradients): number[] {
  const size = start.length;
  return expectNoLeak(() => {
    const module = new Pieces(start);
    const parameters = new ParameterVector(module);
    let state = startState(optimizer, parameters);
    const visited: number[] = [];
    for (let update = 1; update * size <= gradients.length; update++) {
      const vector = tf.tensor1d(gradients.slice((update - 1) * size, update * size));
      const each = parameters.split(vector);
      const next = stepParameters(optimizer, parameters, each, state, { update, learningRate });
      parameters.write(next.weights);
      visited.push(...next.weights.flatMap((tensor) => [...tensor.dataSync()]));
      tf.dispose([vector, each, state, next.weights, next.probe] as never);
      state = next.state;
    }
    tf.dispose(state);
    module.dispose();
    return visited;
  });
}

import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf";
import type { ParameterVector } from "./parameter-vector";

/**
 * An exponential moving average of all weights: `a = d a + (1 - d) w` after each step (Polyak and Juditsky, "Acceleration of
 * Stochastic Approximation by Averaging", 1992, in the exponential form of Tarvainen and Valpola, 2017).
 *
 * d rises to the decay asked for as `(1 + t) / (10 + t)` with t steps taken, as TensorFlow's ExponentialMovingAverage has it,
 * so that the starting weights are soon forgotten.
 */
export class WeightAverage {
  private average: Tensor1D | null = null;

  constructor(
    private readonly parameters: ParameterVector,
    private readonly decay: number,
  ) {}

  /** Starts at the model's weights of this moment, or at those given, which it copies. */
  start(values?: Float32Array): void {
    this.average?.dispose();
    this.average = values ? tf.tensor1d(values.slice()) : this.parameters.flatten(this.parameters.read());
  }

  /** Takes the weights of a step in, a tensor for each parameter; leaves them to the caller. */
  add(weights: readonly Tensor[], update: number): void {
    const before = this.average as Tensor1D;
    const share = 1 - Math.min(this.decay, (1 + update) / (10 + update));
    this.average = tf.tidy(() => {
      const now = this.parameters.flatten(weights);
      return tf.add(before, tf.mul(tf.sub(now, before), share)) as Tensor1D;
    });
    before.dispose();
  }

  /** Gives the model the average, for good. */
  settle(): void {
    const { average } = this;
    if (!average) return;
    const parts = this.parameters.split(average);
    this.parameters.write(parts);
    tf.dispose(parts);
  }

  /** Runs something while the model has the average, and gives it back its own weights. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    const own = this.parameters.read().map((variable) => tf.clone(variable as Tensor));
    try {
      this.settle();
      return await run();
    } finally {
      this.parameters.write(own);
      tf.dispose(own);
    }
  }

  /** The average, copied out of the engine. */
  values(): Float32Array {
    return Float32Array.from((this.average as Tensor1D).dataSync());
  }

  dispose(): void {
    this.average?.dispose();
    this.average = null;
  }
}

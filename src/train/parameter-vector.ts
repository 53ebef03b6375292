import type { Scalar, Tensor, Tensor1D, Variable } from "@tensorflow/tfjs";
import type { Module } from "../nn/module";
import { tf } from "../tensor/tf";
import type { ParameterPlace } from "./optimizers/optimizer";

/** All parameters of a model seen as one flat vector `[parameters]`, in the order they were made. */
export class ParameterVector {
  readonly names: readonly string[];
  /** The parameters in the order of the vector. */
  readonly places: readonly ParameterPlace[];
  readonly length: number;
  private readonly variables: readonly Variable[];
  private readonly learning: readonly Variable[];

  /** @param frozen names of parameters whose gradient is 0 and isn't computed */
  constructor(
    private readonly model: Module,
    frozen: ReadonlySet<string> = new Set(),
  ) {
    const named = model.namedParameters();
    this.names = [...named.keys()];
    this.variables = [...named.values()];
    this.learning = this.variables.filter((_, i) => !frozen.has(this.names[i] as string));
    this.places = this.variables.map(({ shape, size }, i) => ({ name: this.names[i] as string, shape, size }));
    this.length = this.variables.reduce((sum, variable) => sum + variable.size, 0);
  }

  /**
   * The weights of this moment; the caller disposes them.
   *
   * @throws VitlabError when the model was disposed.
   */
  read(): Tensor1D {
    this.model.checkNotDisposed();
    return tf.tidy(() => flatten(this.variables));
  }

  /**
   * Gives every parameter its part of a flat vector.
   *
   * @throws VitlabError when the model was disposed.
   */
  write(weights: Tensor1D): void {
    this.model.checkNotDisposed();
    tf.tidy(() => {
      const parts = tf.split(
        weights,
        this.variables.map((variable) => variable.size),
      );
      this.variables.forEach((variable, i) => {
        variable.assign(tf.reshape(parts[i] as Tensor1D, variable.shape));
      });
    });
  }

  /** A loss and its gradient for all parameters; the caller disposes both. */
  gradient(loss: () => Scalar): { value: Scalar; gradient: Tensor1D } {
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss, [...this.learning]);
      const gradient = flatten(this.variables.map((variable) => grads[variable.name] ?? tf.zeros(variable.shape)));
      return { value, gradient };
    });
  }

  /** 1 for the numbers of parameters that a rule chooses by name, 0 for the others; the caller disposes it. */
  mask(chosen: (name: string) => boolean): Tensor1D {
    return this.fill((name) => (chosen(name) ? 1 : 0));
  }

  /** A number for each parameter by its name, as often as the parameter has numbers; the caller disposes it. */
  fill(value: (name: string) => number): Tensor1D {
    const values = new Float32Array(this.length);
    let offset = 0;
    this.variables.forEach((variable, i) => {
      values.fill(value(this.names[i] as string), offset, offset + variable.size);
      offset += variable.size;
    });
    return tf.tensor1d(values);
  }
}

function flatten(tensors: readonly Tensor[]): Tensor1D {
  return tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1]))) as Tensor1D;
}

import type { Scalar, Tensor, Tensor1D, Variable } from "@tensorflow/tfjs-core";
import type { Module, ParameterKind } from "../nn/module";
import { tf } from "../tensor/tf";
import { variableGrads } from "../tensor/variable-grads";
import type { ChooseParameters } from "./optimizers/decay-rules";
import type { ParameterPlace } from "./optimizers/optimizer";

/** All parameters of a module, or some, in the order they were made: each by itself, or seen as one flat vector `[parameters]`. */
export class ParameterVector {
  readonly names: readonly string[];
  /** What each of them is. */
  readonly places: readonly ParameterPlace[];
  readonly length: number;
  /** The parameters in the order of the vector. */
  readonly variables: readonly Variable[];
  private readonly learning: readonly Variable[];

  /**
   * @param frozen names of parameters whose gradient is 0 and isn't computed
   * @param only names of those that the vector is of; all where absent
   */
  constructor(
    private readonly model: Module,
    { frozen, only }: { frozen?: ReadonlySet<string>; only?: ReadonlySet<string> } = {},
  ) {
    const kinds = model.parameterKinds();
    const named = [...model.namedParameters()].filter(([name]) => !only || only.has(name));
    this.names = named.map(([name]) => name);
    this.variables = named.map(([, variable]) => variable);
    this.learning = this.variables.filter((_, i) => !frozen?.has(this.names[i] as string));
    this.places = named.map(([name, { shape, size }]) => ({
      name,
      shape,
      size,
      ...(kinds.get(name) as ParameterKind),
    }));
    this.length = this.variables.reduce((sum, variable) => sum + variable.size, 0);
  }

  /**
   * The parameters themselves.
   *
   * @throws VitlabError when the model was disposed.
   */
  read(): readonly Variable[] {
    this.model.checkNotDisposed();
    return this.variables;
  }

  /**
   * Gives every parameter a tensor as its value; the tensors stay the caller's to dispose, and nothing is copied.
   *
   * @throws VitlabError when the model was disposed.
   */
  write(weights: readonly Tensor[]): void {
    this.read().forEach((variable, i) => {
      variable.assign(weights[i] as Tensor);
    });
  }

  /** A loss and its gradient for each parameter, in their order; the caller disposes all. */
  gradients(loss: () => Scalar): { value: Scalar; gradients: Tensor[] } {
    return tf.tidy(() => {
      const { value, grads } = variableGrads(loss, this.learning);
      const gradients = this.variables.map((variable) => grads[variable.name] ?? tf.zeros(variable.shape));
      return { value, gradients };
    });
  }

  /** 1 for the numbers of parameters that a rule chooses, 0 for the others; the caller disposes it. */
  mask(chosen: ChooseParameters): Tensor1D {
    return this.fill(({ name, role }) => (chosen(name, role) ? 1 : 0));
  }

  /** A number for each parameter, as often as the parameter has numbers; the caller disposes it. */
  fill(value: (place: ParameterPlace, index: number) => number): Tensor1D {
    const values = new Float32Array(this.length);
    let offset = 0;
    this.places.forEach((place, i) => {
      values.fill(value(place, i), offset, offset + place.size);
      offset += place.size;
    });
    return tf.tensor1d(values);
  }

  /** A tensor for each parameter, in their order, as one vector; the caller disposes it. */
  flatten(tensors: readonly Tensor[]): Tensor1D {
    return tf.tidy(() => tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1]))) as Tensor1D);
  }

  /** A flat vector as a tensor for each parameter, of its shape; the caller disposes them. */
  split(vector: Tensor1D): Tensor[] {
    return tf.tidy(() => {
      const parts = tf.split(
        vector,
        this.variables.map(({ size }) => size),
      );
      return this.variables.map(({ shape }, i) => tf.reshape(parts[i] as Tensor1D, shape));
    });
  }
}

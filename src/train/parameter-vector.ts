import type { Scalar, Tensor, Tensor1D, Variable } from "@tensorflow/tfjs";
import type { Module, ParameterKind } from "../nn/module";
import { tf } from "../tensor/tf";
import { variableGrads } from "../tensor/variable-grads";
import type { ChooseParameters } from "./optimizers/decay-rules";
import type { ParameterPlace } from "./optimizers/optimizer";

/** All parameters of a module, or some, seen as one flat vector `[parameters]`, in the order they were made. */
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
   * The weights of this moment; the caller disposes them.
   *
   * @throws VitlabError when the model was disposed.
   */
  read(): Tensor1D {
    this.model.checkNotDisposed();
    return tf.tidy(() => this.flatten(this.variables));
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
      const { value, grads } = variableGrads(loss, this.learning);
      const gradient = this.flatten(this.variables.map((variable) => grads[variable.name] ?? tf.zeros(variable.shape)));
      return { value, gradient };
    });
  }

  /** 1 for the numbers of parameters that a rule chooses, 0 for the others; the caller disposes it. */
  mask(chosen: ChooseParameters): Tensor1D {
    return this.fill(({ name, role }) => (chosen(name, role) ? 1 : 0));
  }

  /** A number for each parameter, as often as the parameter has numbers; the caller disposes it. */
  fill(value: (place: ParameterPlace) => number): Tensor1D {
    const values = new Float32Array(this.length);
    let offset = 0;
    for (const place of this.places) {
      values.fill(value(place), offset, offset + place.size);
      offset += place.size;
    }
    return tf.tensor1d(values);
  }

  /** A tensor for each parameter, in their order, as one vector; the caller disposes it. */
  flatten(tensors: readonly Tensor[]): Tensor1D {
    return tf.tidy(() => tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1]))) as Tensor1D);
  }
}

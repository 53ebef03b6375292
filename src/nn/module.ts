import type { Tensor, Variable } from "@tensorflow/tfjs";
import { sentenceOf } from "../base/display-kind";
import { VitlabError } from "../base/error";
import { startEngine } from "../tensor/first-use";
import { tf } from "../tensor/tf";
import { checkWeights } from "./check-weights";
import { type ParameterTable, parameterTable } from "./parameter-table";

/** One named array of numbers outside the engine. */
export interface NamedArray {
  shape: readonly number[];
  data: Float32Array;
}

/** Parameters by name, e.g. `blocks.0.attention.qkv.weight`. */
export type StateDict = Record<string, NamedArray>;

/** Number of parameters of a module, in all and by part. */
export interface ParameterCount {
  total: number;
  parts: Record<string, ParameterCount>;
}

/** How often modules registered something: what was listed before may have changed since. */
let registrations = 0;

/** A part of a network: named parameters, and named modules inside. */
export abstract class Module {
  private readonly ownParameters = new Map<string, Variable>();
  private readonly children = new Map<string, Module>();
  private disposed = false;
  private listed: readonly Variable[] = [];
  private listedAt = -1;

  /** Whether it was disposed, or one of its parameters was. */
  get isDisposed(): boolean {
    if (this.disposed) return true;
    // Every forward pass asks, so the list is kept.
    if (this.listedAt !== registrations) {
      this.listed = this.parameters();
      this.listedAt = registrations;
    }
    for (const variable of this.listed) if (variable.isDisposed) return true;
    return false;
  }

  /** @throws VitlabError when it was disposed, or one of its parameters was. */
  checkNotDisposed(): void {
    if (this.isDisposed) throw this.disposedError();
  }

  /** Registers a parameter and takes over its initial value. */
  protected parameter<V extends Tensor>(name: string, initial: () => V): Variable & V {
    startEngine();
    const value = initial();
    const variable = tf.variable(value);
    value.dispose();
    this.ownParameters.set(name, variable);
    registrations++;
    return variable as Variable & V;
  }

  /** Registers a module inside this one. */
  protected child<M extends Module>(name: string, module: M): M {
    this.children.set(name, module);
    registrations++;
    return module;
  }

  /** Parameters by full name, in the order they were made. */
  namedParameters(prefix = ""): Map<string, Variable> {
    const all = new Map<string, Variable>();
    for (const [name, variable] of this.ownParameters) all.set(prefix + name, variable);
    for (const [name, module] of this.children)
      for (const [path, variable] of module.namedParameters(`${prefix}${name}.`)) all.set(path, variable);
    return all;
  }

  /** Parameters in the order they were made. */
  parameters(): Variable[] {
    return [...this.namedParameters().values()];
  }

  /**
   * A copy of every parameter, by name.
   *
   * @throws VitlabError when the module or a parameter of it was disposed.
   */
  stateDict(): StateDict {
    this.checkNotDisposed();
    const state: StateDict = {};
    for (const [name, variable] of this.namedParameters())
      state[name] = { shape: [...variable.shape], data: Float32Array.from(variable.dataSync()) };
    return state;
  }

  /**
   * Sets every parameter from a state dict; changes nothing unless all of it fits.
   *
   * @throws VitlabError naming the parameters that are missing, unknown or of another shape, or when the module was disposed.
   */
  loadStateDict(state: StateDict): void {
    this.checkNotDisposed();
    const parameters = this.namedParameters();
    checkWeights(
      [...parameters].map(([name, { shape }]) => [name, shape] as const),
      new Map(Object.entries(state)),
    );
    for (const [name, variable] of parameters) {
      const { shape, data } = state[name] as NamedArray;
      // Of a copy, because the engine may keep the array itself.
      tf.tidy(() => variable.assign(tf.tensor(data.slice(), [...shape], "float32")));
    }
  }

  /** Number of parameters, in all and by part. */
  parameterCount(): ParameterCount {
    const parts: Record<string, ParameterCount> = {};
    let total = 0;
    for (const [name, variable] of this.ownParameters) {
      parts[name] = { total: variable.size, parts: {} };
      total += variable.size;
    }
    for (const [name, module] of this.children) {
      const count = module.parameterCount();
      if (count.total === 0) continue;
      parts[name] = count;
      total += count.total;
    }
    return { total, parts };
  }

  /** What a notebook shows of it: the table of its parameters. */
  [Symbol.for("Jupyter.display")](): ParameterTable {
    const title = sentenceOf(this) ?? this.constructor.name;
    const rows = [...this.namedParameters()].map(([name, { shape, size }]) => ({ name, shape, size }));
    return parameterTable(title, rows);
  }

  /** Frees every parameter; of no use afterwards. */
  dispose(): void {
    this.disposed = true;
    // The engine counts who holds the numbers: freed a second time, those of another tensor might go.
    for (const variable of this.ownParameters.values()) if (!variable.isDisposed) variable.dispose();
    for (const module of this.children.values()) module.dispose();
  }

  private disposedError(): VitlabError {
    const kind = this.constructor.name;
    const parameters = [...this.namedParameters()];
    const freed = parameters.filter(([, variable]) => variable.isDisposed).map(([name]) => name);
    const whole = this.disposed || freed.length === parameters.length;
    return new VitlabError(
      `${whole ? `this ${kind} was disposed` : `${freed[0]} of this ${kind} was disposed`}, its numbers are freed: ` +
        "make or load it again, and dispose of it only after its last use",
    );
  }
}

import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { show } from "../base/check-options";
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

/**
 * What a parameter is for, by which weight decay, Muon and whoever else chooses: the weights of a linear map ("matrix", of the
 * first one "input", of the last one "head"), what is added ("bias"), the scales of a normalization ("norm"), or vectors that
 * are tokens or stand for places ("embedding").
 */
export type ParameterRole = "matrix" | "input" | "head" | "bias" | "norm" | "embedding";

/** What a module says of a parameter. */
export interface ParameterKind {
  role: ParameterRole;
  /** How many matrices of one size stand in it side by side: 3 for query, key and value. Default 1. */
  stacked?: number;
}

/** How often modules registered something: what was listed before may have changed since. */
let registrations = 0;

/**
 * A part of a network: named parameters, and named modules inside. What it keeps for itself is #private, so that a module of
 * your own may have fields of any name.
 *
 * @example
 * ```ts
 * import { Linear, Module, Random, tf } from "vitlab";
 *
 * class Twice extends Module {
 *   readonly inner = this.child("inner", new Linear(4, 4, { random: new Random(1) }));
 *   forward(x: tf.Tensor2D): tf.Tensor2D {
 *     return this.inner.forward(this.inner.forward(x));
 *   }
 * }
 *
 * const twice = new Twice();
 * console.log([...twice.namedParameters().keys()]); // [ 'inner.weight', 'inner.bias' ]
 * console.log(twice.forward(tf.ones<tf.Rank.R2>([1, 4])).shape); // [ 1, 4 ]
 * ```
 */
export abstract class Module {
  readonly #parameters = new Map<string, Variable>();
  readonly #kinds = new Map<string, ParameterKind>();
  readonly #inside = new Map<string, Module>();
  readonly #replaced = new Set<string>();
  #disposed = false;
  #listed: readonly Variable[] = [];
  #listedAt = -1;

  /** Whether it was disposed, or one of its parameters was. */
  get isDisposed(): boolean {
    if (this.#disposed) return true;
    // Every forward pass asks, so the list is kept.
    if (this.#listedAt !== registrations) {
      this.#listed = this.parameters();
      this.#listedAt = registrations;
    }
    for (const variable of this.#listed) if (variable.isDisposed) return true;
    return false;
  }

  /** @throws VitlabError when it was disposed, or one of its parameters was. */
  checkNotDisposed(): void {
    if (this.isDisposed) throw this.#disposedError();
  }

  /**
   * Registers a parameter and takes over its initial value. Unless it is said what it is for, it is a matrix where it has two
   * axes or more, and a bias where it has one.
   */
  protected parameter<V extends Tensor>(name: string, initial: () => V, kind?: ParameterKind): Variable & V {
    startEngine();
    const value = initial();
    const variable = tf.variable(value);
    value.dispose();
    this.#parameters.set(name, variable);
    this.#kinds.set(name, kind ?? { role: variable.rank > 1 ? "matrix" : "bias" });
    registrations++;
    return variable as Variable & V;
  }

  /**
   * What its answers depend on besides its parameters and the modules inside: heads, an activation, an epsilon. A checkpoint
   * keeps it, and refuses to fill a module that has other settings.
   */
  get settings(): Readonly<Record<string, unknown>> {
    return {};
  }

  /** What it computes. */
  abstract forward(...inputs: never[]): unknown;

  /** Registers a module inside this one. */
  protected child<M extends Module>(name: string, module: M): M {
    this.#inside.set(name, module);
    registrations++;
    return module;
  }

  /**
   * Registers the module that a factory makes.
   *
   * @throws VitlabError when it makes no module, or gives one that is in use or disposed; what was made before it is freed.
   */
  protected make<M extends Module>(name: string, factory: () => M): M {
    try {
      const module = factory();
      const hint = "a factory must return a new module each time, such as new RMSNorm(dim)";
      if (!(module instanceof Module))
        throw new VitlabError(`the factory of ${name} returned ${show(module)}: ${hint}`);
      module.checkNotDisposed();
      if ([...this.namedModules().values()].includes(module))
        throw new VitlabError(`the factory of ${name} returned a module that is in use already: ${hint}`);
      return this.child(name, module);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** The modules directly inside, by name, in the order they were made. */
  namedChildren(): Map<string, Module> {
    return new Map(this.#inside);
  }

  /** All modules inside, at any depth, by path: `blocks.0`, `blocks.0.norm1`. */
  namedModules(): Map<string, Module> {
    const all = new Map<string, Module>();
    for (const [prefix, module] of this.#walk()) if (module !== this) all.set(prefix.slice(0, -1), module);
    return all;
  }

  /**
   * Puts a module in the place of one inside, `model.replace("blocks.0.mlp", new Mlp(…))`: what is computed, trained, counted
   * and saved from then on are the new one's weights.
   *
   * @param path as `namedModules` names it
   * @returns the module that was there, which isn't disposed
   * @throws VitlabError when there is none at that path, or what is given is no module, is disposed, or contains this one.
   *
   * @example
   * ```ts
   * import { Mlp, presets, Random, ViT } from "vitlab";
   *
   * const model = new ViT(presets.tiny);
   * const before = model.parameterCount().total;
   * const old = model.replace("blocks.0.mlp", new Mlp(48, 96, { activation: "gelu", random: new Random(1) }));
   * old.dispose();
   * console.log(model.replacedModules(), before - model.parameterCount().total); // [ 'blocks.0.mlp' ] 9312
   * ```
   */
  replace(path: string, module: Module): Module {
    const modules = this.namedModules();
    const old = modules.get(path);
    if (!old)
      throw new VitlabError(
        `this ${this.constructor.name} has no module ${show(path)}: its modules are ${[...modules.keys()].join(", ") || "none"}`,
      );
    if (!(module instanceof Module))
      throw new VitlabError(
        `replace("${path}", …) got ${show(module)}: give a module, such as new ${old.constructor.name}(…)`,
      );
    module.checkNotDisposed();
    if ([module, ...module.namedModules().values()].includes(this))
      throw new VitlabError(`the module for ${path} contains this ${this.constructor.name}: give one that doesn't`);
    for (const [prefix, holder] of this.#walk())
      for (const [name, inside] of holder.#inside) if (prefix + name === path) holder.#put(name, inside, module);
    return old;
  }

  /** Paths of the modules that `replace` put in. */
  replacedModules(): string[] {
    return [...this.#walk()].flatMap(([prefix, module]) => [...module.#replaced].map((name) => prefix + name));
  }

  /** This module and all inside, each with what the names of its parts begin with: "", "blocks.0.", "blocks.0.norm1.". */
  *#walk(prefix = ""): Generator<[prefix: string, module: Module]> {
    yield [prefix, this];
    for (const [name, module] of this.#inside) yield* module.#walk(`${prefix}${name}.`);
  }

  /** Where a field, or a list in a field, holds the module that goes, it holds the one that comes. */
  #put(name: string, old: Module, module: Module): void {
    this.#inside.set(name, module);
    this.#replaced.add(name);
    registrations++;
    for (const [field, value] of Object.entries(this)) {
      if (value === old) Reflect.set(this, field, module);
      if (Array.isArray(value) && value.includes(old))
        Reflect.set(this, field, Object.freeze(value.map((each) => (each === old ? module : each))));
    }
  }

  /** Parameters by full name, in the order they were made. */
  namedParameters(): Map<string, Variable> {
    const all = new Map<string, Variable>();
    for (const [prefix, module] of this.#walk())
      for (const [name, variable] of module.#parameters) all.set(prefix + name, variable);
    return all;
  }

  /** What each parameter is for, by full name, in the order they were made. */
  parameterKinds(): Map<string, ParameterKind> {
    const all = new Map<string, ParameterKind>();
    for (const [prefix, module] of this.#walk()) for (const [name, kind] of module.#kinds) all.set(prefix + name, kind);
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
   *
   * @example
   * ```ts
   * import { Linear, Random } from "vitlab";
   *
   * const one = new Linear(2, 3, { random: new Random(1) });
   * const other = new Linear(2, 3, { random: new Random(2) });
   * other.loadStateDict(one.stateDict());
   * console.log(Object.keys(one.stateDict()), one.stateDict().weight.shape); // [ 'weight', 'bias' ] [ 2, 3 ]
   * console.log(other.weight.dataSync().join() === one.weight.dataSync().join()); // true
   * ```
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

  /**
   * Number of parameters, in all and by part.
   *
   * @example
   * ```ts
   * import { presets, ViT } from "vitlab";
   *
   * const { total, parts } = new ViT(presets.articleSimpleViT).parameterCount();
   * console.log(total, Object.keys(parts)); // 279018 [ 'embeddings', 'blocks.0', 'blocks.1', 'head' ]
   * // Most of a block are the two maps of its feed-forward network.
   * console.log(parts["blocks.0"].total, parts["blocks.0"].parts.mlp.total); // 137504 133152
   * ```
   */
  parameterCount(): ParameterCount {
    const parts: Record<string, ParameterCount> = {};
    let total = 0;
    for (const [name, variable] of this.#parameters) {
      parts[name] = { total: variable.size, parts: {} };
      total += variable.size;
    }
    for (const [name, module] of this.#inside) {
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
    this.#disposed = true;
    // The engine counts who holds the numbers: freed a second time, those of another tensor might go.
    for (const variable of this.#parameters.values()) if (!variable.isDisposed) variable.dispose();
    for (const module of this.#inside.values()) module.dispose();
  }

  #disposedError(): VitlabError {
    const kind = this.constructor.name;
    const parameters = [...this.namedParameters()];
    const freed = parameters.filter(([, variable]) => variable.isDisposed).map(([name]) => name);
    const whole = this.#disposed || freed.length === parameters.length;
    return new VitlabError(
      `${whole ? `this ${kind} was disposed` : `${freed[0]} of this ${kind} was disposed`}, its numbers are freed: ` +
        "make or load it again, and dispose of it only after its last use",
    );
  }
}

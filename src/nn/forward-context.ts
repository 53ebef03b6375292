import type { Tensor } from "@tensorflow/tfjs-core";
import { checkOptions } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { Random } from "../base/random";
import { showShape } from "../base/shape";
import { tf } from "../tensor/tf";
import { aliasOf } from "./hook-names";
import type { Trace } from "./trace";

/** Replaces a named value during a run; must keep its shape. */
export type Edit = (value: Tensor) => Tensor;

/** What a forward pass is asked for. */
export interface ForwardOptions {
  /** Dropout on. Default false. */
  training?: boolean;
  /** Where dropout draws from; needed when training with dropout. */
  random?: Random;
  /**
   * For the gradient compute each block anew instead of keeping what it computed (gradient checkpointing): a training step
   * takes up to a third longer and its memory no longer grows with the depth; `ViT` does so. Default false.
   */
  recompute?: boolean;
  /**
   * What self-attention may see, as booleans, true where seen: `[tokens, tokens]` (rows are queries, columns keys),
   * `[batch, tokens]` (keys of each example, such as those that aren't padding), or `[batch or 1, tokens or 1, tokens]`.
   * Default all. A token that may see nothing attends to nothing: it gets zeros.
   */
  mask?: Tensor;
  /** What cross-attention may see of the memory, as `mask` with `memoryTokens` columns. Default all. */
  memoryMask?: Tensor;
  /** Collects every named value. */
  trace?: Trace;
  /**
   * Replaces named values during the run, e.g. `{ "blocks.0.attention.weights": (a) => … }`, under vitlab's names or
   * TransformerLens', in whose shapes they then come and go.
   */
  edit?: Readonly<Record<string, Edit>>;
}

/** What a module's `forward` takes besides its input: options where a pass begins, a context within one. */
export type ForwardInput = ForwardContext | ForwardOptions;

/** The options by name; the compiler says when one is missing. */
const OPTIONS: Record<keyof ForwardOptions, true> = {
  training: true,
  random: true,
  recompute: true,
  mask: true,
  memoryMask: true,
  trace: true,
  edit: true,
};

/**
 * A forward pass as a module sees it: the options, and the path of the module in the model.
 *
 * @example
 * ```ts
 * import { ForwardContext, Linear, Module, Random, tf, Trace } from "vitlab";
 *
 * // A module of one's own that names a value, so that it can be traced and edited.
 * class Squared extends Module {
 *   readonly map = this.child("map", new Linear(2, 2, { random: new Random(1) }));
 *   forward(x: tf.Tensor2D, given?: ForwardContext) {
 *     return ForwardContext.from(given).tap("squared", tf.square(this.map.forward(x)));
 *   }
 * }
 * const trace = new Trace();
 * new Squared().forward(tf.ones<tf.Rank.R2>([1, 2]), new ForwardContext({ trace }));
 * console.log(trace.names()); // [ 'squared' ]
 * ```
 */
export class ForwardContext {
  constructor(
    readonly options: ForwardOptions = {},
    private readonly path = "",
    private readonly edited: Set<string> = new Set(),
  ) {}

  /**
   * The context that was given, or a new one of the options that were.
   *
   * @param more names of options that a model has besides
   * @throws VitlabError when it is neither, or has an option that nothing reads.
   */
  static from(given: ForwardInput = {}, more: Readonly<Record<string, true>> = {}): ForwardContext {
    if (given instanceof ForwardContext) return given;
    if ((given as unknown) instanceof tf.Tensor)
      throw new VitlabError(
        `forward got a tensor ${showShape((given as unknown as Tensor).shape)} where its options go: ` +
          "give them by name, such as { mask }",
      );
    checkOptions("forward", given, { ...OPTIONS, ...more });
    return new ForwardContext(given.edit ? { ...given, edit: underOwnNames(given.edit) } : given);
  }

  /** The context of a module inside the present one. */
  at(name: string): ForwardContext {
    return new ForwardContext(this.options, `${this.path}${name}.`, this.edited);
  }

  /** The same with another random generator. */
  withRandom(random: Random): ForwardContext {
    return new ForwardContext({ ...this.options, random }, this.path, this.edited);
  }

  /** Whether anybody wants a value below here, so that operations can't be fused. */
  get watched(): boolean {
    const { trace, edit } = this.options;
    return trace?.wants(this.path) || Object.keys(edit ?? {}).some((name) => name.startsWith(this.path));
  }

  /** Offers a named value to `edit` and `trace`, and returns what to go on with. */
  tap<T extends Tensor>(name: string, value: T): T {
    const path = this.path + name;
    const edit = this.options.edit?.[path];
    const result = edit ? checkedEdit(path, value, edit) : value;
    if (edit) this.edited.add(path);
    this.options.trace?.record(path, result);
    return result;
  }

  /** @throws VitlabError when an edit named a value that this run doesn't have. */
  checkEdits(): void {
    const missed = Object.keys(this.options.edit ?? {}).filter((name) => !this.edited.has(name));
    if (missed.length > 0)
      throw new VitlabError(
        `edit names ${missed.join(", ")}, which this model doesn't compute; model.run(images).trace.names() lists the names`,
      );
  }

  /** Dropout's settings for a rate: undefined where nothing is dropped. */
  dropout(rate: number): { rate: number; random: Random } | undefined {
    const { training, random } = this.options;
    if (!training || rate === 0) return undefined;
    if (!random)
      throw new VitlabError(
        "training with dropout needs a random generator: pass { training: true, random: new Random(seed) }",
      );
    return { rate, random };
  }
}

function checkedEdit<T extends Tensor>(path: string, value: T, edit: Edit): T {
  const result = edit(value) as T | undefined;
  if (!(result instanceof tf.Tensor))
    throw new VitlabError(`edit of ${path} returned ${result}: return the tensor to go on with`);
  if (showShape(result.shape) !== showShape(value.shape))
    throw new VitlabError(
      `edit of ${path} returned ${showShape(result.shape)}: expected the shape it got, ${showShape(value.shape)}`,
    );
  return result;
}

/** @throws VitlabError when a value is edited under both of its names. */
function underOwnNames(edits: Readonly<Record<string, Edit>>): Record<string, Edit> {
  const own: Record<string, Edit> = {};
  for (const [name, edit] of Object.entries(edits)) {
    const alias = aliasOf(name);
    const ownName = alias?.name ?? name;
    if (Object.hasOwn(own, ownName))
      throw new VitlabError(`edit names ${ownName} twice, once as ${name}: give one function for it`);
    own[ownName] = alias ? (value) => alias.turned(checkedEdit(name, alias.turned(value), edit)) : edit;
  }
  return own;
}

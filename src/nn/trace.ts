import type { Tensor } from "@tensorflow/tfjs-core";
import { printAs } from "../base/display-kind";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { escapeHtml, htmlTable, shortenToBytes, textTable } from "../base/text-table";
import { tf } from "../tensor/tf";
import { aliasOf } from "./hook-names";

const COLUMNS = [{ name: "name" }, { name: "shape" }, { name: "numbers", numeric: true }];
const MOST_LINES = 12;
const MOST_BYTES = 1000;

/**
 * The named values of one forward pass, e.g. `blocks.0.attention.weights` `[batch, heads, tokens, tokens]`.
 *
 * Values are found under TransformerLens' names as well, such as `blocks.0.attn.hook_pattern`, in the shapes they have there.
 *
 * @example
 * ```ts
 * import { datasetToTensor, presets, shapes, ViT } from "vitlab";
 *
 * const model = new ViT(presets.tiny);
 * const { trace } = model.run(datasetToTensor(shapes({ count: 2 })));
 * console.log(trace.names().slice(0, 3)); // [ 'patches', 'patchEmbeddings', 'embeddings' ]
 * console.log(trace.get("blocks.3.attention.weights").shape); // [ 2, 4, 65, 65 ]
 * // TransformerLens' name of the same.
 * console.log(trace.get("blocks.3.attn.hook_pattern").shape); // [ 2, 4, 65, 65 ]
 * ```
 */
export class Trace {
  private readonly values = new Map<string, Tensor>();
  /** Values as TransformerLens shapes them, by its names. */
  private readonly turned = new Map<string, Tensor>();
  private readonly wanted: ReadonlySet<string> | undefined;

  /** @param names which values to keep, under either name. Default all; fewer take less memory, and let the rest be fused. */
  constructor(names?: readonly string[]) {
    this.wanted = names && new Set(names.map((name) => aliasOf(name)?.name ?? name));
    printAs(this, describe);
  }

  /** Whether it keeps any value whose name begins so. */
  wants(beginning: string): boolean {
    return !this.wanted || [...this.wanted].some((name) => name.startsWith(beginning));
  }

  /** Keeps a value under a name, if it is wanted; called by the modules during the pass. */
  record(name: string, value: Tensor): void {
    if (this.wanted && !this.wanted.has(name)) return;
    // A copy of the handle, not of the numbers: the pass frees its own.
    this.values.get(name)?.dispose();
    this.values.set(name, tf.keep(tf.clone(value)));
  }

  /** Whether it has every value that was asked for; where all are, one never knows. */
  get isComplete(): boolean {
    return this.wanted !== undefined && this.missed.length === 0;
  }

  private get missed(): string[] {
    return [...(this.wanted ?? [])].filter((name) => !this.values.has(name));
  }

  /** @throws VitlabError when a value that was asked for was never computed. */
  checkComplete(): void {
    const { missed } = this;
    if (missed.length > 0)
      throw new VitlabError(
        `the trace is to keep ${missed.join(", ")}, which this model doesn't compute; model.run(images).trace.names() lists the names`,
      );
  }

  /**
   * The value of that name; it belongs to the trace.
   *
   * @throws VitlabError listing the names there are.
   */
  get<T extends Tensor = Tensor>(name: string): T {
    const alias = aliasOf(name);
    if (alias && this.values.has(alias.name)) return this.asThere(name, alias.name, alias.turned) as T;
    const value = this.values.get(name);
    if (!value)
      throw new VitlabError(
        `the trace has no "${name}"; it ${this.values.size > 0 ? `has ${this.names().join(", ")}` : "holds nothing"}`,
      );
    return value as T;
  }

  private asThere(name: string, own: string, turn: (value: Tensor) => Tensor): Tensor {
    const known = this.turned.get(name);
    if (known) return known;
    const value = tf.keep(turn(this.values.get(own) as Tensor));
    this.turned.set(name, value);
    return value;
  }

  /** Whether it has the value of that name. */
  has(name: string): boolean {
    return this.values.has(aliasOf(name)?.name ?? name);
  }

  /** The names, in the order the pass computed them. */
  names(): string[] {
    return [...this.values.keys()];
  }

  /** Every name with its shape, as text: `{ patches: "[1, 64, 48]", … }`. */
  shapes(): Record<string, string> {
    return Object.fromEntries([...this.values].map(([name, value]) => [name, showShape(value.shape)]));
  }

  /** What a notebook shows of it: the names with their shapes, in the order of the pass. */
  [Symbol.for("Jupyter.display")](): { "text/plain": string; "text/html": string } {
    const rows = [...this.values].map(([name, { shape, size }]) => [
      name,
      showShape(shape),
      size.toLocaleString("en-US"),
    ]);
    const lines = textTable(COLUMNS, rows.slice(0, MOST_LINES)).split("\n");
    const left = rows.length - MOST_LINES;
    const text = [describe(this), "", ...lines, ...(left > 0 ? [`… ${left} more, which trace.names() lists`] : [])];
    return {
      "text/plain": shortenToBytes(text.join("\n"), MOST_BYTES),
      "text/html": `<p>${escapeHtml(describe(this))}</p>\n${htmlTable(COLUMNS, rows)}`,
    };
  }

  /** Frees every value. */
  dispose(): void {
    for (const value of [...this.values.values(), ...this.turned.values()]) value.dispose();
    this.values.clear();
    this.turned.clear();
  }
}

function describe(trace: Trace): string {
  const names = trace.names();
  const shown = [names[0], names.at(-1)].map((name) => name && `${name} ${trace.shapes()[name]}`);
  if (names.length === 0) return "trace of a forward pass: it holds nothing, or was disposed";
  return `trace of a forward pass: ${names.length} values, from ${shown[0]} to ${shown[1]}`;
}

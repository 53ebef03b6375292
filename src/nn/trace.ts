import type { Tensor } from "@tensorflow/tfjs";
import { VitlabError } from "../tensor/error";
import { showShape } from "../tensor/shape";
import { tf } from "../tensor/tf";

/** The named values of one forward pass, e.g. `blocks.0.attention.weights` `[batch, heads, tokens, tokens]`. */
export class Trace {
  private readonly values = new Map<string, Tensor>();

  /** Keeps a value under a name; called by the modules during the pass. */
  record(name: string, value: Tensor): void {
    // A copy of the handle, not of the numbers: the pass frees its own.
    this.values.get(name)?.dispose();
    this.values.set(name, tf.keep(tf.clone(value)));
  }

  /**
   * The value of that name; it belongs to the trace.
   *
   * @throws VitlabError listing the names there are.
   */
  get<T extends Tensor = Tensor>(name: string): T {
    const value = this.values.get(name);
    if (!value)
      throw new VitlabError(
        `the trace has no "${name}"; it ${this.values.size > 0 ? `has ${this.names().join(", ")}` : "holds nothing"}`,
      );
    return value as T;
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** The names, in the order the pass computed them. */
  names(): string[] {
    return [...this.values.keys()];
  }

  /** Every name with its shape, as text: `{ patches: "[1, 64, 48]", … }`. */
  shapes(): Record<string, string> {
    return Object.fromEntries([...this.values].map(([name, value]) => [name, showShape(value.shape)]));
  }

  /** Frees every value. */
  dispose(): void {
    for (const value of this.values.values()) value.dispose();
    this.values.clear();
  }
}

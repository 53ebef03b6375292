import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { Trace } from "../../../nn/trace";
import { dataOf } from "../../../tensor/data-of";
import { tf } from "../../../tensor/tf";
import type { ViT } from "../../../vit/model";

/** What a model computed of one image, read token by token. */
export class RecordedRun {
  constructor(
    readonly model: ViT,
    private readonly trace: Trace,
    private readonly logits: Tensor2D,
  ) {}

  has(name: string): boolean {
    return this.trace.has(name);
  }

  /** The value itself, which belongs to the run: `[1, …]`. */
  get(name: string): Tensor {
    return name === "logits" ? this.logits : this.trace.get(name);
  }

  /** The numbers along the last axis at a place of the others: `row("blocks.0.attention.query", head, token)`. */
  row(name: string, ...place: readonly number[]): Float32Array {
    const value = this.get(name);
    const begin = [0, ...place, 0];
    return dataOf(() => tf.slice(value, begin, [...begin.slice(1).map(() => 1), value.shape.at(-1) as number]));
  }

  /** All numbers of a value at a place of its first axes: `all("blocks.0.attention.value", head)`. */
  all(name: string, ...place: readonly number[]): Float32Array {
    const value = this.get(name);
    const begin = [0, ...place];
    return dataOf(() =>
      tf.slice(
        value,
        begin,
        begin.map(() => 1),
      ),
    );
  }

  dispose(): void {
    this.trace.dispose();
    this.logits.dispose();
  }
}

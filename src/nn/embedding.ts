import type { Tensor, Tensor2D, Variable } from "@tensorflow/tfjs-core";
import { lookUp } from "../tensor/look-up";
import { type Draws, normal } from "./initial";
import { Module } from "./module";

/** How an `Embedding` is made. */
export interface EmbeddingOptions {
  random: Draws;
  /** Standard deviation of the starting vectors. Default 1, as in PyTorch; GPT-2 has 0.02. */
  deviation?: number;
}

/**
 * A learned vector for each of so many things, letters or words: `weight` `[count, dim]`, of which row n stands for thing n.
 *
 * @example
 * ```ts
 * import { Embedding, Random, tf } from "vitlab";
 *
 * const letters = new Embedding(26, 8, { random: new Random(1) });
 * const word = tf.tensor2d([[21, 8, 19]], undefined, "int32");
 * console.log(letters.forward(word).shape); // [ 1, 3, 8 ]
 * ```
 */
export class Embedding extends Module {
  readonly weight: Variable & Tensor2D;

  constructor(count: number, dim: number, { random, deviation = 1 }: EmbeddingOptions) {
    super();
    const draw = () => normal<Tensor2D>([count, dim], deviation, random);
    this.weight = this.parameter("weight", draw, { role: "embedding" });
  }

  /**
   * Whole numbers `[...]` to vectors `[..., dim]`.
   *
   * @throws VitlabError naming a number that isn't from 0 to below `count`.
   */
  forward(numbers: Tensor): Tensor {
    this.checkNotDisposed();
    return lookUp(this.weight, numbers);
  }
}

import type { Tensor } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { dropout } from "../tensor/dropout";
import { ForwardContext, type ForwardInput } from "./forward-context";
import { Module } from "./module";

/**
 * Inverted dropout: in training it zeroes each element with probability `rate` and scales the others up; otherwise it
 * passes its input through.
 *
 * @throws VitlabError when the rate isn't at least 0 and below 1.
 *
 * @example
 * ```ts
 * import { Dropout, Random, tf } from "vitlab";
 *
 * const dropout = new Dropout(0.5);
 * const ones = tf.ones([1000]);
 * console.log(dropout.forward(ones).sum().dataSync()[0]); // 1000
 * // In training about half are 0, and the others 2: the mean stays.
 * const dropped = dropout.forward(ones, { training: true, random: new Random(1) });
 * console.log([...new Set(dropped.dataSync())].sort()); // [ 0, 2 ]
 * ```
 */
export class Dropout extends Module {
  constructor(readonly rate: number) {
    super();
    checkRate("dropout", rate);
  }

  override get settings() {
    return { dropout: this.rate };
  }

  /** Any shape to the same shape. */
  forward<T extends Tensor>(x: T, given?: ForwardInput): T {
    const drop = ForwardContext.from(given).dropout(this.rate);
    return drop ? dropout(x, drop) : x;
  }
}

/** @throws VitlabError when a rate of dropout isn't at least 0 and below 1. */
export function checkRate(name: string, rate: number): void {
  if (!(rate >= 0 && rate < 1)) throw new VitlabError(`${name} is ${rate}: it must be at least 0 and below 1`);
}

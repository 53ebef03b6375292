import type { Tensor1D } from "@tensorflow/tfjs";
import { tf } from "../tensor/tf";
import { gradientNorm } from "./clip-gradient";
import type { ParameterPlace } from "./optimizers/optimizer";

/** Lengths of one step's gradient, over the parameters of each part of the model, before clipping. */
export interface GradientNorms {
  /** The step, counted from 1 over all epochs. */
  update: number;
  /** By part, in the model's order: `embeddings`, `blocks.0`, `blocks.1`, …, `head`. */
  norms: Readonly<Record<string, number>>;
}

/** The part of a model that a parameter belongs to: `blocks.3` of `blocks.3.attention.qkv.weight`, `head` of `head.bias`. */
export function partOf(name: string): string {
  return /^[^.]+(?:\.\d+)?(?=\.|$)/.exec(name)?.[0] ?? name;
}

/** The length of a flat gradient within each part, `√Σ g²`: one scalar a part, in the order of the parts. */
export function partNorms(gradient: Tensor1D, places: readonly ParameterPlace[]): Map<string, Tensor1D> {
  const norms = new Map<string, Tensor1D>();
  let start = 0;
  for (let i = 0; i < places.length; ) {
    const part = partOf(places[i]?.name ?? "");
    // Neighbors of one part are one slice: a few operations a block instead of a dozen.
    let size = 0;
    for (; i < places.length && partOf(places[i]?.name ?? "") === part; i++) size += places[i]?.size ?? 0;
    const norm = tf.tidy(() => tf.reshape(gradientNorm(tf.slice(gradient, start, size)), [1]));
    const before = norms.get(part);
    norms.set(part, (before ? tf.sqrt(tf.add(tf.square(before), tf.square(norm))) : norm) as Tensor1D);
    start += size;
  }
  return norms;
}

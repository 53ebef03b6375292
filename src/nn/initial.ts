import type { Tensor } from "@tensorflow/tfjs-core";
import type { Random } from "../base/random";
import { tf } from "../tensor/tf";

/**
 * How parameters start: as `torch.nn` starts them; as ViT does (truncated normal of deviation 0.02, zero biases); or as ViT
 * does, but for attention that starts as if trained ("mimetic", see `mimeticAttention`), which little data are enough for.
 */
export type Initialization = "torch" | "vit" | "mimetic";

/** Where starting weights are drawn from; null leaves zeros, for weights that are loaded next. */
export type Draws = Random | null;

/** Numbers drawn evenly from -bound to bound. */
export function uniform<T extends Tensor>(shape: readonly number[], bound: number, random: Draws): T {
  return fill(shape, random && (() => random.uniform(-bound, bound)));
}

/** Numbers of the normal distribution with mean 0. */
export function normal<T extends Tensor>(shape: readonly number[], deviation: number, random: Draws): T {
  return fill(shape, random && (() => deviation * random.normal()));
}

/** Numbers of the normal distribution with mean 0, drawn again while they lie more than 2 deviations out. */
export function truncatedNormal<T extends Tensor>(shape: readonly number[], deviation: number, random: Draws): T {
  if (!random) return fill(shape, null);
  return fill(shape, () => {
    let value = random.normal();
    while (Math.abs(value) > 2) value = random.normal();
    return deviation * value;
  });
}

function fill<T extends Tensor>(shape: readonly number[], draw: (() => number) | null): T {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  if (draw) for (let i = 0; i < data.length; i++) data[i] = draw();
  return tf.tensor(data, [...shape], "float32") as T;
}

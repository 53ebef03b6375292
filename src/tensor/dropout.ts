import type { Tensor } from "@tensorflow/tfjs";
import type { Random } from "./random";
import { tf } from "./tf";

/** How much to drop, and from which random stream. */
export interface Dropout {
  /** Share of elements set to zero, from 0 (inclusive) to 1 (exclusive). */
  rate: number;
  random: Random;
}

/**
 * Inverted dropout: zeroes each element with probability `rate` and multiplies the others by `1 / (1 - rate)`
 * (Srivastava et al., "Dropout", 2014, section 10).
 */
export function dropout<T extends Tensor>(x: T, { rate, random }: Dropout): T {
  if (rate === 0) return x;
  return tf.tidy(() => tf.mul(x, dropoutMask(x.shape, { rate, random }))) as T;
}

/** The factors of one dropout: 0 or about `1 / (1 - rate)`. */
export function dropoutMask(shape: readonly number[], dropout: Dropout): Tensor {
  return tf.tidy(() => keepFactors(keptElements(shape, dropout), dropout));
}

/**
 * Which elements stay, as booleans: a quarter of the memory of the factors.
 *
 * Drawn from 16 bits an element, so the rate is rounded to a multiple of 1/65,536.
 */
export function keptElements(shape: readonly number[], dropout: Dropout): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const threshold = thresholdOf(dropout);
  const words = new Uint32Array((count + 1) >>> 1);
  dropout.random.fill(words);
  const draws = new Uint16Array(words.buffer, 0, count);
  const kept = new Uint8Array(count);
  for (let i = 0; i < count; i++) kept[i] = (draws[i] as number) >= threshold ? 1 : 0;
  return tf.tensor(kept, [...shape], "bool");
}

/** The factors of kept elements, made to fit the rounded rate. */
export function keepFactors<T extends Tensor>(kept: T, dropout: Dropout): T {
  const scale = 65536 / (65536 - thresholdOf(dropout));
  return tf.tidy(() => tf.mul(tf.cast(kept, "float32"), scale));
}

function thresholdOf({ rate }: Dropout): number {
  return Math.min(65535, Math.round(rate * 65536));
}

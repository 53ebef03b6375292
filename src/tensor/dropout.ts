import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import type { Random } from "../base/random";
import { checkResidual } from "../base/shape";
import { compiled } from "./compiled";
import { differentiable, type Form } from "./differentiable";
import { tf } from "./tf";

/** How much to drop, and from which random stream. */
export interface Dropout {
  /** Share of elements set to zero, from 0 (inclusive) to 1 (exclusive). */
  rate: number;
  random: Random;
}

/** One dropout, decided: the rate and the two keys from which every element's fate follows. */
export interface DropoutDraw {
  rate: number;
  keys: readonly [number, number];
}

/**
 * Inverted dropout: zeroes each element with probability `rate` and multiplies the others by `1 / (1 - rate)`
 * (Srivastava et al., "Dropout", 2014, section 10).
 */
export function dropout<T extends Tensor>(x: T, settings: Dropout): T {
  if (settings.rate === 0) return x;
  return dropped(null, x, drawDropout(settings));
}

/**
 * The sum at the end of a residual branch, as one operation: `x + drop(branch)`.
 *
 * @param dropout of the branch; none when left out
 * @throws VitlabError when `x` and `branch` have other shapes.
 */
export function addResidual<T extends Tensor>(x: T, branch: T, dropout?: Dropout): T {
  checkResidual("residual sum", x, branch.shape);
  if (!dropout || dropout.rate === 0) return tf.add(x, branch);
  return dropped(x, branch, drawDropout(dropout));
}

function dropped<T extends Tensor>(x: T | null, branch: T, draw: DropoutDraw): T {
  const form: Form = {
    forward: () => ({ value: addDropped(x, branch, draw), saved: [] }),
    // The mask is drawn anew from its keys, so that nothing is kept.
    gradient: (dy) => [() => addDropped(null, dy, draw), () => tf.clone(dy)],
  };
  return differentiable(form, x ? [branch, x] : [branch]);
}

/** `x + drop(branch)`, or `drop(branch)` without x; has no gradient of its own. */
export function addDropped<T extends Tensor>(x: T | null, branch: T, draw: DropoutDraw): T {
  const run = compiled();
  return tf.tidy(() => {
    if (run) {
      const none = tf.zeros([0]);
      return run("AddDropped", [x ?? none, branch, keysTensor(draw)], 1, { rate: draw.rate })[0] as T;
    }
    const kept = tf.mul(branch, maskOf(branch.shape, draw));
    return (x ? tf.add(x, kept) : kept) as T;
  });
}

/** Takes the two keys of one dropout from its stream. */
export function drawDropout({ rate, random }: Dropout): DropoutDraw {
  return { rate, keys: [random.uint32(), random.uint32()] };
}

/** The factors of one dropout: 0 or about `1 / (1 - rate)`. */
export function dropoutMask(shape: readonly number[], dropout: Dropout): Tensor {
  return maskOf(shape, drawDropout(dropout));
}

/** The factors that follow from a draw. */
export function maskOf(shape: readonly number[], draw: DropoutDraw): Tensor {
  return tf.tidy(() => keepFactors(keptElements(shape, draw), draw));
}

/**
 * Which elements stay, as booleans: a quarter of the memory of the factors.
 *
 * Element (row, column) of a matrix with the tensor's last axis as columns takes 16 bits of word
 * `row · W + 16 ⌊column / 32⌋ + column mod 16`, W = 16 ⌈columns / 32⌉: the lower half where `⌊column / 16⌋` is even, else the
 * upper. So 16 neighbors come from 16 words, as vectors of a processor want it. Rates are rounded to a multiple of 1/65,536.
 *
 * Word i is a hash of i with two keys: two rounds of xor-shift and multiplication, the mixing of splitmix32 (Steele, Lea and
 * Flood, "Fast splittable pseudorandom number generators", 2014, section 3, in 32 bits), the second key entering between
 * them. Being a function of the place alone it can be computed in any order, by several threads, and again for the gradient.
 *
 * @param firstRow of the rows asked for, where they are a part of a larger matrix
 */
export function keptElements(shape: readonly number[], { rate, keys }: DropoutDraw, firstRow = 0): Tensor {
  const columns = shape[shape.length - 1] ?? 1;
  const count = shape.reduce((product, size) => product * size, 1);
  const threshold = thresholdOf(rate);
  const width = 16 * Math.ceil(columns / 32);
  const kept = new Uint8Array(count);
  const [first, second] = keys;
  for (let start = 0, row = firstRow; start < count; start += columns, row++) {
    let counter = Math.imul(row * width, 0x9e3779b9) + first;
    for (let group = 0; group < columns; group += 32) {
      const end = Math.min(columns - group, 32);
      for (let lane = 0; lane < 16 && lane < end; lane++) {
        let x = counter;
        x = Math.imul(x ^ (x >>> 16), 0x21f0aaad) ^ second;
        x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
        x ^= x >>> 15;
        const place = start + group + lane;
        kept[place] = (x & 0xffff) >= threshold ? 1 : 0;
        if (lane + 16 < end) kept[place + 16] = x >>> 16 >= threshold ? 1 : 0;
        counter = (counter + 0x9e3779b9) | 0;
      }
    }
  }
  return tf.tensor(kept, [...shape], "bool");
}

/** The factors of kept elements, made to fit the rounded rate. */
export function keepFactors<T extends Tensor>(kept: T, { rate }: DropoutDraw): T {
  const scale = 65536 / (65536 - thresholdOf(rate));
  return tf.tidy(() => tf.mul(tf.cast(kept, "float32"), scale));
}

/** The keys as compiled operations take them: 16 bits in each of four floats. */
export function keysTensor({ keys: [first, second] }: DropoutDraw): Tensor1D {
  return tf.tensor1d([first & 0xffff, first >>> 16, second & 0xffff, second >>> 16]);
}

function thresholdOf(rate: number): number {
  return Math.min(65535, Math.round(rate * 65536));
}

import type { Numbers } from "./look";
import { rowOf } from "./row-of";

/** How the heads of a block become one. */
export type Fusion = "mean" | "max" | "min";

export const FUSIONS: readonly Fusion[] = ["mean", "max", "min"];

/** One matrix for each image, of matrices for each head: `[image, heads, tokens, tokens]` to `[tokens · tokens]` an image. */
export function fuseHeads({ shape, data }: Numbers, fusion: Fusion): Float32Array[] {
  const [batch, heads, tokens] = shape as [number, number, number];
  const size = tokens * tokens;
  const join = {
    mean: (a: number, b: number) => a + b / heads,
    max: Math.max,
    min: Math.min,
  }[fusion];
  const start = { mean: 0, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY }[fusion];
  return Array.from({ length: batch }, (_, image) => {
    const fused = new Float32Array(size).fill(start);
    for (let head = 0; head < heads; head++) {
      const from = (image * heads + head) * size;
      for (let i = 0; i < size; i++) fused[i] = join(fused[i] as number, data[from + i] as number);
    }
    return fused;
  });
}

/** The product of two square matrices. */
export function timesMatrix(a: Float32Array, b: Float32Array, size: number): Float32Array {
  const product = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    const row = rowOf(product, i, size);
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k] as number;
      if (factor === 0) continue;
      const from = k * size;
      for (let j = 0; j < size; j++) row[j] = (row[j] as number) + factor * (b[from + j] as number);
    }
  }
  return product;
}

/** The identity. */
export function identityMatrix(size: number): Float32Array {
  const identity = new Float32Array(size * size);
  for (let i = 0; i < size; i++) identity[i * size + i] = 1;
  return identity;
}

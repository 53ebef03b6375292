/** A mean over images, and between which bounds it lies in 95 of 100 such samples. */
export interface Interval {
  mean: number;
  low: number;
  high: number;
}

/** The normal distribution's 97.5 % point. */
const Z = 1.959964;

/** The mean of numbers, with its 95 % interval by the normal approximation: `mean ± 1.96 s / √n`. */
export function meanInterval(values: readonly number[]): Interval {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, low: mean, high: mean };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = Z * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half };
}

/** The share of hits, with its 95 % interval after Wilson ("Probable inference", 1927), which stays within 0 and 1. */
export function shareInterval(hits: readonly boolean[]): Interval {
  const n = hits.length;
  const mean = hits.filter(Boolean).length / n;
  const center = (mean + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const half = (Z / (1 + (Z * Z) / n)) * Math.sqrt((mean * (1 - mean)) / n + (Z * Z) / (4 * n * n));
  return { mean, low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

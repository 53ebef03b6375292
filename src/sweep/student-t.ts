import { meanAndDeviation } from "../base/mean-and-deviation";

/** A mean, and between which bounds it lies in 95 of 100 such samples; of one value alone nobody knows. */
export interface StudentInterval {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** The mean of a few numbers, with its 95 % interval by Student's t: `mean ± t s / √n`, t with n - 1 degrees of freedom. */
export function studentInterval(values: readonly number[]): StudentInterval {
  const n = values.length;
  const { mean, deviation } = meanAndDeviation(values);
  if (n < 2) return { mean, low: null, high: null };
  const half = (studentQuantile(0.975, n - 1) * deviation) / Math.sqrt(n);
  return { mean, low: mean - half, high: mean + half };
}

/** The number below which Student's t with so many degrees of freedom, a whole number, lies with a probability from 0.5 to 1. */
export function studentQuantile(probability: number, degrees: number): number {
  // The angle is bounded, t isn't: t = √degrees · tan(angle).
  let [low, high] = [0, Math.PI / 2];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (0.5 + shareWithin(middle, degrees) / 2 < probability) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan((low + high) / 2);
}

/** The probability of a t between minus and plus √degrees · tan(angle) (Abramowitz and Stegun, 26.7.3 and 26.7.4). */
function shareWithin(angle: number, degrees: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= (cosine ** 2 * (k - 1)) / k;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/** The mean of numbers, and their standard deviation with n - 1 in the denominator; of a single number that is 0. */
export function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  // From the first one on, so that the mean of equal numbers is that number, and their deviation 0.
  const first = values[0] ?? Number.NaN;
  const mean = first + values.reduce((sum, value) => sum + (value - first), 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}

/** Where a run stands, and how long its parts took. */
export interface Pace {
  stepsLeft: number;
  epochsLeft: number;
  /** Of the last steps, oldest first. */
  stepSeconds: readonly number[];
  /** Of the last epoch apart from its steps: validation and saving. */
  validationSeconds: number;
}

/** The seconds that a run still needs: its steps at the median of the last ones, and a validation an epoch; null before a step. */
export function projectedSeconds({ stepsLeft, epochsLeft, stepSeconds, validationSeconds }: Pace): number | null {
  const sorted = [...stepSeconds].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return median === undefined ? null : stepsLeft * median + epochsLeft * validationSeconds;
}

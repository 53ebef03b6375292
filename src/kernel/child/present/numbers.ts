/** How numbers that are printed below each other look: all with the same number of decimals, or all with an exponent. */
export function numberFormat(values: readonly number[]): (value: number) => string {
  const finite = values.filter(Number.isFinite);
  if (finite.every(Number.isInteger) && finite.every((value) => Math.abs(value) < 1e9)) return String;
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest >= 1e6 || largest < 1e-4)
    return (value) => (Number.isFinite(value) && value !== 0 ? value.toExponential(3) : String(value));
  const decimals = Math.min(7, Math.max(2, 3 - Math.floor(Math.log10(largest))));
  return (value) => (Number.isFinite(value) ? value.toFixed(decimals) : String(value));
}

/** One number with 4 significant digits. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) < 1e9)) return String(value);
  return String(Number(value.toPrecision(4)));
}

export interface Statistics {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** Of the whole population, as NumPy's. */
  readonly std: number;
  readonly nan: number;
  readonly infinite: number;
}

/** Mean, smallest, largest and standard deviation of the finite numbers (NaN when there is none), and how many others there are. */
export function statistics(values: ArrayLike<number>): Statistics {
  // Two passes: the deviation from a known mean loses no digits.
  let [sum, finite, nan, infinite] = [0, 0, 0, 0];
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value - value === 0) {
      sum += value;
      finite++;
      if (value < min) min = value;
      if (value > max) max = value;
    } else if (Number.isNaN(value)) nan++;
    else infinite++;
  }
  const mean = sum / finite;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const off = (values[i] as number) - mean;
    if (off - off === 0) squares += off * off;
  }
  return { mean, min, max, std: Math.sqrt(squares / finite), nan, infinite };
}

/** `mean 0.01  min -3.2  max 3.1  std 1`, and a warning below it when some of the numbers are none. */
export function statisticsText({ mean, min, max, std, nan, infinite }: Statistics): string {
  const lines: string[] = [];
  if (!Number.isNaN(mean)) {
    const parts = Object.entries({ mean, min, max, std }).map(([name, value]) => `${name} ${shortNumber(value)}`);
    lines.push(parts.join("  "));
  }
  const bad = [
    nan > 0 ? `${nan.toLocaleString("en-US")} NaN` : "",
    infinite > 0 ? `${infinite.toLocaleString("en-US")} infinite` : "",
  ];
  if (nan + infinite > 0) lines.push(`warning: ${bad.filter(Boolean).join(", ")}`);
  return lines.join("\n");
}

/** The value below which a share of the numbers lies, between two of them by interpolation; NaN of none. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  return below === undefined ? Number.NaN : below + (above - below) * (place - Math.floor(place));
}

/** Median and the quartiles around it. */
export function summary(numbers) {
  return { median: quantile(numbers, 0.5), q1: quantile(numbers, 0.25), q3: quantile(numbers, 0.75) };
}

/**
 * How many times as long one took as the other, by round: a machine that slows down for a while slows both, and the ratio
 * of that round stays what it is.
 *
 * @param times one list of numbers a round; an empty one where it had no turn
 */
export function ratioByRound(times, reference) {
  const ratios = times.flatMap((round, i) => {
    const other = reference[i] ?? [];
    return round.length > 0 && other.length > 0 ? [quantile(round, 0.5) / quantile(other, 0.5)] : [];
  });
  return summary(ratios);
}

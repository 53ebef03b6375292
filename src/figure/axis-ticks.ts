/**
 * Round numbers from `low` to `high` to label on an axis, about `most` of them at most: multiples of 1, 2 or 5 times a power
 * of ten, or on a logarithmic axis powers of ten, and 2 and 5 times those where there are few.
 */
export function axisTicks(low: number, high: number, { most = 6, logarithmic = false } = {}): number[] {
  if (!(low < high)) return [low];
  if (!logarithmic) return evenTicks(low, high, most);
  const powers = [...powersBetween(low, high)];
  const between = (ticks: number[]) => ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
  const tens = between(powers);
  // Of very many powers every second, third, …
  if (tens.length >= 3) return tens.filter((_, index) => index % Math.ceil(tens.length / most) === 0);
  const fine = between(powers.flatMap((power) => [power, round(2 * power), round(5 * power)]));
  return fine.length >= 3 ? fine : evenTicks(low, high, most);
}

function evenTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * (1 - 1e-9)) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => round((first + index) * step));
}

function* powersBetween(low: number, high: number): Generator<number> {
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    yield Number(`1e${power}`);
}

/** Without what binary fractions leave of a decimal one; what is 0 has no sign. */
function round(value: number): number {
  return Number(value.toPrecision(12)) + 0;
}

import type { Chart } from "../dashboard-view";
import type { Words } from "./words";

/** A number in few digits. */
export function shortNumber(value: number): string {
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e6))
    return value
      .toExponential(2)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}

/** A number of a chart. */
export function chartNumber(value: number, scale: Chart["scale"]): string {
  return scale === "percent" ? `${Number((100 * value).toFixed(1))}%` : shortNumber(value);
}

/** A time as people say it. */
export function timeInWords(seconds: number, words: Words): string {
  if (seconds < 90) return words.seconds(Math.round(seconds));
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? words.minutes(minutes) : words.hours(Math.floor(minutes / 60), minutes % 60);
}

/** Round numbers from one to the other, about as many as asked for. */
export function ticks(from: number, to: number, about: number): number[] {
  const rough = (to - from) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  return Array.from({ length: Math.floor(to / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

import { VitlabError } from "../base/error";
import { inLanguage } from "../base/language";
import { showNumber } from "./numbers";
import { specNumber } from "./plot-layout";

/** The ends of an interval for each of some values. */
export interface Intervals {
  low: readonly number[] | Float64Array;
  high: readonly number[] | Float64Array;
}

/**
 * Refuses intervals that are upside down.
 *
 * @param nameOf what a value is of, for the message
 * @throws VitlabError naming the first.
 */
export function checkIntervals({ low, high }: Intervals, nameOf: (index: number) => string): void {
  const wrong = Array.from(low).findIndex((value, index) => value > high[index]!);
  if (wrong >= 0)
    throw new VitlabError(
      `${nameOf(wrong)} has low ${showNumber(low[wrong]!)} above high ${showNumber(high[wrong]!)}: low is the lower end of its interval`,
    );
}

/**
 * Plotly's trace of intervals as lines, each at its place on the other axis; one that lacks an end isn't drawn.
 *
 * Plotly's own error bars reach from a value, which an interval needn't hold.
 */
export function intervalLines(
  { low, high }: Intervals,
  places: readonly number[],
  { along, ...trace }: { along: "x" | "y" } & Record<string, unknown>,
): Record<string, unknown> {
  const there = places.flatMap((place, index) =>
    Number.isFinite(low[index]) && Number.isFinite(high[index]) ? [{ place, index }] : [],
  );
  const ends = there.flatMap(({ index }) => [specNumber(low[index]!), specNumber(high[index]!), null]);
  const across = there.flatMap(({ place }) => [specNumber(place), specNumber(place), null]);
  return {
    type: "scatter",
    mode: "lines",
    hoverinfo: "skip",
    ...(along === "x" ? { x: ends, y: across } : { x: across, y: ends }),
    ...trace,
  };
}

/** The interval of a value: " (2.1 to 2.5)"; empty where an end is missing. */
export function intervalInWords({ low, high }: Intervals, index: number, shown: (value: number) => string): string {
  const ends = [low[index]!, high[index]!];
  return ends.every(Number.isFinite) ? ` (${ends.map(shown).join(inLanguage({ en: " to ", zh: " 至 " }))})` : "";
}

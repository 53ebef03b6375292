import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { checkIntervals, type Intervals } from "./interval-lines";
import { specNumber } from "./plot-layout";

/** How much of what lies below it a band covers. */
const COVER = 0.2;

/**
 * Reads the band of the curve `name`, which has `length` places.
 *
 * @throws VitlabError when one of its ends is missing, doesn't count as many, or lies on the wrong side.
 */
export function readBand(
  name: string,
  { low, high }: { low?: ArrayLike<number>; high?: ArrayLike<number> },
  length: number,
): Intervals | undefined {
  if (low === undefined && high === undefined) return undefined;
  const inShort = (list: unknown) => (isHeights(list) ? `${list.length} numbers` : show(list));
  if (!isHeights(low) || !isHeights(high) || low.length !== length || high.length !== length)
    throw new VitlabError(
      `curve "${name}" has a band of ${inShort(low)} for low and ${inShort(high)} for high: it takes both, ${length} numbers each`,
    );
  const band = { low: Array.from(low), high: Array.from(high) };
  checkIntervals(band, (place) => `curve "${name}" at ${place}`);
  return band;
}

/**
 * Plotly's trace of a band, of areas: one for each run of places that have both ends, walked along the lower ends and back
 * along the upper.
 */
export function bandTrace(
  { low, high }: Intervals,
  { x, color, suffix, logarithmic }: { x: readonly number[]; color: string; suffix: string; logarithmic: boolean },
): Record<string, unknown> {
  const isThere = (place: number) =>
    [x[place], low[place], high[place]].every(Number.isFinite) && (!logarithmic || low[place]! > 0);
  const runs: number[][] = [[]];
  for (const place of x.keys()) {
    if (isThere(place)) runs.at(-1)!.push(place);
    else if (runs.at(-1)!.length > 0) runs.push([]);
  }
  const outline = runs
    .filter((run) => run.length > 0)
    .flatMap((run, index) => [
      ...(index > 0 ? [[null, null]] : []),
      ...run.map((place) => [x[place]!, low[place]!]),
      ...[...run].reverse().map((place) => [x[place]!, high[place]!]),
    ]);
  const numbers = (axis: 0 | 1) => outline.map((point) => (point[axis] === null ? null : specNumber(point[axis]!)));
  return {
    type: "scatter",
    mode: "lines",
    x: numbers(0),
    y: numbers(1),
    xaxis: `x${suffix}`,
    yaxis: `y${suffix}`,
    fill: "toself",
    fillcolor: translucent(color, COVER),
    // A band at one place alone is seen as a line.
    line: { color: translucent(color, COVER), width: 1 },
    hoverinfo: "skip",
  };
}

function translucent(color: string, cover: number): string {
  const channels = [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16));
  return `rgba(${channels.join(", ")}, ${cover})`;
}

/** Whether a value is a list of numbers. */
export function isHeights(value: unknown): value is ArrayLike<number> {
  const list = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  return list && Array.from(value as ArrayLike<unknown>).every((height) => typeof height === "number");
}

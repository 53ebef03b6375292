import { forPlotly } from "../base/plain-text";
import { scaleColor } from "./color-scale";
import type { AxisPlaces } from "./parallel-axis";
import { specNumber } from "./plot-layout";
import { theme } from "./theme";

/** How far below the axes the lines pass that have no value. */
export const NONE_PLACE = -0.13;
/** Width of the color bar in pixels. */
export const BAR = 12;
/** How labels are set. */
export const LABEL = { size: theme.labelSize };
/** Lines of one color are one trace: many traces are slow to draw. */
const COLORS = 16;
/** The part of the color scale that is seen on white and on black. */
const [FIRST_COLOR, LAST_COLOR] = [0.2, 0.82];

/** What lines are called, and how they differ. */
interface Lines {
  names: readonly string[];
  last: AxisPlaces | undefined;
  best: number | undefined;
  ranks: readonly number[];
}

/** Plotly's traces of the lines over all axes, the one that is set apart above the others. */
export function lineTraces(
  axes: readonly AxisPlaces[],
  { names, last, best, ranks }: Lines,
): Record<string, unknown>[] {
  const alpha = names.length > 100 ? 0.5 : 0.8;
  const width = names.length > 60 ? 1 : 1.5;
  const bucket = (line: number) => {
    const place = last?.places[line];
    return place === null || place === undefined ? -1 : Math.min(COLORS - 1, Math.floor(place * COLORS));
  };
  const colorOf = (color: number) =>
    color >= 0 ? colorAt((color + 0.5) / COLORS) : last ? theme.axisLine : theme.palette[0];
  const others = ranks.filter((line) => line !== best);
  const buckets = [...new Set(others.map(bucket))];
  const drawn = buckets.map((color) => ({
    ...trace(
      axes,
      others.filter((line) => bucket(line) === color),
      names,
      last,
    ),
    mode: "lines",
    opacity: alpha,
    line: { color: colorOf(color), width },
  }));
  if (best === undefined) return drawn;
  const apart = { line: { color: theme.emphasis, width: 3 }, marker: { color: theme.emphasis, size: 7 } };
  return [...drawn, { ...trace(axes, [best], names, last), mode: "lines+markers", ...apart, cliponaxis: false }];
}

/** Plotly's trace of some lines, with a gap after each. */
function trace(
  axes: readonly AxisPlaces[],
  lines: readonly number[],
  names: readonly string[],
  last: AxisPlaces | undefined,
): Record<string, unknown> {
  const vertices = lines.flatMap((line) => [...axes.map((axis, index) => ({ axis, index, line })), null]);
  const said = ({ axis, line }: { axis: AxisPlaces; line: number }) => {
    const end = last && axis !== last ? `; ${last.name} ${last.texts[line]}` : "";
    return forPlotly(`${names[line]}: ${axis.name} ${axis.texts[line]}${end}`);
  };
  return {
    type: "scatter",
    x: vertices.map((vertex) => (vertex ? vertex.index : null)),
    y: vertices.map((vertex) => (vertex ? specNumber(vertex.axis.places[vertex.line] ?? NONE_PLACE) : null)),
    customdata: vertices.map((vertex) => (vertex ? said(vertex) : null)),
    hovertemplate: "%{customdata}<extra></extra>",
  };
}

function colorAt(place: number): string {
  return `rgb(${scaleColor("viridis", FIRST_COLOR + place * (LAST_COLOR - FIRST_COLOR)).join(", ")})`;
}

/** A point that isn't seen has the color bar, which stands on the last axis. */
export function colorBar(
  { ticks }: AxisPlaces,
  labels: readonly string[],
  { bottom, top }: { bottom: number; top: number },
): Record<string, unknown> {
  const places = Array.from({ length: 11 }, (_, index) => index / 10);
  return {
    type: "scatter",
    mode: "markers",
    x: [null],
    y: [null],
    hoverinfo: "skip",
    marker: {
      color: [0.5],
      cmin: 0,
      cmax: 1,
      colorscale: places.map((place) => [place, colorAt(place)]),
      showscale: true,
      colorbar: {
        thickness: BAR,
        x: 1,
        xpad: 0,
        ypad: 0,
        len: specNumber(1 / (top - bottom)),
        y: specNumber((0.5 - bottom) / (top - bottom)),
        yanchor: "middle",
        outlinewidth: 0,
        tickvals: ticks.map(({ place }) => specNumber(place)),
        ticktext: ticks.map((_, index) => forPlotly(labels[index]!)),
        ticklen: 4,
        tickcolor: theme.axisLine,
        tickfont: { ...LABEL, color: theme.ink },
      },
    },
  };
}

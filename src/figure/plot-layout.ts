import { forPlotly, plainText } from "../base/plain-text";
import { measureText, type TextStyle, widening } from "./fonts";
import { theme } from "./theme";

/** What surrounds the plot area, in pixels. */
export interface Margin {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const EDGE = 14;
const TITLE_STYLE: TextStyle = { size: theme.titleSize, weight: 600 };
const TITLE_LINE = 22;

/**
 * Plotly's layout of a figure with a plot area of the given size: the figure is as large as its labels need, so
 * nothing is cut off and cells keep their shape.
 */
export function plotLayout(
  area: { width: number; height: number },
  margin: Margin,
  title: string | undefined,
): Record<string, unknown> {
  const width = Math.ceil(area.width + margin.left + margin.right + 2 * EDGE);
  const lines = title ? wrapPlotText(title, width - 2 * EDGE, TITLE_STYLE).map(forPlotly) : [];
  const top = margin.top + (lines.length > 0 ? lines.length * TITLE_LINE + EDGE + 6 : EDGE);
  const bottom = margin.bottom + EDGE;
  return {
    width,
    height: Math.ceil(area.height + top + bottom),
    margin: { l: margin.left + EDGE, r: margin.right + EDGE, t: top, b: bottom, pad: 0, autoexpand: false },
    font: { family: theme.fontFamily, size: theme.labelSize, color: theme.ink },
    paper_bgcolor: theme.background,
    plot_bgcolor: "rgba(0, 0, 0, 0)",
    colorway: theme.palette,
    hoverlabel: { font: { family: theme.fontFamily, size: theme.labelSize } },
    ...(lines.length > 0 && {
      title: {
        text: lines.join("<br>"),
        x: 0,
        xref: "container",
        xanchor: "left",
        y: 1,
        yref: "container",
        yanchor: "top",
        // Plotly lets a first line of several start higher than a single one.
        pad: { l: EDGE, t: EDGE + (lines.length > 1 ? 0.7 * theme.titleSize : 0) },
        font: { size: theme.titleSize, weight: 600, color: theme.ink },
      },
    }),
  };
}

/** Plotly's description of an axis in the style of the figures. */
export function plotAxis(title: string | undefined, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...(title && {
      title: { text: forPlotly(title), standoff: 8, font: { size: theme.axisTitleSize, color: theme.mutedInk } },
    }),
    automargin: false,
    ...(more.showgrid !== false && { gridcolor: theme.gridLine }),
    linecolor: theme.axisLine,
    tickfont: { size: theme.labelSize, color: theme.mutedInk },
    zeroline: false,
    ...more,
  };
}

/** An axis that is a line with ticks outside of it, and has no grid. */
export const tickedLine = {
  showline: true,
  showgrid: false,
  ticks: "outside",
  tickcolor: theme.axisLine,
  ticklen: 4,
} as const;

/** How many labels an axis has of what is counted: half of an epoch or a step is no place to label. */
export function countedTicks([low, high]: readonly [number, number]): Record<string, number> {
  return high - low < 9 ? { dtick: 1 } : { nticks: 9 };
}

/** The settings of every plot: dragging zooms, a double click shows all again; a bar of tools would lie over the title. */
export const plotConfig = { displaylogo: false, displayModeBar: false };

/** Room for an axis' title. */
export const AXIS_TITLE_ROOM = 24;

/** Between Chinese characters a line may end, but for what closes before it and what opens after it. */
const HAN = "\\p{Script=Han}";
const OPENS = "（《「『【〔“‘";
const CLOSES = "）》」』】〕”’，。、：；！？…";
const BETWEEN = new RegExp(`(?<=[${HAN}${CLOSES}])(?![${CLOSES}])|(?<![${OPENS}])(?=[${HAN}${OPENS}])`, "u");

/** What of a word stays on one line: a word of letters as a whole, a Chinese character with the signs that cling to it. */
export function unbroken(word: string): string[] {
  return word.split(BETWEEN);
}

/** Breaks a text into lines no wider than `width`; a word is never broken, unless it is Chinese. */
export function wrapText(text: string, width: number, style: TextStyle): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n").map(plainText)) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      for (const [place, part] of unbroken(word).entries()) {
        const longer = line && place === 0 ? `${line} ${part}` : line + part;
        if (line && measureText(longer, style).width > width) {
          lines.push(line);
          line = part;
        } else line = longer;
      }
    }
    lines.push(line);
  }
  return lines;
}

/** The same for a plot, whose text a reader's machine may set wider. */
export function wrapPlotText(text: string, width: number, style: TextStyle): string[] {
  return wrapText(text, width / widening(style), style);
}

/** Indices to label on an axis of `count` cells, `room` pixels long, when one label takes `size` pixels. */
export function indexTicks(count: number, room: number, size: number): number[] {
  const most = Math.max(1, Math.floor(room / size));
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((s) => count / s <= most) ?? Math.ceil(count / most);
  const ticks: number[] = [];
  for (let index = 0; index < count; index += step) ticks.push(index);
  return ticks;
}

/** An axis' range with a part of it added above, and another (the same unless told) below. */
export function widenedRange(low: number, high: number, part: number, lowPart = part): [number, number] {
  const span = high - low || Math.abs(high) || 1;
  return [specNumber(low - span * lowPart)!, specNumber(high + span * part)!];
}

/** A number for a spec: five significant digits say all that a picture shows, and keep notebooks small. */
export function specNumber(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}

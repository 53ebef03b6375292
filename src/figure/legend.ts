import { forPlotly } from "../base/plain-text";
import { roomForText } from "./fonts";
import { specNumber } from "./plot-layout";
import { theme } from "./theme";

/** One of the things that a plot shows. */
export interface LegendEntry {
  name: string;
  color: string;
  /** What it is drawn as. Default a line. */
  sign?: "—" | "•";
}

/** Height of one row of names. */
export const LEGEND_ROW = 22;

/** Names in the colors of what they name, above their panel, are read faster than a box beside it. */
export function legendRows(entries: readonly LegendEntry[], width: number): LegendEntry[][] {
  const rows: LegendEntry[][] = [[]];
  let used = 0;
  for (const entry of entries) {
    const size = entryWidth(entry);
    if (used > 0 && used + size > width) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)!.push(entry);
    used += size;
  }
  return rows;
}

/** The names as annotations of a plot `width` wide, above the panel that takes `domain` of it. */
export function legendTexts(
  rows: readonly (readonly LegendEntry[])[],
  domain: readonly number[],
  width: number,
): Record<string, unknown>[] {
  return rows.flatMap((row, level) => {
    let left = 0;
    return row.map((entry) => {
      const annotation = {
        text: `${entry.sign ?? "—"} ${forPlotly(entry.name)}`,
        xref: "paper",
        yref: "paper",
        x: specNumber(domain[0]! + left / width),
        y: 1,
        xanchor: "left",
        yanchor: "bottom",
        yshift: 6 + (rows.length - 1 - level) * LEGEND_ROW,
        borderpad: 0,
        showarrow: false,
        font: { size: theme.axisTitleSize, weight: 600, color: entry.color },
      };
      left += entryWidth(entry);
      return annotation;
    });
  });
}

function entryWidth({ sign = "—", name }: LegendEntry): number {
  return roomForText([`${sign} ${name}`], { size: theme.axisTitleSize, weight: 600 }) + 16;
}

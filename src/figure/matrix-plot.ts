import { forPlotly } from "../base/plain-text";
import { type ColorScaleName, plotlyColorScale } from "./color-scale";
import { roomForText } from "./fonts";
import type { Matrix } from "./numbers";
import { AXIS_TITLE_ROOM, indexTicks, plotAxis, plotConfig, plotLayout, specNumber } from "./plot-layout";
import type { PlotSpec } from "./plot-spec";
import { theme } from "./theme";

/** What `matrixPlot` draws besides the colors. */
export interface MatrixPlotOptions {
  title?: string | undefined;
  xTitle?: string | undefined;
  yTitle?: string | undefined;
  /** What the numbers are; stands at the color bar. */
  valueTitle?: string | undefined;
  /** Names of the columns and of the rows. */
  xLabels?: readonly string[] | undefined;
  yLabels?: readonly string[] | undefined;
  zmin: number;
  zmax: number;
  colorScale: ColorScaleName;
  /** A text for each cell, row by row. */
  cellTexts?: readonly string[] | undefined;
  /** Whether the texts stand in the cells, or only under the pointer. Default true. */
  written?: boolean;
  /** Format of the color bar's ticks, in d3's notation. */
  tickFormat?: string | undefined;
  hoverTemplate: string;
}

const LONGEST_SIDE = 420;
const SHORTEST_SIDE = 110;
const LARGEST_CELL = 48;
const LABEL_GAP = 8;

/** Plotly's spec of a matrix as colored cells, row 0 at the top, with a color bar. */
export function matrixPlot(matrix: Matrix, options: MatrixPlotOptions): PlotSpec {
  const { rows, columns, values } = matrix;
  const { title, xTitle, yTitle, valueTitle, xLabels, yLabels, cellTexts, written = true, colorScale } = options;
  const label = { size: theme.labelSize };
  const smallest = cellTexts && written ? roomForText(cellTexts, label) + 6 : 0;
  const cell = Math.max(smallest, Math.min(LONGEST_SIDE / Math.max(rows, columns), LARGEST_CELL));
  const area = {
    width: Math.round(Math.max(cell * columns, SHORTEST_SIDE)),
    height: Math.round(Math.max(cell * rows, SHORTEST_SIDE)),
  };

  const x = axisLabels(xLabels, columns, area.width, xLabels ? roomForText(xLabels, label) + 6 : 34);
  const y = axisLabels(yLabels, rows, area.height, 16);
  const slanted = xLabels !== undefined && roomForText(xLabels, label) + 6 > area.width / columns;
  const xAll = slanted ? axisLabels(xLabels, columns, area.width, 16) : x;
  const xRoom = slanted ? roomForText(xAll.texts, label) * Math.SQRT1_2 + 14 : 18;
  const margin = {
    left: roomForText(y.texts, label) + LABEL_GAP + (yTitle ? AXIS_TITLE_ROOM : 0),
    right: 76 + (valueTitle ? 20 : 0),
    top: 0,
    bottom: Math.ceil(xRoom) + LABEL_GAP + (xTitle ? AXIS_TITLE_ROOM : 0),
  };
  const z = Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns), specNumber),
  );
  const ticks = (axis: { places: number[]; texts: string[] }) => ({
    tickvals: axis.places,
    ticktext: axis.texts.map(forPlotly),
    showgrid: false,
    ticks: "",
    ticklabelstandoff: 4,
  });
  return {
    data: [
      {
        type: "heatmap",
        z,
        zmin: specNumber(options.zmin),
        zmax: specNumber(options.zmax),
        colorscale: plotlyColorScale(colorScale),
        hovertemplate: `${options.hoverTemplate}<extra></extra>`,
        ...(cellTexts && {
          text: Array.from({ length: rows }, (_, row) => cellTexts.slice(row * columns, (row + 1) * columns)),
          ...(written && { texttemplate: "%{text}", textfont: { size: theme.labelSize } }),
        }),
        colorbar: {
          thickness: 12,
          x: 1,
          len: 1,
          xpad: 14,
          ypad: 0,
          outlinewidth: 0,
          ticklen: 4,
          tickcolor: theme.axisLine,
          nticks: 6,
          tickformat: options.tickFormat ?? ".3~g",
          tickfont: { size: theme.labelSize, color: theme.mutedInk },
          ...(valueTitle && {
            title: {
              text: forPlotly(valueTitle),
              side: "right",
              font: { size: theme.axisTitleSize, color: theme.mutedInk },
            },
          }),
        },
      },
    ],
    layout: {
      ...plotLayout(area, margin, title),
      xaxis: plotAxis(xTitle, {
        ...ticks(xAll),
        tickangle: slanted ? -45 : 0,
        range: [-0.5, columns - 0.5],
        constrain: "domain",
      }),
      yaxis: plotAxis(yTitle, { ...ticks(y), range: [rows - 0.5, -0.5] }),
    },
    config: plotConfig,
  };
}

function axisLabels(
  names: readonly string[] | undefined,
  count: number,
  room: number,
  size: number,
): { places: number[]; texts: string[] } {
  const places = indexTicks(count, room, size);
  return { places, texts: places.map((index) => names?.[index] ?? String(index)) };
}

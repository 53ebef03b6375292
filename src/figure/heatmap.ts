import { VitlabError } from "../tensor/error";
import { type ColorScaleName, suitableScale } from "./color-scale";
import { matrixPlot } from "./matrix-plot";
import { extent, type Matrix, type NumbersInput, showNumber, toMatrix } from "./numbers";
import { PlotFigure } from "./plot-figure";

/** How a heat map is drawn. */
export interface HeatmapOptions {
  title?: string;
  /** What the columns are, e.g. "key". */
  xTitle?: string;
  /** What the rows are, e.g. "query". */
  yTitle?: string;
  /** What the numbers are, e.g. "attention". */
  valueTitle?: string;
  /** Names of the columns. Default: their indices. */
  xLabels?: readonly string[];
  /** Names of the rows. Default: their indices. */
  yLabels?: readonly string[];
  /** The number that gets the first colour. Default: the smallest, or minus the largest magnitude for both signs. */
  zmin?: number;
  /** The number that gets the last colour. Default: the largest, or the largest magnitude for both signs. */
  zmax?: number;
  /** Default: "viridis", or "diverging" with white for 0 when there are numbers of both signs. */
  colorScale?: ColorScaleName;
  /** Writes the number into each cell. Default: for up to 100 cells. */
  annotations?: boolean;
}

/**
 * A matrix as coloured cells, row 0 at the top: attention weights, similarities, a patch's values.
 *
 * Takes `[rows, columns]` in any form of `NumbersInput`; NaN stays blank.
 *
 * @throws VitlabError when it isn't a matrix, or the labels don't count as many as the cells.
 */
export function heatmap(matrix: NumbersInput, options: HeatmapOptions = {}): PlotFigure {
  return matrixHeatmap(toMatrix(matrix, "matrix"), options);
}

/** `heatmap` for a matrix that was read already. */
export function matrixHeatmap(matrix: Matrix, options: HeatmapOptions = {}): PlotFigure {
  const { rows, columns, values } = matrix;
  const { title, xTitle, yTitle, valueTitle, xLabels, yLabels, annotations = rows * columns <= 100 } = options;
  checkLabels(xLabels, columns, "xLabels", "columns");
  checkLabels(yLabels, rows, "yLabels", "rows");
  const [low, high] = extent(values);
  const suited = suitableScale(options.zmin ?? low, options.zmax ?? high);
  const spec = matrixPlot(matrix, {
    title,
    xTitle,
    yTitle,
    valueTitle,
    xLabels,
    yLabels,
    zmin: options.zmin ?? suited.zmin,
    zmax: options.zmax ?? suited.zmax,
    colorScale: options.colorScale ?? suited.name,
    cellTexts: annotations ? Array.from(values, cellText) : undefined,
    hoverTemplate: `${yTitle ?? "row"} %{y}, ${xTitle ?? "column"} %{x}: %{z:.4~g}`,
  });
  const missing = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
  const text = [
    title ?? "Heat map",
    `${rows} rows${yTitle ? ` (${yTitle})` : ""}, ${columns} columns${xTitle ? ` (${xTitle})` : ""}`,
    `${valueTitle ?? "values"} from ${showNumber(low)} to ${showNumber(high)}${missing ? `, ${missing} NaN` : ""}`,
  ];
  return new PlotFigure(spec, text.join("\n"));
}

/** Three digits fit into a cell. */
function cellText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  // What float32 makes of 1 reads like 1.
  const digits = Math.abs(value - Math.round(value)) < 1e-6 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  // What rounds to 0 has no sign: -0 + 0 is 0.
  return (Number(value.toFixed(digits)) + 0).toFixed(digits).replace("-", "−");
}

function checkLabels(labels: readonly string[] | undefined, count: number, name: string, what: string): void {
  if (labels && labels.length !== count)
    throw new VitlabError(`${name} has ${labels.length} names: the matrix has ${count} ${what}`);
}

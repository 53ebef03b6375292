import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { forPlotly } from "../base/plain-text";
import { type ColorScaleName, chosenScale, colorScaleNames } from "./color-scale";
import { matrixPlot } from "./matrix-plot";
import { extent, type Matrix, type NumbersInput, rangeInWords, showNumber, showPercent, toMatrix } from "./numbers";
import { aFlag, aNumber, aText, figureOptions, type OptionKinds, oneOf, someTexts, type Told } from "./option-kinds";
import { PlotFigure } from "./plot-figure";

/** How a heat map is drawn. */
export interface HeatmapOptions {
  title?: Words;
  /** What the columns are, e.g. "key". */
  xTitle?: Words;
  /** What the rows are, e.g. "query". */
  yTitle?: Words;
  /** What the numbers are, e.g. "attention". */
  valueTitle?: Words;
  /** Names of the columns. Default: their indices. */
  xLabels?: readonly Words[];
  /** Names of the rows. Default: their indices. */
  yLabels?: readonly Words[];
  /** The number that gets the first color. Default: the smallest, or minus the largest magnitude for both signs. */
  zmin?: number;
  /** The number that gets the last color. Default: the largest, or the largest magnitude for both signs. */
  zmax?: number;
  /** Default: "viridis", or "diverging" with white for 0 when there are numbers of both signs. */
  colorScale?: ColorScaleName;
  /** Writes the number into each cell. Default: for up to 100 cells. */
  annotations?: boolean;
  /** Numbers are shares of 1 and read as per cent. */
  percent?: boolean;
}

/** The kinds of a heat map's options. */
export const HEATMAP_OPTIONS: OptionKinds<HeatmapOptions> = {
  title: aText,
  xTitle: aText,
  yTitle: aText,
  valueTitle: aText,
  xLabels: someTexts,
  yLabels: someTexts,
  zmin: aNumber,
  zmax: aNumber,
  colorScale: oneOf(...colorScaleNames),
  annotations: aFlag,
  percent: aFlag,
};

/**
 * A matrix as colored cells, row 0 at the top: attention weights, similarities, a patch's values.
 *
 * Takes `[rows, columns]` in any form of `NumbersInput`. The colors span the finite numbers; cells of NaN and Infinity
 * stay blank, and the figure's words count them. Heat maps to be compared take one scale: `{ ...sharedRange([a, b]) }`.
 *
 * @throws VitlabError when it isn't a matrix, the labels don't count as many as the cells, or an option is unknown.
 *
 * @example
 * ```ts
 * import { heatmap } from "vitlab";
 *
 * const figure = heatmap([[1, 0.5], [0.5, 1]], { title: "Similarity", xLabels: ["cat", "dog"], yLabels: ["cat", "dog"] });
 * console.log(figure.text);
 * // Similarity
 * // 2 rows, 2 columns
 * // values from 0.5 to 1
 * console.log((await figure.svg()).startsWith("<svg")); // true
 * ```
 */
export function heatmap(matrix: NumbersInput, given: HeatmapOptions = {}): PlotFigure {
  const options = figureOptions("heatmap", given, HEATMAP_OPTIONS);
  return matrixHeatmap(toMatrix(matrix, "matrix"), options);
}

/** `heatmap` for a matrix that was read already. */
export function matrixHeatmap(matrix: Matrix, options: Told<HeatmapOptions> = {}): PlotFigure {
  const { rows, columns, values } = matrix;
  const { title, xTitle, yTitle, valueTitle, xLabels, yLabels, percent = false } = options;
  const { annotations = rows * columns <= 100 } = options;
  const shown = percent ? showPercent : showNumber;
  checkLabels(xLabels, columns, "xLabels", "columns");
  checkLabels(yLabels, rows, "yLabels", "rows");
  const { name, zmin, zmax } = chosenScale(extent(values), options);
  const [row, column] = [inLanguage({ en: "row", zh: "行" }), inLanguage({ en: "column", zh: "列" })];
  const spec = matrixPlot(matrix, {
    title,
    xTitle,
    yTitle,
    valueTitle,
    xLabels,
    yLabels,
    zmin,
    zmax,
    colorScale: name,
    cellTexts: annotations ? Array.from(values, percent ? cellPercent : cellText) : undefined,
    tickFormat: percent ? ".0%" : undefined,
    hoverTemplate: `${forPlotly(yTitle ?? row)} %{y}, ${forPlotly(xTitle ?? column)} %{x}: ${percent ? "%{z:.1%}" : "%{z:.4~g}"}`,
  });
  const chosen = options.zmin !== undefined || options.zmax !== undefined;
  const text = [
    title ?? inLanguage({ en: "Heat map", zh: "热力图" }),
    inLanguage({
      en: `${rows} rows${yTitle ? ` (${yTitle})` : ""}, ${columns} columns${xTitle ? ` (${xTitle})` : ""}`,
      zh: `${rows} 行${yTitle ? `（${yTitle}）` : ""}，${columns} 列${xTitle ? `（${xTitle}）` : ""}`,
    }),
    `${valueTitle ?? inLanguage({ en: "values", zh: "数值" })} ${rangeInWords(values, shown)}${chosen ? colorsInWords(shown(zmin), shown(zmax)) : ""}`,
  ];
  return new PlotFigure(spec, text.join("\n"));
}

function colorsInWords(from: string, to: string): string {
  return inLanguage({ en: `; colors from ${from} to ${to}`, zh: `；颜色从 ${from} 到 ${to}` });
}

/** Whole per cent fit into a cell; what rounds to 0 has no sign. */
function cellPercent(value: number): string {
  return Number.isFinite(value) ? `${Math.round(value * 100) + 0}%`.replace("-", "−") : cellText(value);
}

/** Three digits fit into a cell. */
function cellText(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "∞").replace("-", "−");
  if (Number.isInteger(value)) return String(value).replace("-", "−");
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

import { VitlabError } from "../base/error";
import { type InBoth, inLanguage, type Words } from "../base/language";
import { showShape } from "../base/shape";
import { figureText } from "./figure-text";
import { checkIntervals, type Intervals, intervalInWords, intervalLines } from "./interval-lines";
import { LEGEND_ROW, legendRows, legendTexts } from "./legend";
import { aLevel, type Level, levelAcross, levelInWords, levelLabelRoom } from "./level-line";
import {
  extent,
  finiteSum,
  largestPlace,
  type Matrix,
  type NumbersInput,
  notFinite,
  showNumber,
  toMatrix,
} from "./numbers";
import { anything, aText, figureOptions, type OptionKinds, type Told } from "./option-kinds";
import { PlotFigure } from "./plot-figure";
import {
  AXIS_TITLE_ROOM,
  indexTicks,
  plotAxis,
  plotConfig,
  plotLayout,
  specNumber,
  tickedLine,
  widenedRange,
} from "./plot-layout";
import { theme } from "./theme";

/** How a number of each head is drawn. */
export interface HeadChartOptions {
  title?: Words;
  /** What the numbers are. */
  yTitle?: Words;
  /** A line to compare with, such as what even attention would give. */
  level?: Level;
  /** The lower end of each head's interval, such as that of 95 %, `[blocks, heads]`; goes with `high`. */
  low?: NumbersInput;
  /** The upper end of each head's interval. */
  high?: NumbersInput;
}

const OPTIONS: OptionKinds<HeadChartOptions> = {
  title: aText,
  yTitle: aText,
  level: aLevel,
  low: anything,
  high: anything,
};

const HEIGHT = 260;
const WIDEST_BLOCK = 60;
const NARROWEST = 240;
const WIDEST = 560;
/** How far apart the first and the last head of a block stand, of the distance between blocks. */
const SPREAD = 0.5;

/**
 * One number of each head as a dot above its block, and the mean of the block's heads as a line: how far heads look, how
 * spread their attention is, what is lost without them (Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021,
 * figure 7, right).
 *
 * Heads stand in their order from left to right. NaN and Infinity have no dot, and the figure's words count them.
 *
 * @param values `[blocks, heads]`
 * @throws VitlabError when values isn't a matrix, or the intervals don't fit it.
 *
 * @example
 * ```ts
 * import { headChart } from "vitlab";
 *
 * console.log(headChart([[3, 9], [8, 12]], { title: "Attention distance", yTitle: "pixels" }).text);
 * // Attention distance
 * // 2 blocks of 2 heads; pixels
 * // lowest 3 (block 0, head 0), highest 12 (block 1, head 1)
 * // block 0: mean 6, from 3 to 9
 * // block 1: mean 10, from 8 to 12
 * ```
 */
export function headChart(values: NumbersInput, given: HeadChartOptions = {}): PlotFigure {
  const options = figureOptions("headChart", given, OPTIONS);
  const heads = toMatrix(values, "values");
  const intervals = readIntervals(heads, options);
  const { title, yTitle, level } = options;
  const { rows: blocks, columns } = heads;
  const means = Array.from({ length: blocks }, (_, block) => meanOf(ofBlock(heads, block)));
  const places = Array.from(heads.values, (_, index) => {
    const aside = columns === 1 ? 0 : ((index % columns) / (columns - 1) - 0.5) * SPREAD;
    return Math.floor(index / columns) + aside;
  });
  const all = [
    ...heads.values,
    ...(intervals ? [...intervals.low, ...intervals.high] : []),
    ...(level ? [level.value] : []),
  ];
  const width = Math.min(WIDEST, Math.max(NARROWEST, blocks * WIDEST_BLOCK));
  const entries = [
    { name: inLanguage({ en: "a head", zh: "一个注意力头" }), color: theme.palette[0], sign: "•" },
    { name: inLanguage({ en: "mean of the block's heads", zh: "该编码器块各头的均值" }), color: theme.emphasis },
  ] as const;
  const legend = legendRows(entries, width);
  const line = level && levelAcross(level, { beside: true });
  const spec = {
    data: [
      ...(intervals
        ? [intervalLines(intervals, places, { along: "y", line: { color: theme.palette[0], width: 1.5 } })]
        : []),
      {
        type: "scatter",
        mode: "markers",
        x: places.map(specNumber),
        y: Array.from(heads.values, specNumber),
        marker: { color: theme.palette[0], size: columns > 8 ? 6 : 8 },
        customdata: places.map(
          (_, index) =>
            `${inLanguage(headName(index, heads))}: ${showNumber(heads.values[index]!)}${intervals ? intervalInWords(intervals, index, showNumber) : ""}`,
        ),
        hovertemplate: "%{customdata}<extra></extra>",
      },
      {
        type: "scatter",
        mode: blocks === 1 ? "markers" : "lines",
        x: means.map((_, block) => block),
        y: means.map(specNumber),
        line: { color: theme.emphasis, width: 2 },
        ...(blocks === 1 && { marker: { color: theme.emphasis, size: 10, symbol: "line-ew-open" } }),
        hovertemplate: `${inLanguage({ en: "block %{x}: mean", zh: "编码器块 %{x}：均值" })} %{y:.4~g}<extra></extra>`,
      },
    ],
    layout: {
      ...plotLayout(
        { width, height: HEIGHT },
        {
          left: 44 + (yTitle ? AXIS_TITLE_ROOM : 0),
          right: level ? levelLabelRoom(level) : 10,
          top: legend.length * LEGEND_ROW + 4,
          bottom: 26 + AXIS_TITLE_ROOM,
        },
        title,
      ),
      showlegend: false,
      hovermode: "closest",
      xaxis: plotAxis(inLanguage({ en: "block", zh: "编码器块" }), {
        range: [-0.5, blocks - 0.5],
        tickvals: indexTicks(blocks, width, 26),
        ...tickedLine,
      }),
      yaxis: plotAxis(yTitle, { range: widenedRange(...extent(all), 0.06), nticks: 7 }),
      shapes: line ? [line.shape] : [],
      annotations: [...(line ? [line.annotation] : []), ...legendTexts(legend, [0, 1], width)],
    },
    config: plotConfig,
  };
  return new PlotFigure(spec, inWords(heads, means, intervals, options));
}

function readIntervals({ rows, columns }: Matrix, { low, high }: Told<HeadChartOptions>): Intervals | undefined {
  if (low === undefined && high === undefined) return undefined;
  if (low === undefined || high === undefined)
    throw new VitlabError(
      `headChart has ${low === undefined ? "high without low" : "low without high"}: give both ends of the intervals`,
    );
  const [lower, upper] = (
    [
      ["low", low],
      ["high", high],
    ] as const
  ).map(([name, input]) => {
    const matrix = toMatrix(input, name);
    if (matrix.rows !== rows || matrix.columns !== columns)
      throw new VitlabError(
        `${name} is ${showShape([matrix.rows, matrix.columns])}: values is ${showShape([rows, columns])}, and so must it be`,
      );
    return matrix.values;
  });
  const intervals = { low: lower!, high: upper! };
  checkIntervals(intervals, (index) => headName(index, { columns }).en);
  return intervals;
}

function headName(index: number, { columns }: { columns: number }): InBoth {
  const [block, head] = [Math.floor(index / columns), index % columns];
  return { en: `block ${block}, head ${head}`, zh: `编码器块 ${block}，头 ${head}` };
}

function ofBlock({ values, columns }: Matrix, block: number): Float64Array {
  return values.subarray(block * columns, (block + 1) * columns);
}

/** The mean of the finite numbers; NaN where there is none. */
function meanOf(values: Float64Array): number {
  return finiteSum(values) / values.filter(Number.isFinite).length;
}

function inWords(
  heads: Matrix,
  means: readonly number[],
  intervals: Intervals | undefined,
  { title, yTitle, level }: Told<HeadChartOptions>,
): string {
  const { rows: blocks, columns, values } = heads;
  const [most, least] = [largestPlace(values), largestPlace(values.map((value) => -value))];
  const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;
  const named = (index: number) => `${showNumber(values[index]!)} (${inLanguage(headName(index, heads))})`;
  const odd = notFinite(values);
  const beyond =
    intervals && level
      ? values.reduce(
          (count, _, at) => count + Number(intervals.low[at]! > level.value || intervals.high[at]! < level.value),
          0,
        )
      : 0;
  return figureText(
    [
      title ?? inLanguage({ en: "Heads by block", zh: "各编码器块的注意力头" }),
      inLanguage({
        en: `${plural(blocks, "block")} of ${plural(columns, "head")}${yTitle ? `; ${yTitle}` : ""}`,
        zh: `${blocks} 个编码器块，每块 ${columns} 个头${yTitle ? `；${yTitle}` : ""}`,
      }),
      most < 0
        ? inLanguage({ en: "no value to draw", zh: "没有可画的数值" })
        : inLanguage({
            en: `lowest ${named(least)}, highest ${named(most)}`,
            zh: `最低 ${named(least)}，最高 ${named(most)}`,
          }),
      ...(level
        ? [
            levelInWords(level, showNumber) +
              (intervals
                ? inLanguage({
                    en: `; ${beyond} of ${values.length} intervals leave it out`,
                    zh: `；${values.length} 个区间中有 ${beyond} 个不包含它`,
                  })
                : ""),
          ]
        : []),
      ...(odd ? [inLanguage(odd)] : []),
    ],
    means.map((mean, block) => {
      const [low, high] = extent(ofBlock(heads, block));
      const [from, to] = [showNumber(low), showNumber(high)];
      return inLanguage({
        en: `block ${block}: ${Number.isFinite(mean) ? `mean ${showNumber(mean)}, from ${from} to ${to}` : "none"}`,
        zh: `编码器块 ${block}：${Number.isFinite(mean) ? `均值 ${showNumber(mean)}，从 ${from} 到 ${to}` : "无"}`,
      });
    }),
  );
}

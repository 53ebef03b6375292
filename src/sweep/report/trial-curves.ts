import { inLanguage } from "../../base/language";
import { forPlotly } from "../../base/plain-text";
import { figureText } from "../../figure/figure-text";
import { LEGEND_ROW, legendRows, legendTexts } from "../../figure/legend";
import { extent, notFinite, showNumber, showPercent } from "../../figure/numbers";
import { PlotFigure } from "../../figure/plot-figure";
import {
  AXIS_TITLE_ROOM,
  countedTicks,
  plotAxis,
  plotConfig,
  plotLayout,
  specNumber,
  tickedLine,
  widenedRange,
} from "../../figure/plot-layout";
import { theme } from "../../figure/theme";

/** One trial's values, after its first epoch, its second, and so on; NaN where there is none. */
export interface TrialCurve {
  readonly name: string;
  readonly values: readonly number[];
  readonly isBest: boolean;
}

/** How the curves of trials are drawn. */
export interface TrialCurvesOptions {
  readonly title: string;
  /** What the values are. */
  readonly valueTitle: string;
  /** What the curves that stand out are. */
  readonly bestName: string;
  /** Values are shares of 1 and read as per cent. */
  readonly percent: boolean;
}

const [WIDTH, HEIGHT] = [560, 280];
const TICK_ROOM = 44;
/** Losses so far apart are seen on a logarithmic axis. */
const MANY_TIMES = 20;

/** The curves of many trials over each other, all pale but the best. */
export function trialCurves(curves: readonly TrialCurve[], options: TrialCurvesOptions): PlotFigure {
  const { title, valueTitle, bestName, percent } = options;
  const all = curves.flatMap(({ values }) => values);
  const [low, high] = extent(all);
  const logarithmic = !percent && low > 0 && high > MANY_TIMES * low;
  const longest = Math.max(...curves.map(({ values }) => values.length));
  const best = curves.filter(({ isBest }) => isBest);
  const others = curves.filter(({ isBest }) => !isBest);
  const single = others.filter(({ values }) => values.filter(Number.isFinite).length === 1);
  const pale = others.length > 100 ? 0.3 : others.length > 30 ? 0.45 : 0.6;
  const entries = [
    ...(best.length > 0 ? [{ name: bestName, color: theme.emphasis }] : []),
    ...(others.length > 0 ? [{ name: othersInWords(others.length, best.length > 0), color: theme.mutedInk }] : []),
  ];
  const legend = legendRows(entries, WIDTH);
  const xRange = widenedRange(1, Math.max(2, longest), 0.03);
  const range = logarithmic
    ? widenedRange(Math.log10(low), Math.log10(high), 0.04)
    : widenedRange(percent ? Math.min(0, low) : low, high, 0.06, percent ? 0 : 0.06);
  const markers = longest <= 30;
  const spec = {
    data: [
      ...(others.length > 0
        ? [
            {
              ...overlaid(others, percent),
              mode: "lines",
              opacity: pale,
              line: { color: theme.mutedInk, width: 1 },
            },
          ]
        : []),
      // A line takes two values: who ended after one epoch is a dot.
      ...(single.length > 0
        ? [
            {
              ...overlaid(single, percent),
              mode: "markers",
              opacity: pale,
              marker: { color: theme.mutedInk, size: 4 },
            },
          ]
        : []),
      ...(best.length > 0
        ? [
            {
              ...overlaid(best, percent),
              mode: markers ? "lines+markers" : "lines",
              line: { color: theme.emphasis, width: 2.5 },
              ...(markers && { marker: { color: theme.emphasis, size: 6 } }),
            },
          ]
        : []),
    ],
    layout: {
      ...plotLayout(
        { width: WIDTH, height: HEIGHT },
        {
          left: TICK_ROOM + AXIS_TITLE_ROOM,
          right: 10,
          top: legend.length * LEGEND_ROW + 4,
          bottom: 26 + AXIS_TITLE_ROOM,
        },
        title,
      ),
      showlegend: false,
      hovermode: "closest",
      xaxis: plotAxis(inLanguage({ en: "epoch", zh: "轮次" }), {
        range: xRange,
        ...tickedLine,
        ...countedTicks(xRange),
      }),
      yaxis: plotAxis(valueTitle, {
        range,
        nticks: 7,
        ...(percent && { tickformat: ".0%" }),
        ...(logarithmic && { type: "log", exponentformat: "e" }),
      }),
      annotations: legendTexts(legend, [0, 1], WIDTH),
    },
    config: plotConfig,
  };
  return new PlotFigure(spec, inWords(curves, options, logarithmic));
}

function othersInWords(count: number, besides: boolean): string {
  const what = besides ? "other " : "";
  return inLanguage({
    en: `${count} ${what}${count === 1 ? "trial" : "trials"}`,
    zh: besides ? `其余 ${count} 次试验` : `${count} 次试验`,
  });
}

/** Plotly's trace of several curves, with a gap after each. */
function overlaid(curves: readonly TrialCurve[], percent: boolean): Record<string, unknown> {
  const gap = [null];
  return {
    type: "scatter",
    x: curves.flatMap(({ values }) => [...values.map((_, index) => index + 1), ...gap]),
    y: curves.flatMap(({ values }) => [...values.map(specNumber), ...gap]),
    customdata: curves.flatMap(({ name, values }) => [...values.map(() => forPlotly(name)), ...gap]),
    hovertemplate: `%{customdata}: ${percent ? "%{y:.1%}" : "%{y:.4~g}"}<extra></extra>`,
  };
}

function inWords(
  curves: readonly TrialCurve[],
  { title, valueTitle, percent }: TrialCurvesOptions,
  logarithmic: boolean,
): string {
  const shown = percent ? showPercent : showNumber;
  const ends = curves.map(({ values }) => values.filter(Number.isFinite).at(-1) ?? Number.NaN);
  const [low, high] = extent(ends).map(shown) as [string, string];
  const longest = Math.max(...curves.map(({ values }) => values.length));
  const odd = notFinite(...curves.map(({ values }) => values));
  const whole = inLanguage({
    en: `${curves.length} ${curves.length === 1 ? "trial" : "trials"}, at most ${longest} epochs, ${valueTitle} at the end from ${low} to ${high}${logarithmic ? "; logarithmic" : ""}`,
    zh: `${curves.length} 次试验，至多 ${longest} 轮，最后的${valueTitle}从 ${low} 到 ${high}${logarithmic ? "；对数刻度" : ""}`,
  });
  const best = curves
    .filter(({ isBest }) => isBest)
    .map(({ name, values }) => {
      const known = values.filter(Number.isFinite);
      const [first, last] = [shown(known[0] ?? Number.NaN), shown(known.at(-1) ?? Number.NaN)];
      return inLanguage({
        en: `best, ${name}: first ${first}, last ${last}`,
        zh: `最好，${name}：首个 ${first}，末个 ${last}`,
      });
    });
  return figureText([title, whole, ...(odd ? [inLanguage(odd)] : [])], best);
}

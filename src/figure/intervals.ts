import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { forPlotly, plainText } from "../base/plain-text";
import { byName } from "./by-name";
import { figureText } from "./figure-text";
import { roomForText } from "./fonts";
import { checkIntervals, intervalInWords, intervalLines } from "./interval-lines";
import { aLabelHighlight, highlightedLabels, type LabelHighlight } from "./label-highlight";
import { aLevel, LEVEL_ROOM, type Level, levelInWords, levelUpright } from "./level-line";
import { extent, largestPlace, type NumbersInput, notFinite, showNumber, showPercent, toVector } from "./numbers";
import { aFlag, anything, aText, figureOptions, type OptionKinds, oneOf, someTexts, type Told } from "./option-kinds";
import { PlotFigure } from "./plot-figure";
import { plotAxis, plotConfig, plotLayout, specNumber, widenedRange, wrapPlotText } from "./plot-layout";
import { theme } from "./theme";

/** One measure of all rows: a value and its interval for each. */
export interface IntervalsPanel {
  values: NumbersInput;
  /** The lower end of each interval. */
  low: NumbersInput;
  /** The upper end of each interval. */
  high: NumbersInput;
  /** Which values are the better ones; stands below the panel's name. */
  better?: "lower" | "higher";
  /** A line to compare with, such as what chance would give. */
  level?: Level;
  /** Values are shares of 1 and read as per cent. */
  percent?: boolean;
}

/** A panel of a list, with its name in it: one, or one for each language. */
export interface NamedIntervalsPanel extends IntervalsPanel {
  name: Words;
}

/** How intervals are drawn. */
export interface IntervalsOptions {
  title?: Words;
  /** Rows to set apart, by label or number. Default: none. */
  highlight?: LabelHighlight;
}

const PANEL: OptionKinds<IntervalsPanel> = {
  values: anything,
  low: anything,
  high: anything,
  better: oneOf("lower", "higher"),
  level: aLevel,
  percent: aFlag,
};

const OPTIONS: OptionKinds<IntervalsOptions> = { title: aText, highlight: aLabelHighlight };

const ROW = 26;
const WIDTH = 230;
const NARROW = 170;
const GAP = 26;
const NAME = { size: theme.axisTitleSize, weight: 600 };
const LINE = 18;

/** A panel as it is drawn. */
interface Panel {
  name: string;
  values: Float64Array;
  low: Float64Array;
  high: Float64Array;
  better: "lower" | "higher" | undefined;
  level: Told<Level> | undefined;
  percent: boolean;
}

/**
 * A value with its interval for each label, from the top, in one panel for each measure: a forest plot, which tells what
 * differs from what is within the noise.
 *
 * What isn't a finite number has no dot, and the figure's words count it.
 *
 * @param panels by their names, as in `{ "deletion area": { values, low, high, better: "lower" } }`, or a list of them with
 *   their names in them, as in `[{ name: { en: "deletion area", zh: "删除面积" }, values, low, high }]`
 * @throws VitlabError when a panel doesn't have as many values as there are labels, or an interval is upside down.
 *
 * @example
 * ```ts
 * import { intervals } from "vitlab";
 *
 * const area = { values: [0.2, 0.4], low: [0.1, 0.3], high: [0.3, 0.5], better: "lower" } as const;
 * console.log(intervals(["relevance", "random"], { "deletion area": area }).text);
 * // Values with their intervals
 * // deletion area, lower is better: best relevance
 * // relevance: deletion area 0.2 (0.1 to 0.3)
 * // random: deletion area 0.4 (0.3 to 0.5)
 * ```
 */
export function intervals(
  given: readonly Words[],
  panels: Readonly<Record<string, IntervalsPanel>> | readonly NamedIntervalsPanel[],
  options: IntervalsOptions = {},
): PlotFigure {
  const { title, highlight = [] } = figureOptions("intervals", options, OPTIONS);
  if (!someTexts.takes(given) || given.length === 0)
    throw new VitlabError(`intervals takes labels as ${someTexts.expected}; got ${show(given)}`);
  const labels = someTexts.told(given);
  if (typeof panels !== "object" || panels === null || Object.keys(panels).length === 0)
    throw new VitlabError(
      `intervals takes panels by their names, such as { "deletion area": { values, low, high } }; got ${show(panels)}`,
    );
  const read = byName("intervals", "panel", panels).map(([name, panel]) => readPanel(name, panel, labels));
  const apart = highlightedLabels(labels, highlight, "row");

  const panelWidth = read.length > 2 ? NARROW : WIDTH;
  const width = panelWidth * read.length + GAP * (read.length - 1);
  const heads = read.map(({ name, better }) => [
    ...wrapPlotText(name, panelWidth, NAME).map((text) => ({
      text: forPlotly(text),
      font: { ...NAME, color: theme.ink },
    })),
    ...(better ? [{ text: betterInWords(better), font: { size: theme.labelSize, color: theme.mutedInk } }] : []),
  ]);
  const headRoom = Math.max(...heads.map((lines) => lines.length)) * LINE;
  const levelRoom = read.some(({ level }) => level) ? LEVEL_ROOM : 0;
  const ranges = read.map(({ values, low, high, level }) =>
    widenedRange(...extent([...values, ...low, ...high, ...(level ? [level.value] : [])]), 0.06),
  );
  const levels = read.map(({ level }, index) => level && levelUpright(level, suffixOf(index), ranges[index]));
  const label = { size: theme.labelSize };
  const rows = labels.map((_, index) => index);
  const colors = rows.map((index) => (apart.has(index) ? theme.emphasis : theme.palette[0]));
  const axes = read.map((panel, index) => {
    const start = index * (panelWidth + GAP);
    return [
      `xaxis${suffixOf(index)}`,
      plotAxis(undefined, {
        domain: [specNumber(start / width), specNumber((start + panelWidth) / width)],
        anchor: "y",
        range: ranges[index],
        nticks: 5,
        ...(panel.percent && { tickformat: ".0%" }),
        zeroline: true,
        zerolinecolor: theme.axisLine,
        zerolinewidth: 1,
      }),
    ] as const;
  });
  const spec = {
    data: read.flatMap((panel, index) => tracesOf(panel, labels, colors, suffixOf(index))),
    layout: {
      ...plotLayout(
        { width, height: labels.length * ROW },
        { left: roomForText(labels, label) + 8, right: 8, top: headRoom + levelRoom + 4, bottom: 24 },
        title,
      ),
      showlegend: false,
      hovermode: "closest",
      ...Object.fromEntries(axes),
      yaxis: plotAxis(undefined, {
        range: [labels.length - 0.5, -0.5],
        tickvals: rows,
        ticktext: labels.map(forPlotly),
        tickfont: { size: theme.labelSize, color: theme.ink },
        ticklabelstandoff: 4,
      }),
      shapes: levels.flatMap((line) => (line ? [line.shape] : [])),
      annotations: [
        ...levels.flatMap((line) => (line ? [line.annotation] : [])),
        ...heads.flatMap((lines, index) => {
          const middle = (index * (panelWidth + GAP) + panelWidth / 2) / width;
          return lines.map((line, row) => ({
            ...line,
            xref: "paper",
            yref: "paper",
            x: specNumber(middle),
            xanchor: "center",
            y: 1,
            yanchor: "bottom",
            yshift: levelRoom + (lines.length - 1 - row) * LINE,
            borderpad: 0,
            showarrow: false,
          }));
        }),
      ],
    },
    config: plotConfig,
  };
  return new PlotFigure(spec, inWords(title, labels, read));
}

function betterInWords(better: "lower" | "higher"): string {
  return inLanguage({ en: `${better} is better`, zh: better === "lower" ? "越低越好" : "越高越好" });
}

function suffixOf(panel: number): string {
  return panel === 0 ? "" : String(panel + 1);
}

function readPanel(name: string, given: IntervalsPanel, labels: readonly string[]): Panel {
  const panel = figureOptions(`panel "${name}" of intervals`, given, PANEL);
  const [values, low, high] = (["values", "low", "high"] as const).map((part) => {
    const numbers = toVector(panel[part], `${part} of "${name}"`);
    if (numbers.length !== labels.length)
      throw new VitlabError(`${part} of "${name}" has ${numbers.length} numbers: there are ${labels.length} labels`);
    return numbers;
  }) as [Float64Array, Float64Array, Float64Array];
  checkIntervals({ low, high }, (index) => `"${labels[index]}" in "${name}"`);
  const { better, level, percent = false } = panel;
  return { name, values, low, high, better, level, percent };
}

function tracesOf(
  panel: Panel,
  labels: readonly string[],
  colors: readonly string[],
  suffix: string,
): Record<string, unknown>[] {
  const axes = { xaxis: `x${suffix}`, yaxis: "y" };
  const shown = panel.percent ? showPercent : showNumber;
  const places = labels.map((_, index) => index);
  // A line has one color: those that are set apart have a trace of their own.
  const lines = [...new Set(colors)].map((color) => {
    const only = (ends: Float64Array) => ends.map((end, index) => (colors[index] === color ? end : Number.NaN));
    const line = { color, width: 2.5 };
    return intervalLines({ low: only(panel.low), high: only(panel.high) }, places, { along: "x", ...axes, line });
  });
  return [
    ...lines,
    {
      type: "scatter",
      mode: "markers",
      x: Array.from(panel.values, specNumber),
      y: places,
      ...axes,
      marker: { color: colors, size: 9 },
      customdata: labels.map(
        (label, index) => `${forPlotly(label)}: ${shown(panel.values[index]!)}${intervalInWords(panel, index, shown)}`,
      ),
      hovertemplate: "%{customdata}<extra></extra>",
    },
  ];
}

function inWords(title: string | undefined, labels: readonly string[], panels: readonly Panel[]): string {
  const shownBy = ({ percent }: Panel) => (percent ? showPercent : showNumber);
  const none = inLanguage({ en: "none", zh: "无" });
  const [bestWord, highest] = [inLanguage({ en: "best", zh: "最好" }), inLanguage({ en: "highest", zh: "最高" })];
  const about = panels.map((panel) => {
    const { name, values, better, level } = panel;
    const best = largestPlace(better === "lower" ? values.map((value) => -value) : values);
    return [
      `${plainText(name)}${better ? `, ${betterInWords(better)}` : ""}: ${best < 0 ? none : `${better ? bestWord : highest} ${plainText(labels[best]!)}`}`,
      ...(level ? [levelInWords(level, shownBy(panel))] : []),
    ].join("; ");
  });
  const odd = notFinite(...panels.map(({ values }) => values));
  const rows = labels.map((label, index) => {
    const parts = panels.map(
      (panel) =>
        `${plainText(panel.name)} ${shownBy(panel)(panel.values[index]!)}${intervalInWords(panel, index, shownBy(panel))}`,
    );
    return `${plainText(label)}: ${parts.join(", ")}`;
  });
  return figureText(
    [
      title ?? inLanguage({ en: "Values with their intervals", zh: "数值及其区间" }),
      ...about,
      ...(odd ? [inLanguage(odd)] : []),
    ],
    rows,
  );
}

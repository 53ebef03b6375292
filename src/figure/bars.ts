import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { forPlotly, plainText } from "../base/plain-text";
import { figureText } from "./figure-text";
import { roomForText } from "./fonts";
import { aLabelHighlight, highlightedLabels, type LabelHighlight } from "./label-highlight";
import { aLevel, LEVEL_ROOM, type Level, levelInWords, levelUpright } from "./level-line";
import { extent, largestPlace, type NumbersInput, notFinite, showNumber, showPercent, toVector } from "./numbers";
import { aFlag, aText, figureOptions, type OptionKinds, someTexts } from "./option-kinds";
import { PlotFigure } from "./plot-figure";
import { AXIS_TITLE_ROOM, plotAxis, plotConfig, plotLayout, specNumber } from "./plot-layout";
import { theme } from "./theme";

/** How bars are drawn. */
export interface BarsOptions {
  title?: Words;
  /** What the values are. */
  valueTitle?: Words;
  /** Bars to set apart, by label or index; default: the longest. */
  highlight?: LabelHighlight;
  /** Values are shares of 1 and read as per cent. */
  percent?: boolean;
  /** A line across the bars to compare them with, such as what chance would give. */
  level?: Level;
}

const OPTIONS: OptionKinds<BarsOptions> = {
  title: aText,
  valueTitle: aText,
  highlight: aLabelHighlight,
  percent: aFlag,
  level: aLevel,
};

const LENGTH = 340;
const BAR = 26;

/**
 * One horizontal bar for each label, from the top: a model's class probabilities. What isn't a finite number has
 * no bar, and the figure's words count it.
 *
 * @throws VitlabError when there aren't as many values as labels, or a highlighted label doesn't exist.
 *
 * @example
 * ```ts
 * import { bars } from "vitlab";
 *
 * console.log(bars(["cat", "dog"], [0.8, 0.7], { title: "Accuracy", percent: true, highlight: "dog" }).text);
 * // Accuracy
 * // cat: 80.0%
 * // dog: 70.0%
 * ```
 */
export function bars(given: readonly Words[], values: NumbersInput, options: BarsOptions = {}): PlotFigure {
  if (!someTexts.takes(given)) throw new VitlabError(`bars takes labels as ${someTexts.expected}; got ${show(given)}`);
  const labels = someTexts.told(given);
  const { title, valueTitle, percent = false, level, highlight } = figureOptions("bars", options, OPTIONS);
  const numbers = toVector(values, "values");
  if (numbers.length !== labels.length)
    throw new VitlabError(`values has ${numbers.length} numbers: there are ${labels.length} labels`);
  const texts = Array.from(numbers, (value) => (percent ? showPercent(value) : showNumber(value).replace("-", "−")));
  const apart =
    highlight === undefined ? new Set([largestPlace(numbers)]) : highlightedLabels(labels, highlight, "bar");
  const [low, high] = extent([0, ...(level ? [level.value] : []), ...extent(numbers)]);
  const span = high - low || 1;
  const line = level && levelUpright(level, "");
  const label = { size: theme.labelSize };
  const textRoom = roomForText(texts, label) + 8;
  // The longest bar leaves room for its number inside the plot area.
  const reach = LENGTH / (LENGTH - textRoom);
  const spec = {
    data: [
      {
        type: "bar",
        orientation: "h",
        y: labels.map((_, index) => index),
        x: Array.from(numbers, specNumber),
        text: texts,
        textposition: "outside",
        textfont: { color: theme.ink, size: theme.labelSize },
        cliponaxis: false,
        constraintext: "none",
        marker: { color: labels.map((_, index) => (apart.has(index) ? theme.emphasis : theme.palette[0])) },
        customdata: labels.map(forPlotly),
        hovertemplate: "%{customdata}: %{text}<extra></extra>",
      },
    ],
    layout: {
      ...plotLayout(
        { width: LENGTH, height: labels.length * BAR },
        {
          left: roomForText(labels, label) + 8,
          right: 8,
          top: level ? LEVEL_ROOM : 0,
          bottom: 24 + (valueTitle ? AXIS_TITLE_ROOM : 0),
        },
        title,
      ),
      bargap: 0.28,
      xaxis: plotAxis(valueTitle, {
        range: [low < 0 ? low - span * (reach - 1) : 0, high > 0 || low === 0 ? low + span * reach : 0],
        tickformat: percent ? ".0%" : "",
        nticks: 6,
        zeroline: true,
        zerolinecolor: theme.axisLine,
        zerolinewidth: 1,
      }),
      yaxis: plotAxis(undefined, {
        range: [labels.length - 0.5, -0.5],
        tickvals: labels.map((_, index) => index),
        ticktext: labels.map(forPlotly),
        tickfont: { size: theme.labelSize, color: theme.ink },
        showgrid: false,
        ticklabelstandoff: 4,
      }),
      ...(line && { shapes: [line.shape], annotations: [line.annotation] }),
    },
    config: plotConfig,
  };
  const lines = labels.map((name, index) => `${plainText(name)}: ${texts[index]}`);
  const shown = percent ? showPercent : showNumber;
  const odd = notFinite(numbers);
  return new PlotFigure(
    spec,
    figureText([title ?? inLanguage({ en: "Bars", zh: "条形图" })], lines, [
      ...(level ? [levelInWords(level, shown)] : []),
      ...(odd ? [inLanguage(odd)] : []),
    ]),
  );
}

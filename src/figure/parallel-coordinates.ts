import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { forPlotly, plainText } from "../base/plain-text";
import { byName } from "./by-name";
import { figureText } from "./figure-text";
import { measureText, roomForText } from "./fonts";
import { largestPlace, type NumbersInput, showNumber, showPercent, toVector } from "./numbers";
import { aFlag, anything, aText, figureOptions, type OptionKinds, oneOf, someTexts } from "./option-kinds";
import { type AxisPlaces, axisPlaces, noValue, type ParallelAxis } from "./parallel-axis";
import { BAR, colorBar, LABEL, lineTraces, NONE_PLACE } from "./parallel-lines";
import { PlotFigure } from "./plot-figure";
import { plotConfig, plotLayout, specNumber, unbroken, wrapPlotText } from "./plot-layout";
import { shortenToWidth } from "./shorten-to-width";
import { theme } from "./theme";

/** An axis of a list, with its name in it: one, or one for each language. */
export interface NamedParallelAxis extends ParallelAxis {
  name: Words;
}

/** What came of each line: the last axis, and the lines' colors. */
export interface ParallelResult {
  name: Words;
  /** NaN where nothing came of a line. */
  values: NumbersInput;
  /** Which values are the better ones: the best line is set apart. */
  better?: "lower" | "higher";
  /** Equal steps for equal ratios. */
  logarithmic?: boolean;
  /** Values are shares of 1 and read as per cent. */
  percent?: boolean;
}

/** How lines over parallel axes are drawn. */
export interface ParallelCoordinatesOptions {
  title?: Words;
  /** What came of each line. Default: all lines have one color. */
  result?: ParallelResult;
  /** The number of a line to set apart, from 0. Default: that with the best result, where `better` says which that is. */
  highlight?: number;
  /** Names of the lines. Default: "line 0", "line 1", … */
  names?: readonly Words[];
}

const OPTIONS: OptionKinds<ParallelCoordinatesOptions> = {
  title: aText,
  result: anything,
  highlight: {
    takes: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
    expected: "the number of a line, 0 or more",
  },
  names: someTexts,
};
const RESULT: OptionKinds<ParallelResult> = {
  name: aText,
  values: anything,
  better: oneOf("lower", "higher"),
  logarithmic: aFlag,
  percent: aFlag,
};

const HEIGHT = 300;
/** Pixels between two axes. */
const [NARROW, WIDE, WIDEST_ALONE] = [96, 170, 230];
const WIDTH = 560;
const LONGEST_LABEL = 104;
const NAME = { size: theme.axisTitleSize, weight: 600 };
const NAME_LINE = 18;
const LABEL_HEIGHT = 15;
/** Beside the outer axes, whose ticks and dots would be cut off. */
const EDGE = 8;

/**
 * Lines over upright axes, one line for each thing with several values: the settings of many trainings, and what came of them.
 *
 * An axis has numbers or words; where a line has no value, it passes below the axis. Lines of one word lie beside each other.
 * With a `result` there is one more axis on the right, whose colors are those of the lines.
 *
 * @param axes from the left, by their names, as in `{ optimizer: { values: ["adam", "sgd"] } }`, or a list of them with their
 *   names in them
 * @throws VitlabError when there is no axis, axes have values for different numbers of lines, or a logarithmic one has 0.
 *
 * @example
 * ```ts
 * import { parallelCoordinates } from "vitlab";
 *
 * const axes = {
 *   learningRate: { values: [0.001, 0.01, 0.1], logarithmic: true },
 *   optimizer: { values: ["adam", "adam", "sgd"] },
 *   momentum: { values: [null, null, 0.9] },
 * };
 * const figure = parallelCoordinates(axes, { result: { name: "loss", values: [1.2, 0.8, 0.9], better: "lower" } });
 * console.log(figure.text);
 * // Lines over parallel axes
 * // 3 lines over 3 axes
 * // colors and last axis: loss, lower is better: from 0.8 to 1.2
 * // learningRate: from 0.001 to 0.1, logarithmic
 * // optimizer: adam (2), sgd (1)
 * // momentum: 0.9; none for 2 lines
 * // set apart: line 1, loss 0.8: learningRate 0.01, optimizer adam, momentum none
 * ```
 */
export function parallelCoordinates(
  axes: Readonly<Record<string, ParallelAxis>> | readonly NamedParallelAxis[],
  options: ParallelCoordinatesOptions = {},
): PlotFigure {
  const given = figureOptions("parallelCoordinates", options, OPTIONS);
  const named = readAxes(axes);
  const lines = named[0]![1].values.length;
  const names = given.names ?? Array.from({ length: lines }, (_, line) => lineName(line));
  if (names.length !== lines)
    throw new VitlabError(`names has ${names.length} texts: the axes have values for ${lines} lines`);
  const result = given.result === undefined ? undefined : readResult(given.result, lines);
  const best = given.highlight ?? (result?.better ? bestLine(result.values, result.better) : undefined);
  if (best !== undefined && best >= lines)
    throw new VitlabError(`highlight is ${best}: there are ${lines} lines, counted from 0`);
  const ranks = ranked(lines, result?.values);
  const seen = named.map(([name, axis]) => axisPlaces(name, axis, { ranks, height: HEIGHT }));
  const shown = result?.percent ? showPercent : showNumber;
  const last = result && axisPlaces(result.name, result, { ranks, height: HEIGHT, shown });
  const all = last ? [...seen, last] : seen;

  const labels = all.map(({ ticks, places }) => [
    ...ticks.map(({ text }) => shortenToWidth(text, LONGEST_LABEL, LABEL)),
    ...(places.includes(null) ? [noValue()] : []),
  ]);
  const spacing = spacingOf(all, labels);
  const heads = all.map(({ name }) =>
    wrapPlotText(name, spacing - 10, NAME).map((line) => shortenToWidth(line, spacing - 10, NAME)),
  );
  const headRoom = (axis: number) => roomForText(heads[axis]!, NAME) / 2;
  const end = all.length - 1;
  const bottom = all.some(({ places }) => places.includes(null)) ? NONE_PLACE - 0.06 : -0.02;
  const top = 1.02;
  // The color bar begins where the last axis is.
  const edgeAfter = last ? 0 : EDGE;
  const spec = {
    data: [
      ...lineTraces(all, { names, last, best, ranks }),
      ...(last ? [colorBar(last, labels[end]!, { bottom, top })] : []),
    ],
    layout: {
      ...plotLayout(
        { width: Math.max(1, end) * spacing + EDGE + edgeAfter, height: (HEIGHT * (top - bottom)) / 1.04 },
        {
          left: Math.max(roomForText(labels[0]!, LABEL) + 8, headRoom(0)) - EDGE,
          right: Math.max(headRoom(end), last ? BAR + 10 + roomForText(labels[end]!, LABEL) : 0) - edgeAfter,
          top: Math.max(...heads.map((head) => head.length)) * NAME_LINE + 6,
          bottom: 0,
        },
        given.title,
      ),
      showlegend: false,
      hovermode: "closest",
      xaxis: {
        range: [specNumber(-EDGE / spacing), specNumber(Math.max(1, end) + edgeAfter / spacing)],
        visible: false,
        fixedrange: true,
      },
      yaxis: { range: [bottom, top], visible: false, fixedrange: true },
      shapes: seen.flatMap((axis, index) => axisShapes(axis, labels[index]!, index, spacing)),
      annotations: all.flatMap((axis, index) => [
        ...heads[index]!.map((text, line) => ({
          text: forPlotly(text),
          ...at(index, 1),
          xanchor: "center",
          yanchor: "bottom",
          yshift: 8 + (heads[index]!.length - 1 - line) * NAME_LINE,
          font: { ...NAME, color: theme.ink },
        })),
        ...(axis === last ? [] : tickTexts(axis, labels[index]!, index)),
        ...(axis === last && axis.places.includes(null)
          ? [{ ...noneText(index), xanchor: "left", xshift: BAR + 6 }]
          : []),
      ]),
    },
    config: plotConfig,
  };
  const title = given.title ?? inLanguage({ en: "Lines over parallel axes", zh: "平行坐标图" });
  return new PlotFigure(spec, inWords(title, seen, last, { names, best, better: result?.better }));
}

function readAxes(given: Parameters<typeof parallelCoordinates>[0]): [string, ParallelAxis][] {
  if (typeof given !== "object" || given === null || Object.keys(given).length === 0)
    throw new VitlabError(
      `parallelCoordinates takes axes by their names, such as { optimizer: { values: ["adam", "sgd"] } }; got ${show(given)}`,
    );
  const axes = byName<ParallelAxis>("parallelCoordinates", "axis", given);
  const kinds: OptionKinds<ParallelAxis> = { values: anything, logarithmic: aFlag, order: someTexts };
  let lines: number | undefined;
  return axes.map(([name, axis]) => {
    const { values, ...more } = figureOptions(`axis "${name}" of parallelCoordinates`, axis, kinds);
    const length = typeof values === "object" ? (values as ArrayLike<unknown> | null)?.length : undefined;
    if (!length)
      throw new VitlabError(
        `axis "${name}" has ${length === 0 ? "an empty list" : show(values)} for its values: give a list with a number or a word for each line`,
      );
    lines ??= length;
    if (length !== lines)
      throw new VitlabError(
        `axis "${name}" has ${length} values: axis "${axes[0]![0]}" has ${lines}, one for each line`,
      );
    return [name, { values: values as ParallelAxis["values"], ...more }];
  });
}

function readResult(given: ParallelResult, lines: number) {
  const { name, values, ...more } = figureOptions("result of parallelCoordinates", given, RESULT);
  if (name === undefined) throw new VitlabError('result of parallelCoordinates has no name: give one, such as "loss"');
  const numbers = toVector(values, `values of "${name}"`);
  if (numbers.length !== lines)
    throw new VitlabError(`values of "${name}" has ${numbers.length} numbers: the axes have values for ${lines} lines`);
  return { name, values: numbers, ...more };
}

function bestLine(values: Float64Array, better: "lower" | "higher"): number | undefined {
  const best = largestPlace(better === "lower" ? values.map((value) => -value) : values);
  return best < 0 ? undefined : best;
}

/** The numbers of the lines by their results, those without one first. */
function ranked(lines: number, values: Float64Array | undefined): number[] {
  const known = (line: number) => (values && Number.isFinite(values[line]) ? values[line]! : Number.NEGATIVE_INFINITY);
  const compare = (a: number, b: number) => (known(a) === known(b) ? a - b : known(a) - known(b));
  return Array.from({ length: lines }, (_, line) => line).sort(compare);
}

function spacingOf(axes: readonly AxisPlaces[], labels: readonly (readonly string[])[]): number {
  const words = axes.flatMap(({ name }) => plainText(name).split(" ").flatMap(unbroken));
  const needed = Math.max(roomForText(words, NAME) + 12, ...labels.map((own) => roomForText(own, LABEL) + 44));
  const gaps = Math.max(1, axes.length - 1);
  return Math.round(Math.max(Math.min(Math.max(NARROW, needed), WIDE), Math.min(WIDEST_ALONE, WIDTH / gaps)));
}

function at(axis: number, place: number) {
  return { xref: "x", yref: "y", x: axis, y: specNumber(place), showarrow: false, borderpad: 0 };
}

function noneText(axis: number): Record<string, unknown> {
  return { text: noValue(), ...at(axis, NONE_PLACE), yanchor: "middle", font: { ...LABEL, color: theme.mutedInk } };
}

function tickTexts({ ticks, places }: AxisPlaces, labels: readonly string[], axis: number): Record<string, unknown>[] {
  const left = { xanchor: "right", xshift: -7 };
  return [
    ...ticks.map(({ place }, index) => ({
      text: forPlotly(labels[index]!),
      ...at(axis, place),
      ...left,
      yanchor: "middle",
      font: { ...LABEL, color: theme.ink },
    })),
    ...(places.includes(null) ? [{ ...noneText(axis), ...left }] : []),
  ];
}

/** The upright line of an axis with its ticks; lines are pale below its labels, so that these can be read. */
function axisShapes(
  { ticks, places }: AxisPlaces,
  labels: readonly string[],
  axis: number,
  spacing: number,
): Record<string, unknown>[] {
  const onPlot = { xref: "x", yref: "y" };
  const left = (pixels: number) => specNumber(axis - pixels / spacing);
  const half = LABEL_HEIGHT / 2 / HEIGHT;
  const labeled = [...ticks.map(({ place }) => place), ...(places.includes(null) ? [NONE_PLACE] : [])];
  const tick = ({ place }: { place: number }) => `M${left(4)},${specNumber(place)}H${axis}`;
  return [
    ...labeled.map((place, index) => ({
      type: "rect",
      ...onPlot,
      x0: left(measureText(labels[index]!, LABEL).width + 10),
      x1: left(5),
      y0: specNumber(place - half),
      y1: specNumber(place + half),
      fillcolor: theme.veil,
      opacity: 0.8,
      line: { width: 0 },
    })),
    {
      type: "path",
      ...onPlot,
      path: [`M${axis},0V1`, ...ticks.map(tick)].join(""),
      line: { color: theme.axisLine, width: 1.5 },
    },
  ];
}

function lineName(line: number): string {
  return inLanguage({ en: `line ${line}`, zh: `线 ${line}` });
}

function inWords(
  title: string,
  axes: readonly AxisPlaces[],
  last: AxisPlaces | undefined,
  {
    names,
    best,
    better,
  }: { names: readonly string[]; best: number | undefined; better: "lower" | "higher" | undefined },
): string {
  const [lines, count] = [names.length, axes.length];
  const whole = inLanguage({
    en: `${lines} ${lines === 1 ? "line" : "lines"} over ${count} ${count === 1 ? "axis" : "axes"}`,
    zh: `${lines} 条线，${count} 个坐标轴`,
  });
  const direction = better
    ? inLanguage({ en: `, ${better} is better`, zh: better === "lower" ? "，越低越好" : "，越高越好" })
    : "";
  const colors =
    last &&
    inLanguage({ en: "colors and last axis: ", zh: "颜色和最后的坐标轴：" }) +
      `${plainText(last.name)}${direction}: ${last.words}`;
  const settings = (line: number) => axes.map(({ name, texts }) => `${plainText(name)} ${plainText(texts[line]!)}`);
  const apart =
    best !== undefined &&
    inLanguage({ en: "set apart: ", zh: "突出显示：" }) +
      `${plainText(names[best]!)}${last ? `, ${plainText(last.name)} ${last.texts[best]}` : ""}: ${settings(best).join(", ")}`;
  return figureText(
    [title, whole, ...(colors ? [colors] : [])],
    axes.map(({ name, words }) => `${plainText(name)}: ${words}`),
    apart ? [apart] : [],
  );
}

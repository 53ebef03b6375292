import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { forPlotly } from "../base/plain-text";
import { byName } from "./by-name";
import { bandTrace, isHeights, readBand } from "./curve-band";
import { figureText } from "./figure-text";
import { type Intervals, intervalInWords } from "./interval-lines";
import { LEGEND_ROW, legendRows, legendTexts } from "./legend";
import { aLevel, CHANCE, type Level, levelAcross } from "./level-line";
import { extent, notFinite, showNumber, showPercent } from "./numbers";
import { aFlag, aNumber, aText, either, figureOptions, type OptionKinds, type Told } from "./option-kinds";
import { PlotFigure } from "./plot-figure";
import {
  AXIS_TITLE_ROOM,
  countedTicks,
  plotAxis,
  plotConfig,
  plotLayout,
  specNumber,
  tickedLine,
  widenedRange,
} from "./plot-layout";
import { paletteColor } from "./theme";

/** One curve: its heights, at 1, 2, 3, … or at places of their own. */
export type Curve = ArrayLike<number> | CurveWithPlaces;

/** A curve that says more than its heights. */
export interface CurveWithPlaces {
  x?: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Draws the curve in the panel on the right, which has an axis of its own (accuracy beside loss). */
  panel?: "left" | "right";
  /** The lower end of a band around the curve at each place, such as that of a 95 % interval; goes with `high`. */
  low?: ArrayLike<number>;
  /** The upper end of the band. */
  high?: ArrayLike<number>;
  /** Draws dots at the measured places. Default: for up to 30 of them. */
  markers?: boolean;
}

/** A curve of a list, with its name in it: one, or one for each language. */
export interface NamedCurve extends CurveWithPlaces {
  name: Words;
}

/** How curves are drawn. */
export interface CurvesOptions {
  title?: Words;
  /** Default "epoch". */
  xTitle?: Words;
  yTitle?: Words;
  /** Title of the right panel's axis. */
  rightTitle?: Words;
  /** What guessing reaches, as a dashed line in the left panel; a number is labeled "chance". */
  chance?: number | Level;
  /** The same for the right panel. */
  rightChance?: number | Level;
  /** The right panel's values are shares of 1 and read as per cent. */
  rightPercent?: boolean;
  /** The left axis has equal steps for equal ratios. */
  logarithmic?: boolean;
  /** Keeps room for curves that still grow: the last place on the horizontal axis. */
  xMax?: number;
}

const OPTIONS: OptionKinds<CurvesOptions> = {
  title: aText,
  xTitle: aText,
  yTitle: aText,
  rightTitle: aText,
  chance: either(aNumber, aLevel),
  rightChance: either(aNumber, aLevel),
  rightPercent: aFlag,
  logarithmic: aFlag,
  xMax: aNumber,
};

const HEIGHT = 260;
const WIDE = 520;
const PANEL = 330;

interface Line {
  name: string;
  x: number[];
  y: number[];
  band: Intervals | undefined;
  right: boolean;
  markers: boolean;
  color: string;
}

/**
 * Curves over epochs or steps, such as a training's loss; accuracy goes to a panel of its own on the right.
 *
 * Each curve has a color of its own. Only the left and the right panel's curve of one thing share theirs: "validation
 * loss" and "validation accuracy", whose names differ in the last word.
 *
 * Curves are named by their keys, `{ "train loss": [2.3, 1.9] }`, or in a list, `[{ name: { en: "train loss", zh: "训练损失" },
 * y: [2.3, 1.9] }]`.
 *
 * A curve with `low` and `high` has a band around it, in its color. NaN and Infinity leave a gap in both, and the figure's
 * words count them. One value is drawn as a dot.
 *
 * @throws VitlabError when there is no curve, a curve has not as many places as heights, or a band is upside down.
 *
 * @example
 * ```ts
 * import { curves } from "vitlab";
 *
 * const figure = curves({ "train loss": [2.3, 1.9, 1.7], "validation loss": [2.3, 2.0, 1.9] }, { chance: Math.log(10) });
 * console.log(figure.text);
 * // Curves
 * // train loss: 3 values, first 2.3, last 1.7, lowest 1.7, highest 2.3
 * // validation loss: 3 values, first 2.3, last 1.9, lowest 1.9, highest 2.3
 * // chance: 2.303
 * ```
 */
export function curves(
  series: Readonly<Record<string, Curve>> | readonly NamedCurve[],
  given: CurvesOptions = {},
): PlotFigure {
  const options = figureOptions("curves", given, OPTIONS);
  const lines = colored(byName("curves", "curve", series ?? {}).map(([name, curve]) => readCurve(name, curve)));
  if (lines.length === 0)
    throw new VitlabError(`no curves: give at least one, e.g. curves({ "train loss": [2.3, 1.9] })`);
  const { title, xTitle = inLanguage({ en: "epoch", zh: "轮次" }), yTitle, rightTitle } = options;
  const right = lines.some((line) => line.right);
  const left = lines.some((line) => !line.right);
  const panels = [
    ...(left
      ? [{ lines: lines.filter((l) => !l.right), level: readLevel(options.chance), title: yTitle, percent: false }]
      : []),
    ...(right
      ? [
          {
            lines: lines.filter((l) => l.right),
            level: readLevel(options.rightChance),
            title: rightTitle,
            percent: options.rightPercent ?? false,
          },
        ]
      : []),
  ];
  const places = extent(lines.flatMap((line) => line.x));
  const xRange = widenedRange(places[0], Math.max(places[1], options.xMax ?? places[1]), 0.03);

  const panelWidth = panels.length === 2 ? PANEL : WIDE;
  const tickRoom = 40;
  const side = tickRoom + (yTitle || rightTitle ? AXIS_TITLE_ROOM : 0);
  const gap = side + 26;
  const width = panelWidth * panels.length + gap * (panels.length - 1);
  const domains = panels.map((_, index) => {
    const start = index * (panelWidth + gap);
    return [start / width, (start + panelWidth) / width];
  });
  const legends = panels.map((panel) => legendRows(panel.lines, panelWidth));
  const legendRoom = Math.max(...legends.map((rows) => rows.length)) * LEGEND_ROW;

  const layout: Record<string, unknown> = {
    ...plotLayout(
      { width, height: HEIGHT },
      { left: side, right: 10, top: legendRoom + 4, bottom: 26 + AXIS_TITLE_ROOM },
      title,
    ),
    showlegend: false,
    hovermode: "x unified",
  };
  const shapes: Record<string, unknown>[] = [];
  const annotations: Record<string, unknown>[] = [];
  const data: Record<string, unknown>[] = [];
  panels.forEach((panel, index) => {
    const suffix = index === 0 ? "" : String(index + 1);
    const values = panel.lines.flatMap(({ y, band }) => [...y, ...(band ? [...band.low, ...band.high] : [])]);
    const [low, high] = extent(panel.level ? [...values, panel.level.value] : values);
    const logarithmic = options.logarithmic === true && !panel.lines.some((l) => l.right);
    layout[`xaxis${suffix}`] = plotAxis(xTitle, {
      domain: domains[index],
      anchor: `y${suffix}`,
      range: xRange,
      ...tickedLine,
      ...countedTicks(xRange),
    });
    layout[`yaxis${suffix}`] = plotAxis(panel.title, {
      anchor: `x${suffix}`,
      nticks: 7,
      ...(panel.percent ? { tickformat: ".0%", range: widenedRange(Math.min(0, low), high, 0.06, 0) } : {}),
      ...(!panel.percent && !logarithmic && { range: widenedRange(low, high, 0.06) }),
      // Powers of ten: 1e-9, not 1n.
      ...(logarithmic && { type: "log", exponentformat: "e" }),
    });
    for (const line of panel.lines) if (line.band) data.push(bandTrace(line.band, { ...line, suffix, logarithmic }));
    for (const line of panel.lines) data.push(trace(line, suffix, panel.percent));
    if (panel.level) {
      if (logarithmic && panel.level.value <= 0)
        throw new VitlabError(`chance is ${panel.level.value}: a logarithmic axis has no place for it`);
      const level = levelAcross(panel.level, { suffix, logarithmic });
      shapes.push(level.shape);
      annotations.push(level.annotation);
    }
    annotations.push(...legendTexts(legends[index]!, domains[index]!, width));
  });
  layout.shapes = shapes;
  layout.annotations = annotations;
  return new PlotFigure({ data, layout, config: plotConfig }, summary(title, lines, options));
}

/** Gives each curve its color. */
function colored(lines: Omit<Line, "color">[]): Line[] {
  // Chinese has no space before its last word.
  const spaced = (name: string) => name.trim().replace(/(损失|准确率)$/, " $1");
  const subject = ({ name }: { name: string }) => spaced(name).split(/\s+/).slice(0, -1).join(" ");
  const inPanel = (right: boolean, of: string) => lines.filter((l) => l.right === right && subject(l) === of);
  const keys = lines.map((line) => {
    const of = subject(line);
    const isPair = of !== "" && inPanel(false, of).length === 1 && inPanel(true, of).length === 1;
    return isPair ? inPanel(false, of)[0]!.name : line.name;
  });
  const kinds = [...new Set(keys)];
  return lines.map((line, place) => ({ ...line, color: paletteColor(kinds.indexOf(keys[place]!)) }));
}

function readCurve(name: string, curve: Curve): Omit<Line, "color"> {
  const full: CurveWithPlaces = isHeights(curve) ? { y: curve } : (curve ?? {});
  if (!isHeights(full.y) || (full.x !== undefined && !isHeights(full.x)))
    throw new VitlabError(
      `curve "${name}" is ${show(curve)}: give its heights as a list of numbers, or { x: [10, 20], y: [2.3, 1.9] }`,
    );
  const y = Array.from(full.y);
  if (full.x && full.x.length !== y.length)
    throw new VitlabError(
      `curve "${name}" has ${full.x.length} places and ${y.length} heights: it takes as many of both`,
    );
  const x = full.x ? Array.from(full.x) : y.map((_, place) => place + 1);
  return {
    name,
    x,
    y,
    band: readBand(name, full, y.length),
    right: full.panel === "right",
    markers: full.markers ?? y.length <= 30,
  };
}

function readLevel(level: number | Told<Level> | undefined): Told<Level> | undefined {
  return typeof level === "number" ? { value: level, label: inLanguage(CHANCE) } : level;
}

function trace(line: Line, suffix: string, percent: boolean): Record<string, unknown> {
  const { band } = line;
  return {
    type: "scatter",
    mode: line.markers ? "lines+markers" : "lines",
    name: forPlotly(line.name),
    x: line.x.map(specNumber),
    y: line.y.map(specNumber),
    xaxis: `x${suffix}`,
    yaxis: `y${suffix}`,
    line: { color: line.color, width: 2 },
    marker: { color: line.color, size: 6 },
    hovertemplate: `${percent ? "%{y:.1%}" : "%{y:.4~g}"}${band ? "%{customdata}" : ""}`,
    ...(band && {
      customdata: line.y.map((_, place) => intervalInWords(band, place, percent ? showPercent : showNumber)),
    }),
  };
}

function summary(title: string | undefined, lines: readonly Line[], options: Told<CurvesOptions>): string {
  const described = lines.map(({ name, y, right, band }) => {
    const known = y.filter(Number.isFinite);
    const places = y.flatMap((height, place) => (Number.isFinite(height) ? [place] : []));
    const [atFirst, atLast] = [places[0], places.at(-1)].map((place) =>
      band && place !== undefined ? intervalInWords(band, place, showNumber) : "",
    );
    const [low, high] = extent(known);
    const odd = notFinite(y);
    const bandOdd = band && notFinite(band.low, band.high);
    const heights = [...y, ...(band?.low ?? [])];
    const below = options.logarithmic && !right ? heights.filter((height) => height <= 0).length : 0;
    const unseen =
      below > 0
        ? inLanguage({
            en: `; not drawn, as a logarithmic axis starts above 0: ${below}`,
            zh: `；未画出（对数坐标轴从 0 以上开始）：${below}`,
          })
        : "";
    if (known.length === 0)
      return inLanguage({
        en: `${name}: no values${odd ? ` to draw; ${odd.en}` : ""}`,
        zh: `${name}：没有数值${odd ? `可画；${odd.zh}` : ""}`,
      });
    const [first, last] = [`${showNumber(known[0]!)}${atFirst}`, `${showNumber(known.at(-1)!)}${atLast}`];
    return inLanguage({
      en: `${name}: ${y.length} values, first ${first}, last ${last}, lowest ${showNumber(low)}, highest ${showNumber(high)}${odd ? `; ${odd.en}` : ""}${bandOdd ? `; in its band ${bandOdd.en}` : ""}${unseen}`,
      zh: `${name}：${y.length} 个值，首个 ${first}，末个 ${last}，最低 ${showNumber(low)}，最高 ${showNumber(high)}${odd ? `；${odd.zh}` : ""}${bandOdd ? `；区间带中 ${bandOdd.zh}` : ""}${unseen}`,
    });
  });
  const levels = [readLevel(options.chance), readLevel(options.rightChance)]
    .filter((level) => level !== undefined)
    .map((level) => `${level.label}: ${showNumber(level.value)}`);
  return figureText([title ?? inLanguage({ en: "Curves", zh: "曲线" })], described, levels);
}

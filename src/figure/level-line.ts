import { type InBoth, inLanguage, type Words } from "../base/language";
import { forPlotly, plainText } from "../base/plain-text";
import { roomForText } from "./fonts";
import { aNumber, aText, type OptionKind, type Told } from "./option-kinds";
import { specNumber } from "./plot-layout";
import { theme } from "./theme";

/** A line to compare with, and its name. */
export interface Level {
  value: number;
  label: Words;
}

/** The name of what guessing reaches. */
export const CHANCE: InBoth = { en: "chance", zh: "随机水平" };
/** The name of what each would get if all got the same. */
export const UNIFORM: InBoth = { en: "uniform", zh: "均匀" };

/** The option that names a line to compare with. */
export const aLevel: OptionKind = {
  takes: (value: unknown) =>
    typeof value === "object" &&
    value !== null &&
    aNumber.takes((value as Level).value) &&
    aText.takes((value as Level).label),
  expected: '{ value: 2.3, label: "chance" }',
  told: ({ value, label }: Level): Told<Level> => ({ value, label: inLanguage(label) }),
};

/** Room that the name of an upright line takes above a plot. */
export const LEVEL_ROOM = 20;

const line = { color: theme.mutedInk, width: 1.5, dash: "dash" };
const font = { size: theme.labelSize, color: theme.mutedInk };

/** Room that the name of a line takes on the right of a panel. */
export function levelLabelRoom({ label }: Told<Level>): number {
  return roomForText([label], { size: theme.labelSize }) + 8;
}

/** A line as a figure's words tell it, its value as `shown` writes it. */
export function levelInWords({ value, label }: Told<Level>, shown: (value: number) => string): string {
  return inLanguage({
    en: `line at ${shown(value)}: ${plainText(label)}`,
    zh: `${shown(value)} 处的线：${plainText(label)}`,
  });
}

/** A line across a panel at a height, and its name: above the line's right end, or beside the panel. */
export function levelAcross(
  { value, label }: Told<Level>,
  {
    suffix = "",
    logarithmic = false,
    beside = false,
  }: { suffix?: string; logarithmic?: boolean; beside?: boolean } = {},
) {
  const ends = { x0: 0, x1: 1, y0: value, y1: value };
  return {
    shape: { type: "line", xref: `x${suffix} domain`, yref: `y${suffix}`, ...ends, line },
    annotation: {
      text: forPlotly(label),
      xref: `x${suffix} domain`,
      yref: `y${suffix}`,
      x: 1,
      y: logarithmic ? Math.log10(value) : value,
      ...(beside
        ? { xanchor: "left", xshift: 6, yanchor: "middle", borderpad: 0 }
        : { xanchor: "right", yanchor: "bottom" }),
      showarrow: false,
      font,
    },
  };
}

/**
 * A line from the bottom of a panel to its top, below what is drawn, and its name above, which stays within the panel where
 * its `range` is told.
 */
export function levelUpright({ value, label }: Told<Level>, suffix: string, range?: readonly [number, number]) {
  const x = specNumber(value);
  const share = range ? (value - range[0]) / (range[1] - range[0]) : 0.5;
  const xanchor = share < 0.25 ? "left" : share > 0.75 ? "right" : "center";
  const axes = { xref: `x${suffix}`, yref: "paper" };
  return {
    shape: { type: "line", layer: "below", ...axes, x0: x, x1: x, y0: 0, y1: 1, line },
    annotation: { text: forPlotly(label), ...axes, x, xanchor, y: 1, yanchor: "bottom", showarrow: false, font },
  };
}

import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { inLanguage, isWords, type Words } from "../base/language";
import { plainText } from "../base/plain-text";
import { axisTicks } from "./axis-ticks";
import { extent, showNumber } from "./numbers";
import { indexTicks } from "./plot-layout";

/** One of several upright axes: a value for each line, a number or a word. */
export interface ParallelAxis {
  /** A number or a word for each line; null, undefined and NaN where a line has none. With a word among them all are words. */
  values: ArrayLike<number | Words | null | undefined>;
  /** Equal steps for equal ratios. */
  logarithmic?: boolean;
  /** The words of the axis from the bottom up. Default: as they come first. */
  order?: readonly Words[];
}

/** How a number of an axis is written. */
type Shown = (value: number) => string;

/** An axis as it is drawn. */
export interface AxisPlaces {
  name: string;
  /** Where each line crosses the axis, from 0 at the bottom to 1; null where it has no value. */
  places: (number | null)[];
  ticks: { place: number; text: string }[];
  /** Each line's value. */
  texts: string[];
  /** What is seen on the axis. */
  words: string;
}

/** What stands for a value that isn't there. */
export const noValue = () => inLanguage({ en: "none", zh: "无" });

/** How many words of an axis a figure's text names. */
const MOST_WORDS = 8;
const LABEL_HEIGHT = 17;

/**
 * Where lines cross an axis `height` pixels long; `ranks` has the numbers of all lines in the order in which those of one word
 * lie beside each other, from the bottom up.
 *
 * @throws VitlabError when a value is neither a number nor a word, or none that a logarithmic axis has.
 */
export function axisPlaces(
  name: string,
  axis: ParallelAxis,
  { ranks, height, shown = showNumber }: { ranks: readonly number[]; height: number; shown?: Shown },
): AxisPlaces {
  const { values, logarithmic = false, order } = axis;
  const all = Array.from(values, (value, line) => readValue(name, value, line));
  if (all.some((value) => typeof value === "string") || order)
    return wordPlaces(name, all, (order ?? []).map(inLanguage), ranks, height);
  return numberPlaces(name, all as (number | null)[], logarithmic, shown);
}

function readValue(name: string, value: unknown, line: number): number | string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (isWords(value)) return inLanguage(value);
  throw new VitlabError(`axis "${name}" has ${show(value)} for line ${line}: give a number, a text, or null for none`);
}

function numberPlaces(
  name: string,
  values: readonly (number | null)[],
  logarithmic: boolean,
  shown: Shown,
): AxisPlaces {
  const known = values.filter((value) => value !== null);
  const [low, high] = extent(known);
  if (logarithmic && known.length > 0 && low <= 0)
    throw new VitlabError(
      `axis "${name}" has ${showNumber(low)}: a logarithmic axis has no place for it; leave logarithmic out, or give null`,
    );
  const scaled = (value: number) => (logarithmic ? Math.log(value) : value);
  const span = scaled(high) - scaled(low);
  const placeOf = (value: number) => (span > 0 ? (scaled(value) - scaled(low)) / span : 0.5);
  const ticks = known.length > 0 ? axisTicks(low, high, { logarithmic }) : [];
  const range =
    known.length === 0
      ? noValue()
      : low === high
        ? shown(low)
        : inLanguage({
            en: `from ${shown(low)} to ${shown(high)}${logarithmic ? ", logarithmic" : ""}`,
            zh: `从 ${shown(low)} 到 ${shown(high)}${logarithmic ? "，对数刻度" : ""}`,
          });
  return {
    name,
    places: values.map((value) => (value === null ? null : placeOf(value))),
    ticks: ticks.map((tick) => ({ place: placeOf(tick), text: shown(tick).replace("-", "−") })),
    texts: values.map((value) => (value === null ? noValue() : shown(value))),
    words: `${range}${known.length > 0 ? missingInWords(values.length - known.length) : ""}`,
  };
}

function wordPlaces(
  name: string,
  values: readonly (number | string | null)[],
  order: readonly string[],
  ranks: readonly number[],
  height: number,
): AxisPlaces {
  const told = values.map((value) => (typeof value === "number" ? showNumber(value) : value));
  const words = [...new Set([...order, ...told.filter((word) => word !== null)])];
  const middle = (index: number) => (index + 0.5) / words.length;
  const places: (number | null)[] = told.map(() => null);
  const counts = words.map((word, index) => {
    const lines = ranks.filter((line) => told[line] === word);
    // Lines of one word lie beside each other: all at one place they would hide each other on the way to the next.
    const width = Math.min(0.5 / words.length, lines.length * 0.012);
    lines.forEach((line, rank) => {
      places[line] = middle(index) + (lines.length > 1 ? (rank / (lines.length - 1) - 0.5) * width : 0);
    });
    return `${plainText(word)} (${lines.length})`;
  });
  const labeled = indexTicks(words.length, height, LABEL_HEIGHT);
  const more = counts.length - MOST_WORDS;
  const rest = more > 0 ? inLanguage({ en: ` and ${more} more`, zh: ` 等，另有 ${more} 个` }) : "";
  return {
    name,
    places,
    ticks: labeled.map((index) => ({ place: middle(index), text: words[index]! })),
    texts: told.map((word) => word ?? noValue()),
    words: `${counts.slice(0, MOST_WORDS).join(", ")}${rest}${missingInWords(told.filter((word) => word === null).length)}`,
  };
}

function missingInWords(count: number): string {
  if (count === 0) return "";
  return inLanguage({ en: `; none for ${count} ${count === 1 ? "line" : "lines"}`, zh: `；${count} 条线没有值` });
}

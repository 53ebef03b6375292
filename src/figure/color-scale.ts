import { VitlabError } from "../base/error";

/** Colors for numbers, each readable without color vision: brightness alone tells more from less. */
export type ColorScaleName = "viridis" | "blues" | "inferno" | "diverging" | "gray";

/** Red, green and blue from 0 to 255. */
export type Rgb = readonly [number, number, number];

/** The numbers that get the first and the last color. */
export interface ColorRange {
  zmin: number;
  zmax: number;
}

// Viridis and inferno: Smith and van der Walt, matplotlib (2015, CC0). Blues: ColorBrewer's hues. Diverging: blue for
// less than the middle, orange for more, white for the middle.
const STOPS: Record<ColorScaleName, readonly string[]> = {
  viridis: [
    "#440154",
    "#482878",
    "#3e4a89",
    "#31688e",
    "#26828e",
    "#1f9e89",
    "#35b779",
    "#6dcd59",
    "#b4de2c",
    "#fde725",
  ],
  inferno: [
    "#000004",
    "#1b0c41",
    "#4a0c6b",
    "#781c6d",
    "#a52c60",
    "#cf4446",
    "#ed6925",
    "#fb9b06",
    "#f7d13d",
    "#fcffa4",
  ],
  blues: ["#ffffff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c", "#08306b"],
  diverging: ["#053061", "#2166ac", "#4393c3", "#92c5de", "#ffffff", "#fdb863", "#e08214", "#b35806", "#7f3b08"],
  gray: ["#000000", "#ffffff"],
};

/** The names of all color scales. */
export const colorScaleNames = Object.keys(STOPS) as ColorScaleName[];

/** A color scale as Plotly writes it: pairs of a place from 0 to 1 and a color. */
export function plotlyColorScale(name: ColorScaleName): [number, string][] {
  const stops = stopsOf(name);
  return stops.map((color, index) => [Number((index / (stops.length - 1)).toFixed(4)), color]);
}

/** The color at `place` (0 to 1; what lies outside is taken to the nearer end). */
export function scaleColor(name: ColorScaleName, place: number): Rgb {
  const stops = stopsOf(name);
  const position = Math.min(1, Math.max(0, place)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(position));
  const [from, to] = [channels(stops[index]!), channels(stops[index + 1]!)];
  return [0, 1, 2].map((c) => Math.round(from[c]! + (to[c]! - from[c]!) * (position - index))) as unknown as Rgb;
}

/** Range and colors that suit numbers from `low` to `high`: those of both signs get white for 0. */
export function suitableScale(low: number, high: number): ColorRange & { name: ColorScaleName } {
  if (low < 0 && high > 0) {
    const reach = Math.max(-low, high);
    return { name: "diverging", zmin: -reach, zmax: reach };
  }
  // A step that is still seen in five digits.
  const above = low < high ? high : low + Math.max(1, Math.abs(low) / 1000);
  return { name: "viridis", zmin: low, zmax: above };
}

/**
 * The same where a reader chose one end of the range, or both: what was chosen stays.
 *
 * @throws VitlabError when the first color's number isn't below the last's.
 */
export function chosenScale(
  [low, high]: readonly [number, number],
  { zmin, zmax, colorScale }: Partial<ColorRange> & { colorScale?: ColorScaleName },
): ColorRange & { name: ColorScaleName } {
  if (zmin !== undefined && zmax !== undefined && zmin >= zmax)
    throw new VitlabError(`zmin is ${zmin} and zmax is ${zmax}: zmin must be below zmax`);
  const below = zmin === undefined && zmax !== undefined && low >= zmax;
  const suited = suitableScale(below ? zmax - 1 : (zmin ?? low), zmax ?? high);
  const range = { zmin: zmin ?? suited.zmin, zmax: zmax ?? suited.zmax };
  // White means 0 only where 0 is in the middle.
  const name = suited.name === "diverging" && range.zmin !== -range.zmax ? "viridis" : suited.name;
  return { name: colorScale ?? name, ...range };
}

function stopsOf(name: ColorScaleName): readonly string[] {
  const stops = STOPS[name];
  if (!stops) throw new VitlabError(`color scale "${name}" is unknown: use one of ${colorScaleNames.join(", ")}`);
  return stops;
}

function channels(color: string): Rgb {
  return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16)) as unknown as Rgb;
}

import { inLanguage, type Words } from "../base/language";
import { aText, type OptionKind, type Told } from "./option-kinds";
import { drawOutline, type Place, type Sheet } from "./sheet";
import { paletteColor } from "./theme";

/** Patches to set apart: their indices, or a name for each index. */
export type PatchHighlight = readonly number[] | Readonly<Record<number, Words>>;

/** The option that names patches. */
export const aHighlight: OptionKind = {
  takes: (value) =>
    Array.isArray(value)
      ? value.every(Number.isSafeInteger)
      : typeof value === "object" && value !== null && Object.values(value).every(aText.takes),
  expected: 'patches by number, such as [10, 20] or { 10: "ear" }',
  told: (value: PatchHighlight): Told<PatchHighlight> =>
    Array.isArray(value)
      ? (value as readonly number[])
      : Object.fromEntries(Object.entries(value).map(([index, name]: [string, Words]) => [index, inLanguage(name)])),
};

/** A patch that is set apart. */
export interface PatchMark {
  index: number;
  /** Empty when it has none. */
  name: string;
  color: string;
}

/** The patches to set apart, in order: those of one name in one color, those without a name each in its own. */
export function readHighlight(highlight: Told<PatchHighlight> | undefined): PatchMark[] {
  if (!highlight) return [];
  const named: [number, string][] = Array.isArray(highlight)
    ? highlight.map((index: number) => [index, ""])
    : Object.entries(highlight).map(([index, name]) => [Number(index), name]);
  const kinds = [...new Set(named.map(([index, name]) => name || index))];
  return named.map(([index, name]) => ({ index, name, color: markColor(kinds.indexOf(name || index)) }));
}

/** Color of the kind of highlight that comes as number `order`. */
export function markColor(order: number): string {
  // The palette's second color stands out from any photograph best.
  return paletteColor(order + 1);
}

/** Outlines a patch so that it is seen on any image. */
export function drawHighlight(sheet: Sheet, place: Place, color: string): void {
  const around = { x: place.x - 2, y: place.y - 2, width: place.width + 4, height: place.height + 4 };
  drawOutline(sheet, around, "#ffffff", 5);
  drawOutline(sheet, { x: place.x - 1, y: place.y - 1, width: place.width + 2, height: place.height + 2 }, color, 3);
}

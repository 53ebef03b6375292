import { aText, type OptionKind } from "./option-kinds";
import { drawOutline, type Place, type Sheet } from "./sheet";
import { paletteColor } from "./theme";

/** Patches to set apart: their indices, or a name for each index. */
export type PatchHighlight = readonly number[] | Readonly<Record<number, string>>;

/** The option that names patches. */
export const aHighlight: OptionKind = {
  takes: (value) =>
    Array.isArray(value)
      ? value.every(Number.isSafeInteger)
      : typeof value === "object" && value !== null && Object.values(value).every(aText.takes),
  expected: 'patches by number, such as [10, 20] or { 10: "ear" }',
};

/** The patches to set apart, in order, with their names. */
export function readHighlight(highlight: PatchHighlight | undefined): { index: number; name: string }[] {
  if (!highlight) return [];
  if (Array.isArray(highlight)) return highlight.map((index: number) => ({ index, name: "" }));
  return Object.entries(highlight).map(([index, name]) => ({ index: Number(index), name }));
}

/** Colour of the highlight that comes as number `order`. */
export function markColor(order: number): string {
  // The palette's second colour stands out from any photograph best.
  return paletteColor(order + 1);
}

/** Outlines a patch so that it is seen on any image. */
export function drawHighlight(sheet: Sheet, place: Place, color: string): void {
  const around = { x: place.x - 2, y: place.y - 2, width: place.width + 4, height: place.height + 4 };
  drawOutline(sheet, around, "#ffffff", 5);
  drawOutline(sheet, { x: place.x - 1, y: place.y - 1, width: place.width + 2, height: place.height + 2 }, color, 3);
}

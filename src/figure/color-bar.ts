import { type ColorRange, type ColorScaleName, scaleColor } from "./color-scale";
import { widestText } from "./fonts";
import { showNumber } from "./numbers";
import { captionLines, captionStyle, drawText, type Place, type Sheet } from "./sheet";
import { theme } from "./theme";

/** Width that a color bar takes with its numbers. */
export const COLOR_BAR_ROOM = 76;

/** A number to mark beside the bar, and its name. */
export interface ColorBarMark {
  value: number;
  label: string;
}

/** Width that the title of a color bar takes besides. */
export const COLOR_BAR_TITLE_ROOM = 36;
const TITLE_LINE = 16;

/** Draws a color scale from the bottom up, its ends and marked values labeled; what the values are stands along it. */
export function drawColorBar(
  sheet: Sheet,
  place: Place,
  colorScale: ColorScaleName,
  { zmin, zmax }: ColorRange,
  marks: readonly ColorBarMark[] = [],
  title = "",
): void {
  const { context } = sheet;
  const steps = Math.round(place.height);
  for (let step = 0; step < steps; step++) {
    const [r, g, b] = scaleColor(colorScale, 1 - step / (steps - 1));
    context.fillStyle = `rgb(${r}, ${g}, ${b})`;
    context.fillRect(place.x, place.y + step, place.width, Math.min(1, place.height - step));
  }
  const ends = [
    { value: zmax, label: showNumber(zmax) },
    { value: zmin, label: showNumber(zmin) },
  ];
  const yOf = (value: number) => place.y + place.height * (1 - (value - zmin) / (zmax - zmin));
  const written: number[] = [];
  for (const { value, label } of [...ends, ...marks]) {
    const y = yOf(value);
    const middle = Math.min(place.y + place.height - 6, Math.max(place.y + 6, y));
    // A mark close to an end would be written over its number.
    if (written.some((other) => Math.abs(other - middle) < 14)) continue;
    written.push(middle);
    context.fillStyle = theme.axisLine;
    context.fillRect(place.x + place.width, y - 0.5, 4, 1);
    drawText(sheet, label.replace("-", "−"), place.x + place.width + 7, middle, captionStyle);
  }
  if (!title) return;
  const labels = [...ends, ...marks].map(({ label }) => label);
  context.save();
  context.translate(place.x + place.width + 17 + widestText(labels, captionStyle), place.y + place.height / 2);
  context.rotate(-Math.PI / 2);
  captionLines(title, place.height).forEach((line, index) => {
    drawText(sheet, line, 0, index * TITLE_LINE, { ...captionStyle, align: "center" });
  });
  context.restore();
}

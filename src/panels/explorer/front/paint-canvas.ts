import { type ColorScaleName, type Rgb, scaleColor } from "../../../figure/color-scale";

/** Numbers as colors. */
export interface Coloring {
  readonly scale: ColorScaleName;
  readonly low: number;
  readonly high: number;
  /** Colors go by the square root of the place between both ends: what is small is still told apart. */
  readonly root?: boolean;
}

export function colorOf(value: number, coloring: Coloring): Rgb {
  return scaleColor(coloring.scale, placeOf(value, coloring));
}

/** From 0 to 1. */
function placeOf(value: number, { low, high, root = false }: Coloring): number {
  const place = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0;
  return root ? Math.sqrt(place) : place;
}

/** As CSS has it. */
export function cssColor([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** Black or white, whichever is read better on a color (WCAG 2.2, relative luminance). */
export function inkOn(color: Rgb): "#000" | "#fff" {
  const [red, green, blue] = color.map((byte) => {
    const c = byte / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? "#000" : "#fff";
}

/** Colors of a scale, in so many steps that no eye tells two apart. */
const STEPS = 256;
const tables = new Map<ColorScaleName, Uint8Array>();

function tableOf(scale: ColorScaleName): Uint8Array {
  const known = tables.get(scale);
  if (known) return known;
  const table = new Uint8Array(3 * STEPS);
  for (let i = 0; i < STEPS; i++) table.set(scaleColor(scale, i / (STEPS - 1)), 3 * i);
  tables.set(scale, table);
  return table;
}

/** Paints a pixel for each number, row by row; `opacity` says from 0 to 1 how much of it is seen. The page enlarges them. */
export function paintValues(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  columns: number,
  coloring: Coloring,
  opacity?: (value: number) => number,
): void {
  const table = tableOf(coloring.scale);
  paint(canvas, columns, Math.ceil(values.length / columns), (data) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const step = 3 * Math.round(placeOf(value, coloring) * (STEPS - 1));
      data[4 * i] = table[step]!;
      data[4 * i + 1] = table[step + 1]!;
      data[4 * i + 2] = table[step + 2]!;
      data[4 * i + 3] = opacity ? Math.round(255 * opacity(value)) : 255;
    }
  });
}

/** Paints bytes of red, green and blue. */
export function paintPixels(canvas: HTMLCanvasElement, width: number, height: number, pixels: ArrayLike<number>): void {
  paint(canvas, width, height, (data) => {
    for (let i = 0; i < width * height; i++) {
      data[4 * i] = pixels[3 * i]!;
      data[4 * i + 1] = pixels[3 * i + 1]!;
      data[4 * i + 2] = pixels[3 * i + 2]!;
      data[4 * i + 3] = 255;
    }
  });
}

function paint(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  fill: (data: Uint8ClampedArray) => void,
): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  // What is written often and never drawn on is kept beside the processor.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return;
  const image = context.createImageData(width, height);
  fill(image.data);
  context.putImageData(image, 0, 0);
}

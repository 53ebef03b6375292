import { type ColorScaleName, type Rgb, scaleColor } from "../../../figure/color-scale";

/** Numbers as colors. */
export interface Coloring {
  readonly scale: ColorScaleName;
  readonly low: number;
  readonly high: number;
  /** Colors go by the square root of the place between both ends: what is small is still told apart. */
  readonly root?: boolean;
}

export function colorOf(value: number, { scale, low, high, root = false }: Coloring): Rgb {
  const place = high > low ? Math.max(0, (value - low) / (high - low)) : 0;
  return scaleColor(scale, root ? Math.sqrt(place) : place);
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

/** Paints one pixel for each color, with its opacity from 0 to 1; the page enlarges them. */
export function paintCanvas(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  color: (i: number) => Rgb,
  opacity: (i: number) => number = () => 1,
): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([...color(i), Math.round(255 * opacity(i))], 4 * i);
  context.putImageData(image, 0, 0);
}

/** Paints numbers, row by row. */
export function paintValues(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  columns: number,
  coloring: Coloring,
): void {
  paintCanvas(canvas, columns, Math.ceil(values.length / columns), (i) => colorOf(values[i] ?? coloring.low, coloring));
}

/** Paints bytes of red, green and blue. */
export function paintPixels(canvas: HTMLCanvasElement, width: number, height: number, pixels: ArrayLike<number>): void {
  paintCanvas(canvas, width, height, (i) => [pixels[3 * i]!, pixels[3 * i + 1]!, pixels[3 * i + 2]!]);
}

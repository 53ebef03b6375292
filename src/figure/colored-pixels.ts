import { type ColorRange, type ColorScaleName, scaleColor } from "./color-scale";
import type { RgbaImage } from "./pixels";

/** Numbers as colored pixels; what isn't finite stays blank. */
export function coloredPixels(
  size: { width: number; height: number },
  values: Float64Array,
  { zmin, zmax }: ColorRange,
  colorScale: ColorScaleName,
): RgbaImage {
  const rgba = new Uint8ClampedArray(values.length * 4);
  values.forEach((value, index) => {
    if (Number.isFinite(value)) rgba.set([...scaleColor(colorScale, (value - zmin) / (zmax - zmin)), 255], index * 4);
  });
  return { ...size, rgba };
}

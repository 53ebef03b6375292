import type { Random } from "../../base/random";
import { type Color, mix, paletteColor } from "../shapes/color";

const GRAY: Color = [128, 128, 128];

/** A color of the palette on its way to gray: far from black and from white. */
export function dullColor(random: Random): Color {
  return mix(paletteColor(random), GRAY, 0.35);
}

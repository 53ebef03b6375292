import type { Random } from "../../base/random";

/** Red, green, blue, each from 0 to 255. */
export type Color = readonly [number, number, number];

// One palette for every class and every background: a color says nothing about the class.
const PALETTE: readonly Color[] = [
  [124, 86, 62],
  [198, 156, 110],
  [236, 216, 180],
  [224, 136, 62],
  [172, 80, 52],
  [66, 64, 72],
  [140, 140, 146],
  [204, 204, 208],
  [244, 242, 236],
  [204, 66, 62],
  [242, 202, 84],
  [132, 142, 72],
  [86, 154, 90],
  [62, 142, 142],
  [122, 182, 222],
  [72, 106, 184],
  [130, 96, 164],
  [232, 152, 172],
];

/** A color of the palette, varied a little. */
export function paletteColor(random: Random): Color {
  const [red, green, blue] = PALETTE[random.integer(PALETTE.length)] as Color;
  return [red + random.uniform(-14, 14), green + random.uniform(-14, 14), blue + random.uniform(-14, 14)];
}

/** A color of the palette that stands out from another. */
export function contrastingColor(random: Random, from: Color, distance: number): Color {
  for (;;) {
    const color = paletteColor(random);
    if (colorDistance(color, from) >= distance) return color;
  }
}

/** How far apart two colors are, 0 to 441. */
function colorDistance(a: Color, b: Color): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** The color a part of the way from `a` (0) to `b` (1). */
export function mix(a: Color, b: Color, part: number): Color {
  return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part];
}

import type { Random } from "../../base/random";
import type { Point } from "../landmarks";
import type { Color } from "../shapes/color";
import { Pen } from "../shapes/pen";
import { rectangle } from "../shapes/shape";

/** An image has this many cells in each direction: with 32 pixels, patches of 4x4. */
export const CELLS = 8;

/** The two halves of a tile: the first lies above, until the tile is turned by so many quarters. */
export interface Halves {
  colors: readonly [Color, Color];
  turn: number;
}

/** Draws a square of two halves, of random size, at a random place wholly inside a cell; returns its center in pixels. */
export function drawTile(
  pixels: Float32Array,
  size: number,
  cell: number,
  { colors, turn }: Halves,
  random: Random,
): Point {
  const side = size / CELLS;
  const reach = random.uniform(0.85, 1) * (side / 2);
  const slack = side / 2 - reach;
  const x = ((cell % CELLS) + 0.5) * side + random.uniform(-slack, slack);
  const y = (Math.floor(cell / CELLS) + 0.5) * side + random.uniform(-slack, slack);
  const angle = (turn * Math.PI) / 2;
  const pen = new Pen(size, { x, y, scaleX: reach, scaleY: reach, angle, mirrored: false }, pixels);
  const [above, below] = colors;
  pen.fill(rectangle(-1, -1, 1, 1), below);
  pen.fill(rectangle(-1, -1, 1, 0), above);
  return { x, y };
}

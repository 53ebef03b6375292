import type { Random } from "../../base/random";
import type { Point } from "../landmarks";
import type { Color } from "../shapes/color";
import { Pen } from "../shapes/pen";
import { rectangle, type Shape } from "../shapes/shape";

/** An image has this many cells in each direction: with 32 pixels, patches of 4x4. */
export const CELLS = 8;

/** How a tile is cut in two colors: a half, two quarters that touch in the middle, or the band between two edges. */
export type Cut = "half" | "quarters" | "band";

/** A tile of two colors: what is cut out has the first; a half lies above, and a band across, until it is turned. */
export interface Tile {
  cut: Cut;
  colors: readonly [Color, Color];
  /** By so many quarters, clockwise. */
  turn: number;
  /** Its side as a share of a cell's: between these two. */
  sides: readonly [number, number];
}

const PARTS: Record<Cut, readonly Shape[]> = {
  half: [rectangle(-1, -1, 1, 0)],
  quarters: [rectangle(-1, -1, 0, 0), rectangle(0, 0, 1, 1)],
  band: [rectangle(-1, -0.5, 1, 0.5)],
};

/** Draws a square of two colors, of random size, at a random place wholly inside a cell; returns its center in pixels. */
export function drawTile(
  pixels: Float32Array,
  size: number,
  cell: number,
  { cut, colors, turn, sides }: Tile,
  random: Random,
): Point {
  const side = size / CELLS;
  const reach = random.uniform(...sides) * (side / 2);
  const slack = side / 2 - reach;
  const x = ((cell % CELLS) + 0.5) * side + random.uniform(-slack, slack);
  const y = (Math.floor(cell / CELLS) + 0.5) * side + random.uniform(-slack, slack);
  const angle = (turn * Math.PI) / 2;
  const pen = new Pen(size, { x, y, scaleX: reach, scaleY: reach, angle, mirrored: false }, pixels);
  const [first, second] = colors;
  pen.fill(rectangle(-1, -1, 1, 1), second);
  for (const part of PARTS[cut]) pen.fill(part, first);
  return { x, y };
}

import type { Random } from "../../base/random";
import type { Color } from "../shapes/color";
import { dullColor } from "./dull-color";
import { drawTile, type Tile } from "./tile";

/**
 * Draws tiles that mean nothing into cells. Some are as black and white as marks are, cut otherwise and a little larger: who
 * looks for edges, or for black beside white, finds these as well. Some have two halves as marks have, in other colors. Some have
 * the black or the white of marks all over; in one image these are all black or all white, so that no two of them side by
 * side pass for a mark.
 */
export function drawDistractors(
  pixels: Float32Array,
  size: number,
  cells: readonly number[],
  { marks, plain }: { marks: readonly [Color, Color]; plain: Color },
  random: Random,
): void {
  for (const cell of cells) drawTile(pixels, size, cell, distractor(marks, plain, random), random);
}

const SIDES = [0.85, 1] as const;

function distractor(marks: readonly [Color, Color], plain: Color, random: Random): Tile {
  const kind = random.float();
  const shape = { turn: random.integer(4), sides: SIDES };
  if (kind < 0.5) return { cut: random.float() < 0.5 ? "quarters" : "band", colors: marks, ...shape };
  if (kind < 0.65) return { cut: "half", colors: [plain, plain], ...shape };
  return { cut: "half", colors: [dullColor(random), dullColor(random)], ...shape };
}

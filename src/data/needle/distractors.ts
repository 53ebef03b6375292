import type { Random } from "../../base/random";
import type { Color } from "../shapes/color";
import { dullColor } from "./dull-color";
import { drawTile } from "./tile";

/**
 * Draws tiles that mean nothing into cells: some have two halves as marks have, in other colors; some have the black or the
 * white of marks, all over. In one image these are all black or all white, so that no two of them side by side pass for a mark.
 */
export function drawDistractors(
  pixels: Float32Array,
  size: number,
  cells: readonly number[],
  plain: Color,
  random: Random,
): void {
  for (const cell of cells) {
    const colors = random.float() < 0.3 ? ([plain, plain] as const) : ([dullColor(random), dullColor(random)] as const);
    drawTile(pixels, size, cell, { colors, turn: random.integer(4) }, random);
  }
}

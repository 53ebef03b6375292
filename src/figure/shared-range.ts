import { VitlabError } from "../base/error";
import { type ColorRange, suitableScale } from "./color-scale";
import { extent, type NumbersInput, toNumbers } from "./numbers";

/**
 * One range of colors for figures that are to be compared: `heatmap(a, { ...sharedRange([a, b]) })`.
 *
 * From the smallest to the largest finite number of all of them; equally far on both sides of 0 where both signs occur.
 *
 * @throws VitlabError when there is nothing to compare, or one of them holds no numbers.
 *
 * @example
 * ```ts
 * import { sharedRange } from "vitlab";
 *
 * console.log(sharedRange([[[0, 1]], [[2, 3]]])); // { zmin: 0, zmax: 3 }
 * // Where both signs occur, 0 lies in the middle.
 * console.log(sharedRange([[[-1, 4]]])); // { zmin: -4, zmax: 4 }
 * ```
 */
export function sharedRange(matrices: readonly NumbersInput[]): ColorRange {
  if (!Array.isArray(matrices) || matrices.length === 0)
    throw new VitlabError("sharedRange takes a list of what is to be compared, such as sharedRange([first, second])");
  const all = matrices.map((matrix, index) => toNumbers(matrix, `matrix ${index}`).values);
  const ends = all.filter((values) => values.some(Number.isFinite)).flatMap(extent);
  const { zmin, zmax } = suitableScale(...extent(ends));
  return { zmin, zmax };
}

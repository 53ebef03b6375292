import { VitlabError } from "../base/error";

/** What tells tokens apart: learned vectors, fixed sines and cosines of one index or of row and column, or nothing. */
export type Positions = "learned" | "sincos1d" | "sincos2d" | "none";

/** The names `Positions` takes. */
export const POSITIONS: readonly Positions[] = ["learned", "sincos1d", "sincos2d", "none"];

/**
 * Sines and cosines of the index: column 2i is `sin(p / 10000^(2i/dim))`, column 2i + 1 its cosine (Vaswani et al.,
 * "Attention Is All You Need", 2017, section 3.5).
 *
 * @returns `[count, dim]`, row by row
 * @throws VitlabError when dim is odd.
 *
 * @example
 * ```ts
 * import { sincos1d } from "vitlab";
 *
 * // At place 0 all sines are 0 and all cosines 1.
 * const table = sincos1d(65, 32);
 * console.log(table.length, table.slice(0, 4)); // 2080 Float32Array(4) [ 0, 1, 0, 1 ]
 * ```
 */
export function sincos1d(count: number, dim: number): Float32Array {
  checkPositions("sincos1d", dim);
  const table = new Float32Array(count * dim);
  for (let position = 0; position < count; position++)
    for (let column = 0; column < dim; column++) {
      const angle = position / 10000 ** ((column - (column % 2)) / dim);
      table[position * dim + column] = column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  return table;
}

/**
 * Sines and cosines of column x and row y of the patch grid, a quarter of the features each: `[sin x, cos x, sin y, cos y]`
 * with frequencies `10000^(-i / (dim/4 - 1))` (Beyer, Zhai and Kolesnikov, "Better plain ViT baselines for ImageNet-1k",
 * 2022, and its code in big_vision).
 *
 * @returns `[rows · columns, dim]`, row by row
 * @throws VitlabError when 4 doesn't divide dim, or dim is below 8.
 *
 * @example
 * ```ts
 * import { sincos2d } from "vitlab";
 *
 * // Of 64 patches; those of one row have the half that tells the row in common.
 * const table = sincos2d(8, 8, 16);
 * const half = (patch: number) => table.slice(patch * 16 + 8, patch * 16 + 16).join();
 * console.log(half(0) === half(7), half(0) === half(8)); // true false
 * ```
 */
export function sincos2d(rows: number, columns: number, dim: number): Float32Array {
  checkPositions("sincos2d", dim);
  const quarter = dim / 4;
  const table = new Float32Array(rows * columns * dim);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let i = 0; i < quarter; i++) {
        const frequency = 10000 ** (-i / (quarter - 1));
        const start = (row * columns + column) * dim + i;
        table[start] = Math.sin(column * frequency);
        table[start + quarter] = Math.cos(column * frequency);
        table[start + 2 * quarter] = Math.sin(row * frequency);
        table[start + 3 * quarter] = Math.cos(row * frequency);
      }
  return table;
}

/** Whether sines and cosines of row and column can be dim long. */
export function hasSincos2d(dim: number): boolean {
  return dim % 4 === 0 && dim >= 8;
}

/** @throws VitlabError when positions of that kind can't be dim long. */
export function checkPositions(positions: Positions, dim: number): void {
  if (positions === "sincos1d" && dim % 2 !== 0)
    throw new VitlabError(`sincos1d positions need an even dim, got ${dim}; choose an even dim`);
  if (positions === "sincos2d" && !hasSincos2d(dim))
    throw new VitlabError(`sincos2d positions need a dim of 8 or more that 4 divides, got ${dim}; choose such a dim`);
}

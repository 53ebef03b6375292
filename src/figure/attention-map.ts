import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { type ColorRange, type ColorScaleName, type Rgb, scaleColor } from "./color-scale";
import { extent, type NumbersInput, notFinite, toNumbers } from "./numbers";
import { patchLayout } from "./patches";
import type { RgbaImage } from "./pixels";
import type { Rectangle } from "./rectangle";

/** How many rows and columns of patches a model cuts its image into. */
export interface Grid {
  rows: number;
  columns: number;
}

/** One weight for each patch of an image. */
export interface PatchWeights {
  grid: Grid;
  /** Row by row; those of the class token are left out. */
  values: Float64Array;
  /** What the class token got, where its weight came along. */
  classToken: number | undefined;
}

/** What is known of the patches besides the number of weights. */
export interface GridHints {
  /** The part of the image that the model saw, in pixels. */
  seen: { width: number; height: number };
  patchSize?: number | undefined;
  /** [rows, columns]. */
  grid?: readonly [number, number] | undefined;
}

/**
 * Reads one weight for each patch: `[patches]`, with or without the class token's in front, or `[rows, columns]` as the
 * patches lie in the image; leading dimensions of length 1 are left out.
 *
 * The grid is what the hints say; else the patches' that fit the image exactly; else a square.
 *
 * @throws VitlabError when the weights fit no grid, or are those of several queries.
 */
export function readPatchWeights(input: NumbersInput, hints: GridHints): PatchWeights {
  const { shape, values } = toNumbers(input, "attention");
  const dimensions = shape.filter((length, index) => length !== 1 || index >= shape.length - 1);
  if (dimensions.length > 2) throw new VitlabError(tooMany(shape));
  const [rows = 0, columns = 0] = dimensions.length === 2 ? dimensions : [];
  const fixed = fixedGrid(hints);
  if (rows === columns && rows > 1 && (fixed ? rows >= fixed.rows * fixed.columns : isAttentionMatrix(rows, values)))
    throw new VitlabError(
      `attention is ${showShape(shape)}: these are the weights of ${rows} queries; take the row of one, ` +
        `e.g. weights.slice(${rowOfQuery(shape)})${fixed ? "" : `; if they are those of a map, say so with grid: [${rows}, ${columns}]`}`,
    );
  if (!values.some(Number.isFinite))
    throw new VitlabError(`attention has no finite weight (${notFinite(values)?.en}): there is nothing to draw`);
  if (fixed && rows > 0 && (fixed.rows !== rows || fixed.columns !== columns))
    throw new VitlabError(
      `attention is ${showShape(shape)}: as a matrix ${fixed.rows * fixed.columns} patches are [${fixed.rows}, ${fixed.columns}]`,
    );
  const grid = rows > 0 ? { rows, columns } : gridOf(values.length, hints);
  const classTokens = values.length - grid.rows * grid.columns;
  return { grid, values: values.subarray(classTokens), classToken: classTokens === 1 ? values[0]! : undefined };
}

/**
 * The patches of a number of tokens, one of which may be the class token.
 *
 * @throws VitlabError when the tokens fit no grid.
 */
export function gridOf(tokens: number, hints: GridHints, noun = "weights"): Grid {
  const { width, height } = hints.seen;
  const fixed = fixedGrid(hints);
  if (fixed) {
    const patches = fixed.rows * fixed.columns;
    if (tokens === patches || tokens === patches + 1) return fixed;
    const place = hints.patchSize
      ? `patches of ${hints.patchSize} pixels for a ${height}x${width} image`
      : `patches in ${fixed.rows} rows and ${fixed.columns} columns`;
    throw new VitlabError(
      `attention has ${tokens} ${noun}: expected ${patches} ${place}, or ${patches + 1} with the class token`,
    );
  }
  const counts = [tokens, tokens - 1];
  const fitting = counts.flatMap((count) => [exactGrid(count, hints.seen), squareGrid(count)]);
  const grids = new Map(fitting.flatMap((grid) => (grid ? [[`[${grid.rows}, ${grid.columns}]`, grid] as const] : [])));
  const [only, ...others] = grids.values();
  if (!only)
    throw new VitlabError(
      `attention has ${tokens} ${noun}, which fill no square and no patches of a ${height}x${width} image, with a class token in front or without: say how the patches lie, as in grid: [rows, columns]`,
    );
  if (others.length > 0)
    throw new VitlabError(
      `attention has ${tokens} ${noun}, and patches of a ${height}x${width} image may lie in several ways: say how, as in grid: ${[...grids.keys()].join(" or grid: ")}`,
    );
  return only;
}

/** The grid that the hints leave no doubt of. */
function fixedGrid({ grid, patchSize, seen }: GridHints): Grid | undefined {
  const cut = patchSize === undefined ? undefined : patchLayout(seen, patchSize);
  if (grid === undefined) return cut;
  const [rows, columns] = grid;
  if (cut && (cut.rows !== rows || cut.columns !== columns))
    throw new VitlabError(
      `grid is [${rows}, ${columns}], and patches of ${patchSize} pixels lie in ${cut.rows} rows and ${cut.columns} columns: give one of the two`,
    );
  return { rows, columns };
}

/** The rows of attention weights add up to 1; all the weights of one query do so together. */
function isAttentionMatrix(rows: number, values: Float64Array): boolean {
  return Array.from({ length: rows }, (_, row) => values.subarray(row * rows, (row + 1) * rows)).every(
    (row) => Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 0.01,
  );
}

/** Square patches of whole pixels that cover the image exactly. */
function exactGrid(count: number, { width, height }: { width: number; height: number }): Grid | undefined {
  const size = Math.sqrt((width * height) / count);
  return Number.isInteger(size) && width % size === 0 && height % size === 0
    ? { rows: height / size, columns: width / size }
    : undefined;
}

function squareGrid(count: number): Grid | undefined {
  const side = Math.sqrt(count);
  return Number.isInteger(side) && side > 0 ? { rows: side, columns: side } : undefined;
}

/** How much of the image is lost where the model didn't look, and in which color. */
const DIM = 0.65;
const UNSEEN: Rgb = [255, 255, 255];

/** How an image is covered with weights. */
export interface OverlayOptions extends ColorRange {
  colorScale: ColorScaleName;
  alpha: number;
  smooth: boolean;
  /** Where the patches lie in the image, in its pixels; may reach beyond it. */
  seen: Rectangle;
}

/**
 * The image in gray under the colors of its patches' weights; the largest weight covers `alpha` of the image, 0 about a
 * third of that; with diverging colors the weight farthest from 0 does. What lies outside of the patches, or under a weight that isn't finite, keeps its gray; outside it is dim.
 */
export function overlayImage(image: RgbaImage, { grid, values }: PatchWeights, options: OverlayOptions): RgbaImage {
  const { zmin, zmax, colorScale, alpha, smooth, seen } = options;
  const rgba = new Uint8ClampedArray(image.rgba.length);
  for (let y = 0; y < image.height; y++) {
    const row = ((y + 0.5 - seen.top) / seen.height) * grid.rows;
    for (let x = 0; x < image.width; x++) {
      const column = ((x + 0.5 - seen.left) / seen.width) * grid.columns;
      const inside = row >= 0 && row < grid.rows && column >= 0 && column < grid.columns;
      const weight = inside ? weightAt(values, grid, row, column, smooth) : Number.NaN;
      const place = (y * image.width + x) * 4;
      const gray = brightness(image.rgba, place);
      const share = Math.min(1, Math.max(0, (weight - zmin) / (zmax - zmin)));
      const covered = Number.isFinite(weight);
      const color = covered ? scaleColor(colorScale, share) : UNSEEN;
      // Where there is no attention, the image must stay recognizable; of both signs, what is far from 0 counts.
      const strength = colorScale === "diverging" ? Math.abs(2 * share - 1) : share;
      const cover = covered ? alpha * (0.35 + 0.65 * strength) : inside ? 0 : DIM;
      for (let c = 0; c < 3; c++) rgba[place + c] = gray * (1 - cover) + color[c as keyof Rgb & number]! * cover;
      rgba[place + 3] = 255;
    }
  }
  return { width: image.width, height: image.height, rgba };
}

/** The image with what the model didn't see dimmed. */
export function dimOutside(image: RgbaImage, seen: Rectangle): RgbaImage {
  const rgba = image.rgba.slice();
  for (let y = 0; y < image.height; y++) {
    const row = y + 0.5 >= seen.top && y + 0.5 < seen.top + seen.height;
    for (let x = 0; x < image.width; x++) {
      if (row && x + 0.5 >= seen.left && x + 0.5 < seen.left + seen.width) continue;
      const place = (y * image.width + x) * 4;
      for (let c = 0; c < 3; c++)
        rgba[place + c] = rgba[place + c]! * (1 - DIM) + UNSEEN[c as keyof Rgb & number]! * DIM;
    }
  }
  return { ...image, rgba };
}

/** Weights are shares of a whole: their range starts at 0, unless one is below. */
export function weightRange(values: ArrayLike<number>): ColorRange {
  const [zmin, zmax] = extent([0, ...extent(values)]);
  return { zmin, zmax: zmax > zmin ? zmax : zmin + 1 };
}

/** One range for the weights of many. */
export function rangeOfAll(all: readonly ArrayLike<number>[]): ColorRange {
  return weightRange(all.flatMap(extent));
}

/** Perceived brightness (ITU-R BT.601). */
function brightness(rgba: Uint8ClampedArray, place: number): number {
  return 0.299 * rgba[place]! + 0.587 * rgba[place + 1]! + 0.114 * rgba[place + 2]!;
}

/** The weight at a place in patches from the upper left corner, of the patch there or, smooth, between the middles. */
function weightAt(values: Float64Array, { rows, columns }: Grid, row: number, column: number, smooth: boolean): number {
  const here = values[Math.floor(row) * columns + Math.floor(column)]!;
  if (!smooth || !Number.isFinite(here)) return here;
  const [y, x] = [Math.min(rows - 1, Math.max(0, row - 0.5)), Math.min(columns - 1, Math.max(0, column - 0.5))];
  const [top, left] = [Math.floor(y), Math.floor(x)];
  let [sum, share] = [0, 0];
  for (const [r, dy] of [
    [top, 1 - (y - top)],
    [Math.min(rows - 1, top + 1), y - top],
  ] as const)
    for (const [c, dx] of [
      [left, 1 - (x - left)],
      [Math.min(columns - 1, left + 1), x - left],
    ] as const) {
      const value = values[r * columns + c]!;
      // A neighbor that isn't finite has nothing to add.
      if (!Number.isFinite(value)) continue;
      sum += value * dy * dx;
      share += dy * dx;
    }
  return sum / share;
}

function tooMany(shape: readonly number[]): string {
  return `attention is ${showShape(shape)}: one weight for each patch is expected; take one image, one head and one query first, e.g. weights.slice(${rowOfQuery(shape)})`;
}

/** The arguments of `slice` that take the weights of one query, of one head where there are several. */
function rowOfQuery(shape: readonly number[]): string {
  const names = ["image", "head", "query", 0].slice(-shape.length);
  const start = names.map((name, axis) => (shape[axis] === 1 ? 0 : name));
  return `[${start.join(", ")}], [${[...names.slice(1).map(() => 1), -1].join(", ")}]`;
}

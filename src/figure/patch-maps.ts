import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { plainText } from "../base/plain-text";
import { showShape } from "../base/shape";
import { overlayImage, weightRange } from "./attention-map";
import { type ColorRange, type ColorScaleName, chosenScale, colorScaleNames } from "./color-scale";
import { coloredPixels } from "./colored-pixels";
import { figureText } from "./figure-text";
import type { ImageFigure } from "./image-figure";
import { extent, largestPlace, type NumbersInput, notFinite, showNumber, toNumbers } from "./numbers";
import {
  aCount,
  aFlag,
  aNumber,
  anything,
  aPositiveNumber,
  aShare,
  aText,
  either,
  figureOptions,
  listOf,
  type OptionKinds,
  oneOf,
  someTexts,
  type Told,
} from "./option-kinds";
import { outlinePatches } from "./patch-outline";
import { checkPatch } from "./patches";
import { type ImagesInput, type RgbaImage, toImages } from "./pixels";
import { atDrawnSize, drawImage, drawOutline, type Place, type Sheet, scaleFor, sheetFigure } from "./sheet";
import { theme } from "./theme";
import { drawTiles, type Tile } from "./tiles";
import { whichOnes } from "./which-ones";

/** How maps of patches are drawn. */
export interface PatchMapsOptions {
  title?: Words;
  /** A caption for each map of a list; two lines at most. */
  titles?: readonly Words[];
  /** Names of the rows, where maps stand in rows and columns. */
  rowTitles?: readonly Words[];
  /** Names of the columns, where maps stand in rows and columns. */
  columnTitles?: readonly Words[];
  /** What the numbers are; stands at the color bar. */
  valueTitle?: Words;
  /** Draws the maps over images of any size: one for all, one for each row, or one for each map. */
  images?: ImagesInput;
  /** Shows an image that several maps lie over beside them. Default true, false in a mosaic. */
  original?: boolean;
  /** With images: how much of them the largest number covers, 0 to 1. Default 0.75. */
  alpha?: number;
  /** Patches to outline, counted from 0, such as those that are known to matter: of all maps, or a list for each. */
  marks?: readonly number[] | readonly (readonly number[])[];
  /** The number with the first color. Default: 0; where one is below, the smallest, or as far from 0 as the largest. */
  zmin?: number;
  /** The number with the last color. Default: the largest, or as far from 0 as the smallest. */
  zmax?: number;
  /** Default: "diverging", white for 0, where both signs occur; else "viridis", or "inferno" over images. */
  colorScale?: ColorScaleName;
  /** A mosaic without gaps, captions and images beside. Default false. */
  tight?: boolean;
  /** Maps of a list in a row. Default: as many as fit; in a mosaic as the patches lie. */
  columns?: number;
  /** Pixels that a map takes on its longer side. Default 96, in a mosaic 64. */
  size?: number;
}

const aPatch = { takes: Number.isSafeInteger, expected: "a patch's number" };
const marksOfOne = listOf(aPatch, "a list of patches by number, such as [10, 20]");

const OPTIONS: OptionKinds<PatchMapsOptions> = {
  title: aText,
  titles: someTexts,
  rowTitles: someTexts,
  columnTitles: someTexts,
  valueTitle: aText,
  images: anything,
  original: aFlag,
  alpha: aShare,
  marks: either(marksOfOne, listOf(marksOfOne, "one such list for each map")),
  zmin: aNumber,
  zmax: aNumber,
  colorScale: oneOf(...colorScaleNames),
  tight: aFlag,
  columns: aCount,
  size: aPositiveNumber,
};

const SIZE = 96;
const TIGHT_SIZE = 64;

/** Maps of one size, row by row where they stand in rows. */
interface Maps {
  /** How many stand in rows and columns; undefined for a list. */
  matrix: { down: number; across: number } | undefined;
  rows: number;
  columns: number;
  values: Float64Array[];
}

/**
 * Maps of an image's patches side by side, all in the colors of one bar: several methods, a value of each patch by block,
 * a map that changes with the epochs.
 *
 * NaN and Infinity stay blank, and the figure's words count them; they also name the maps that are zero everywhere.
 *
 * @param maps `[maps, rows, columns]`, a list of maps `[rows, columns]`, or `[down, across, rows, columns]`
 * @throws VitlabError when maps have another shape, no number is finite, or an option doesn't count as many as the maps.
 *
 * @example
 * ```ts
 * import { patchMaps } from "vitlab";
 *
 * const figure = patchMaps([[[0, 1], [2, 3]], [[3, 2], [1, 0]]], { titles: ["one", "other"] });
 * console.log(figure.text);
 * // Maps of patches
 * // 2 maps of 2 rows and 2 columns of patches
 * // colors from 0 to 3 for all maps
 * // one: largest 3 on patch 3, smallest 0
 * // other: largest 3 on patch 0, smallest 0
 * ```
 */
export function patchMaps(maps: NumbersInput | readonly NumbersInput[], given: PatchMapsOptions = {}): ImageFigure {
  const options = figureOptions("patchMaps", given, OPTIONS);
  const read = readMaps(maps);
  const { matrix, rows, columns, values } = read;
  checkOptionsFit(read, options);
  if (!values.some((map) => map.some(Number.isFinite)))
    throw new VitlabError(`maps has no finite number (${notFinite(...values)?.en}): there is nothing to draw`);
  const { title, valueTitle, alpha = 0.75, tight = false, size = tight ? TIGHT_SIZE : SIZE } = options;
  const images = readImages(options, read);
  const marks = readMarks(options.marks, read);
  const found = weightRange(values.flatMap(extent));
  const { name, ...range } = chosenScale([found.zmin, found.zmax], options);
  const colorScale = options.colorScale ?? (images && name !== "diverging" ? "inferno" : name);
  const { original = images !== undefined && images.length < values.length && !tight } = options;

  const sizes = (images ?? [{ width: columns, height: rows }]).map((image) => {
    const scale = scaleFor(image, size);
    return { width: image.width * scale, height: image.height * scale };
  });
  const cell = {
    width: Math.max(...sizes.map(({ width }) => width)),
    height: Math.max(...sizes.map(({ height }) => height)),
  };
  const small = images?.map((image, index) => atDrawnSize(image, sizes[index]!.width / image.width));
  const within = ({ x, y }: Place, index: number): Place => {
    const { width, height } = sizes[index]!;
    return { x: x + (cell.width - width) / 2, y: y + (cell.height - height) / 2, width, height };
  };
  const grid = { rows, columns };
  const tileOf = (map: number): Tile => ({
    caption: options.titles?.[map],
    draw(sheet, place) {
      const index = imageOf(map, images?.length ?? 1, read);
      const part = within(place, index);
      drawImage(sheet, pictureOf(values[map]!, grid, small?.[index], { ...range, colorScale, alpha }), part);
      // A map of zeros is white, as the page may be.
      drawOutline(sheet, part, theme.axisLine, 0.5);
      outlinePatches(sheet, part, grid, marks[map]!);
    },
  });
  const tiles = withOriginals(
    values.map((_, map) => tileOf(map)),
    original ? small : undefined,
    read,
    (sheet, image, index, place) => drawImage(sheet, image, within(place, index)),
  );
  const beside = original && matrix ? 1 : 0;
  const sheet = drawTiles(tiles, {
    title,
    cell,
    columns: matrix ? matrix.across + beside : (options.columns ?? (tight ? mosaicColumns(read) : undefined)),
    rowTitles: options.rowTitles,
    columnTitles: options.columnTitles && [...Array<string>(beside).fill(""), ...options.columnTitles],
    gap: tight ? 0 : undefined,
    bar: { colorScale, range, title: valueTitle },
  });
  return sheetFigure(sheet, inWords(read, marks, range, options));
}

function readMaps(maps: NumbersInput | readonly NumbersInput[]): Maps {
  const { shape, values } = isListOfMaps(maps) ? stacked(maps) : toNumbers(maps as NumbersInput, "maps");
  const [rows, columns] = shape.slice(-2);
  if (shape.length < 3 || shape.length > 4 || !rows || !columns || values.length === 0)
    throw new VitlabError(
      `maps is ${showShape(shape)}: [maps, rows, columns] or [down, across, rows, columns] is expected${shape.length === 2 ? "; one map is a list of one, patchMaps([map])" : ""}`,
    );
  const length = rows * columns;
  return {
    matrix: shape.length === 4 ? { down: shape[0]!, across: shape[1]! } : undefined,
    rows,
    columns,
    values: Array.from({ length: values.length / length }, (_, map) =>
      values.subarray(map * length, (map + 1) * length),
    ),
  };
}

/** Tensors and flat numbers with a shape in a list are maps of their own; nested arrays are all numbers of one. */
function isListOfMaps(maps: NumbersInput | readonly NumbersInput[]): maps is readonly NumbersInput[] {
  return Array.isArray(maps) && maps.some((map) => typeof map === "object" && map !== null && "shape" in map);
}

function stacked(maps: readonly NumbersInput[]): { shape: number[]; values: Float64Array } {
  const read = maps.map((map, index) => toNumbers(map, `map ${index}`));
  const [{ shape }] = read as [(typeof read)[0]];
  const other = read.findIndex((map) => map.shape.length !== 2 || String(map.shape) !== String(shape));
  if (other >= 0)
    throw new VitlabError(
      `map ${other} is ${showShape(read[other]!.shape)}: [rows, columns] is expected, ${other === 0 ? "the same for all" : `as map 0 has ${showShape(shape)}`}`,
    );
  const values = new Float64Array(read.length * read[0]!.values.length);
  read.forEach((map, index) => {
    values.set(map.values, index * map.values.length);
  });
  return { shape: [read.length, ...shape], values };
}

function checkOptionsFit({ matrix, values }: Maps, options: Told<PatchMapsOptions>): void {
  const expectCount = (name: "titles" | "rowTitles" | "columnTitles", count: number, what: string) => {
    const list = options[name];
    if (list && list.length !== count)
      throw new VitlabError(`${name} has ${list.length} names: there are ${count} ${what}`);
  };
  const refuse = (names: readonly (keyof PatchMapsOptions)[], why: string) => {
    const given = names.find((name) => options[name] !== undefined);
    if (given) throw new VitlabError(`patchMaps: ${given} has no place ${why}: leave it out`);
  };
  if (options.tight) refuse(["titles", "rowTitles", "columnTitles", "original"], "in a mosaic (tight)");
  if (matrix)
    refuse(["titles", "columns"], "where maps stand in rows and columns: they have rowTitles and columnTitles");
  else refuse(["rowTitles", "columnTitles"], "at maps in a list: they have titles");
  if (options.images === undefined) refuse(["original", "alpha"], "without images");
  expectCount("titles", values.length, "maps");
  expectCount("rowTitles", matrix?.down ?? 0, "rows of maps");
  expectCount("columnTitles", matrix?.across ?? 0, "columns of maps");
}

function readImages(
  { images: input, original }: Told<PatchMapsOptions>,
  { matrix, values }: Maps,
): RgbaImage[] | undefined {
  if (input === undefined) return undefined;
  const images = toImages(input, "images");
  const fitting = [1, ...(matrix ? [matrix.down] : []), values.length];
  if (!fitting.includes(images.length))
    throw new VitlabError(
      `images has ${images.length} images: one for all maps${matrix ? `, ${matrix.down} for the rows` : ""} or ${values.length} for the maps are expected`,
    );
  if (original && images.length > 1 && images.length === values.length && matrix?.across !== 1)
    throw new VitlabError("original is true, and each map has an image of its own: leave it out");
  return images;
}

/** The number of the image that lies under a map. */
function imageOf(map: number, images: number, { matrix, values }: Maps): number {
  if (images === 1) return 0;
  return images === values.length ? map : Math.floor(map / matrix!.across);
}

/** Puts the images that several maps lie over before them: of a list before the first, of a row in front of it. */
function withOriginals(
  tiles: readonly Tile[],
  images: readonly RgbaImage[] | undefined,
  { matrix }: Maps,
  draw: (sheet: Sheet, image: RgbaImage, index: number, place: Place) => void,
): Tile[] {
  if (!images) return [...tiles];
  const original = (index: number): Tile => ({
    draw(sheet, place) {
      const image = images[index];
      // One image for all rows stands in the first.
      if (image) draw(sheet, image, index, place);
    },
  });
  if (!matrix) return [original(0), ...tiles];
  return Array.from({ length: matrix.down }, (_, row) => [
    original(row),
    ...tiles.slice(row * matrix.across, (row + 1) * matrix.across),
  ]).flat();
}

function readMarks(marks: PatchMapsOptions["marks"], { rows, columns, values }: Maps): (readonly number[])[] {
  const perMap = marks?.some(Array.isArray) ? (marks as readonly (readonly number[])[]) : undefined;
  if (perMap && perMap.length !== values.length)
    throw new VitlabError(`marks has ${perMap.length} lists: there are ${values.length} maps`);
  const all = perMap ?? values.map(() => (marks ?? []) as readonly number[]);
  for (const index of all.flat()) checkPatch(index, { rows, columns, count: rows * columns }, "marked patch");
  return [...all];
}

function pictureOf(
  values: Float64Array,
  grid: { rows: number; columns: number },
  image: RgbaImage | undefined,
  cover: ColorRange & { colorScale: ColorScaleName; alpha: number },
): RgbaImage {
  if (!image) return coloredPixels({ width: grid.columns, height: grid.rows }, values, cover, cover.colorScale);
  const { width, height } = image;
  const smooth = ![width / grid.columns, height / grid.rows].every(Number.isInteger);
  const seen = { left: 0, top: 0, width, height };
  return overlayImage(image, { grid, values, classToken: undefined }, { ...cover, smooth, seen });
}

/** A map for each patch lies where the patch does. */
function mosaicColumns({ rows, columns, values }: Maps): number {
  return values.length === rows * columns ? columns : Math.ceil(Math.sqrt(values.length));
}

function inWords(
  { matrix, rows, columns, values }: Maps,
  marks: readonly (readonly number[])[],
  { zmin, zmax }: ColorRange,
  { title, titles, rowTitles, columnTitles, valueTitle, images }: Told<PatchMapsOptions>,
): string {
  const nameOf = (map: number) => {
    if (!matrix) return titles?.[map];
    const [row, column] = [Math.floor(map / matrix.across), map % matrix.across];
    return rowTitles || columnTitles
      ? [
          rowTitles?.[row] ?? inLanguage({ en: `row ${row}`, zh: `第 ${row} 行` }),
          columnTitles?.[column] ?? inLanguage({ en: `column ${column}`, zh: `第 ${column} 列` }),
        ].join(", ")
      : undefined;
  };
  const mapsWhere = (holds: (map: Float64Array) => boolean) =>
    values.flatMap((map, index) => (holds(map) ? [index] : []));
  const odd = notFinite(...values);
  const marked = marks.flatMap((list, map) => (list.length > 0 ? [map] : []));
  const isFlat = (map: Float64Array) => extent(map)[0] === extent(map)[1];
  const hits = marked.filter((map) => !isFlat(values[map]!) && marks[map]!.includes(largestPlace(values[map]!)));
  const whole = [
    title ?? inLanguage({ en: "Maps of patches", zh: "图像块的图" }),
    inLanguage({
      en: `${values.length} ${values.length === 1 ? "map" : "maps"}${matrix ? ` in ${matrix.down} rows and ${matrix.across} columns` : ""} of ${rows} rows and ${columns} columns of patches${images === undefined ? "" : ", over images"}`,
      zh: `${values.length} 幅图${matrix ? `，排成 ${matrix.down} 行 ${matrix.across} 列` : ""}，每幅 ${rows} 行 ${columns} 列图像块${images === undefined ? "" : "，叠在图像上"}`,
    }),
    (valueTitle ? `${valueTitle}: ` : "") +
      inLanguage({
        en: `colors from ${showNumber(zmin)} to ${showNumber(zmax)} for all maps`,
        zh: `所有图的颜色从 ${showNumber(zmin)} 到 ${showNumber(zmax)}`,
      }),
    ...(odd ? [inLanguage(odd)] : []),
    ...whichOnes(
      { en: "map", zh: "图" },
      mapsWhere((map) => map.every((value) => value === 0)),
      { en: "zero everywhere", zh: "处处为零" },
      nameOf,
    ),
    ...whichOnes(
      { en: "map", zh: "图" },
      mapsWhere((map) => !map.some(Number.isFinite)),
      { en: "without a finite number", zh: "没有有限数" },
      nameOf,
    ),
    ...(marked.length > 0
      ? [
          inLanguage({
            en: `the largest number lies in an outlined patch in ${hits.length} of ${marked.length} maps`,
            zh: `${marked.length} 幅图中有 ${hits.length} 幅的最大值落在框出的图像块里`,
          }),
        ]
      : []),
  ];
  const each = values.map((map, index) => {
    const largest = largestPlace(map);
    const [low, high] = extent(map);
    const where = isFlat(map)
      ? inLanguage({ en: `${showNumber(high)} everywhere`, zh: `处处为 ${showNumber(high)}` })
      : inLanguage({
          en: `largest ${showNumber(high)} on patch ${largest}, smallest ${showNumber(low)}`,
          zh: `最大 ${showNumber(high)}，在图像块 ${largest}，最小 ${showNumber(low)}`,
        });
    const name = nameOf(index) ?? inLanguage({ en: `map ${index}`, zh: `图 ${index}` });
    return `${plainText(name)}: ${largest < 0 ? inLanguage({ en: "none", zh: "无" }) : where}`;
  });
  return figureText(whole, each);
}

import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { plainText } from "../base/plain-text";
import { showShape } from "../base/shape";
import { figureText } from "./figure-text";
import type { ImageFigure } from "./image-figure";
import { finiteSum, type NumbersInput, notFinite, showNumber, toNumbers } from "./numbers";
import {
  aCount,
  anything,
  aPositiveNumber,
  aText,
  figureOptions,
  type OptionKinds,
  oneOf,
  someTexts,
} from "./option-kinds";
import { type ImagesInput, type RgbaImage, toImages } from "./pixels";
import { drawImage, drawOutline, type Place, type Sheet, scaleFor, sheetFigure } from "./sheet";
import { theme } from "./theme";
import { drawTiles, type Tile } from "./tiles";

/** How colors of tokens are drawn. */
export interface TokenColorsOptions {
  title?: Words;
  /** A caption for each image; two lines at most. */
  titles?: readonly Words[];
  /** What the tokens are of: an image for each, or one for all, which stands before them. */
  images?: ImagesInput;
  /** Where an image's colors stand. Default "beside". */
  arrangement?: "beside" | "below";
  /** How many stand in a row. Default: as many as fit. */
  columns?: number;
  /** Pixels that the tokens of one image take on their longer side. Default 96. */
  size?: number;
}

const OPTIONS: OptionKinds<TokenColorsOptions> = {
  title: aText,
  titles: someTexts,
  images: anything,
  arrangement: oneOf("beside", "below"),
  columns: aCount,
  size: aPositiveNumber,
};

const SIZE = 96;
const GAP = 4;
/** What float32 may add to 1. */
const ROUNDING = 1e-5;

/**
 * Three numbers of each token as its red, green and blue, where its patch lies: the first principal components of what a
 * model makes of patches (Oquab et al., "DINOv2", 2024, figure 1).
 *
 * NaN and Infinity leave a token blank, and the figure's words count them.
 *
 * @param colors `[images, rows, columns, 3]`, or `[rows, columns, 3]` of one image; from 0 to 1
 * @throws VitlabError when colors have another shape, a number lies outside of 0 to 1, or images or titles don't count as many.
 *
 * @example
 * ```ts
 * import { tokenColors } from "vitlab";
 *
 * // Red tokens above, gray ones below.
 * const [red, gray] = [[1, 0, 0], [0.5, 0.5, 0.5]];
 * console.log(tokenColors([[red, red], [gray, gray]]).text);
 * // Colors of tokens
 * // three numbers of each token as red, green and blue, 1 image of 2 rows and 2 columns of tokens
 * // image 0: mean color 0.75, 0.25, 0.25
 * ```
 */
export function tokenColors(colors: NumbersInput, given: TokenColorsOptions = {}): ImageFigure {
  const options = figureOptions("tokenColors", given, OPTIONS);
  const { shape, values } = toNumbers(colors, "colors");
  const [count, rows, columns, channels] = shape.length === 3 ? [1, ...shape] : shape;
  if (shape.length < 3 || shape.length > 4 || channels !== 3 || !count || !rows || !columns)
    throw new VitlabError(`colors is ${showShape(shape)}: [images, rows, columns, 3] is expected`);
  const outside = values.find((value) => Number.isFinite(value) && (value < -ROUNDING || value > 1 + ROUNDING));
  if (outside !== undefined)
    throw new VitlabError(
      `colors has the number ${showNumber(outside)}: numbers from 0 (dark) to 1 are expected; bring each of the three into this range first`,
    );
  const { title, titles, arrangement = "beside", size = SIZE } = options;
  if (titles && titles.length !== count)
    throw new VitlabError(`titles has ${titles.length} names: there are colors of ${count} images`);
  const images = options.images === undefined ? [] : toImages(options.images, "images");
  if (options.images !== undefined && images.length !== count && images.length !== 1)
    throw new VitlabError(`images has ${images.length} images: ${count} are expected, or one for all`);
  if (images.length === 0 && options.arrangement !== undefined)
    throw new VitlabError("tokenColors: arrangement has nothing to act on without images: give images as well");

  const length = rows * columns * 3;
  const pictures = Array.from({ length: count }, (_, index) =>
    picture({ width: columns, height: rows }, values.subarray(index * length, (index + 1) * length)),
  );
  const sizes = (images.length > 0 ? images : pictures).map((one) => {
    const scale = scaleFor(one, size);
    return { width: one.width * scale, height: one.height * scale };
  });
  const pairs = images.length === count;
  const [beside, below] = [pairs && arrangement === "beside", pairs && arrangement === "below"];
  const wholes = sizes.map(({ width, height }) => ({
    width: beside ? 2 * width + GAP : width,
    height: below ? 2 * height + GAP : height,
  }));
  const cell = {
    width: Math.max(...wholes.map(({ width }) => width)),
    height: Math.max(...wholes.map(({ height }) => height)),
  };
  const drawAll = (sheet: Sheet, pictures: readonly RgbaImage[], index: number, place: Place) => {
    const [{ width, height }, whole] = [sizes[index]!, wholes[index]!];
    const [x, y] = [place.x + (cell.width - whole.width) / 2, place.y + (cell.height - whole.height) / 2];
    pictures.forEach((picture, order) => {
      const own = {
        x: x + (beside ? order * (width + GAP) : 0),
        y: y + (below ? order * (height + GAP) : 0),
        width,
        height,
      };
      drawImage(sheet, picture, own);
      // What is bright ends somewhere on a bright page, too.
      drawOutline(sheet, own, theme.axisLine, 0.5);
    });
  };
  const before: Tile[] =
    images.length === 1 && !pairs ? [{ draw: (sheet, place) => drawAll(sheet, images, 0, place) }] : [];
  const tiles = pictures.map(
    (colored, index): Tile => ({
      caption: titles?.[index],
      draw: (sheet, place) =>
        drawAll(sheet, pairs ? [images[index]!, colored] : [colored], sizes.length === 1 ? 0 : index, place),
    }),
  );
  const sheet = drawTiles([...before, ...tiles], { title, cell, columns: options.columns });
  const odd = notFinite(values);
  const means = pictures.map((_, index) => {
    const name =
      titles?.[index] === undefined
        ? inLanguage({ en: `image ${index}`, zh: `图像 ${index}` })
        : plainText(titles[index]!);
    const color = meanColor(values.subarray(index * length, (index + 1) * length));
    return inLanguage({ en: `${name}: mean color ${color}`, zh: `${name}：平均颜色 ${color}` });
  });
  const text = figureText(
    [
      title ?? inLanguage({ en: "Colors of tokens", zh: "标记的颜色" }),
      inLanguage({
        en: `three numbers of each token as red, green and blue, ${count} ${count === 1 ? "image" : "images"} of ${rows} rows and ${columns} columns of tokens`,
        zh: `每个标记的三个数作为红、绿、蓝，${count} 张图像，每张 ${rows} 行 ${columns} 列标记`,
      }),
      ...(odd ? [inLanguage(odd)] : []),
    ],
    means,
  );
  return sheetFigure(sheet, text);
}

function picture(size: { width: number; height: number }, values: Float64Array): RgbaImage {
  const rgba = new Uint8ClampedArray(size.width * size.height * 4);
  for (let token = 0; token < size.width * size.height; token++) {
    const color = values.subarray(token * 3, token * 3 + 3);
    if (color.every(Number.isFinite)) rgba.set([...color.map((part) => part * 255), 255], token * 4);
  }
  return { ...size, rgba };
}

function meanColor(values: Float64Array): string {
  return [0, 1, 2]
    .map((channel) => values.filter((_, index) => index % 3 === channel).filter(Number.isFinite))
    .map((channel) =>
      channel.length === 0 ? inLanguage({ en: "none", zh: "无" }) : showNumber(finiteSum(channel) / channel.length),
    )
    .join(", ");
}

import { inLanguage, type Words } from "../base/language";
import { dimOutside, overlayImage, type PatchWeights, readPatchWeights, weightRange } from "./attention-map";
import { COLOR_BAR_ROOM, drawColorBar } from "./color-bar";
import { type ColorScaleName, chosenScale, colorScaleNames } from "./color-scale";
import type { ImageFigure } from "./image-figure";
import { UNIFORM } from "./level-line";
import { finiteSum, largestPlace, type NumbersInput, notFinite, showNumber, showPercent } from "./numbers";
import {
  aCount,
  aFlag,
  aNumber,
  aPositiveNumber,
  aShare,
  aText,
  either,
  figureOptions,
  type OptionKinds,
  oneOf,
} from "./option-kinds";
import { drawHighlight, markColor } from "./patch-highlight";
import { aGrid, checkPatch } from "./patches";
import { type ImageInput, type RgbaImage, toImage } from "./pixels";
import { aRectangle, type Rectangle } from "./rectangle";
import {
  atDrawnSize,
  captionLines,
  captionStyle,
  drawImage,
  drawOutline,
  drawText,
  drawTitle,
  newSheet,
  type Place,
  SHEET_EDGE,
  type Sheet,
  scaleFor,
  sheetFigure,
  titleLines,
} from "./sheet";
import { theme } from "./theme";

/** How attention over an image is drawn. */
export interface AttentionOverlayOptions {
  title?: Words;
  /** [rows, columns] of the patches. Default: the number of weights tells it. */
  grid?: readonly [number, number];
  /** Side of a patch in pixels of the image, which tells the grid as well. */
  patchSize?: number;
  /** The part of the image that the model saw, over which the patches are stretched. Default: all of it. */
  seen?: Rectangle;
  /** The patch that asks, outlined in the image; counted from 0. Leave it out for the class token. */
  query?: "class" | number;
  /**
   * "nearest" colors each patch evenly; "smooth" runs the colors into each other. Default "nearest" where patches are
   * whole pixels of the image, "smooth" where they are stretched over it.
   */
  mode?: "nearest" | "smooth";
  /** How much of the image the largest weight covers, 0 to 1. Default 0.75. */
  alpha?: number;
  /** The weight with the first color. Default: 0, or the smallest where one is below. */
  zmin?: number;
  /** The weight with the last color. Default: the largest. */
  zmax?: number;
  /** Default "inferno": what gets no attention turns dark. */
  colorScale?: ColorScaleName;
  /** Shows the image itself beside the overlay. Default true. */
  original?: boolean;
  /** How many times larger the image is drawn. Default: about 256 pixels on its longer side. */
  scale?: number;
}

const OPTIONS: OptionKinds<AttentionOverlayOptions> = {
  title: aText,
  grid: aGrid,
  patchSize: aCount,
  seen: aRectangle,
  query: either(oneOf("class"), aNumber),
  mode: oneOf("nearest", "smooth"),
  alpha: aShare,
  zmin: aNumber,
  zmax: aNumber,
  colorScale: oneOf(...colorScaleNames),
  original: aFlag,
  scale: aPositiveNumber,
};

const TARGET = 256;
const GAP = 14;
const CAPTION_LINE = 18;

/**
 * Where attention goes in an image: the image in gray, colored with the weights that one query gives its patches.
 *
 * The image may be the model's own input or a photograph of any size: the weights know how many patches there are, and
 * are stretched over it, or over the part of it that the model saw (`seen`); what the model didn't see is dim.
 *
 * @param weights one for each patch, `[patches]` or `[rows, columns]`; the class token's may stand in front, and is said
 * @throws VitlabError when the weights fit no grid of patches, none is finite, or the query is no patch.
 *
 * @example
 * ```ts
 * import { attentionMap, attentionOverlay, datasetToTensor, imageAt, presets, shapes, ViT } from "vitlab";
 *
 * const drawings = shapes({ count: 1 });
 * const { data } = attentionMap(new ViT(presets.tiny), datasetToTensor(drawings), { query: "class" });
 * const figure = attentionOverlay(imageAt(drawings, 0), data, { grid: [8, 8] });
 * console.log(figure.width > 32); // true
 * ```
 */
export function attentionOverlay(
  input: ImageInput,
  weights: NumbersInput,
  given: AttentionOverlayOptions = {},
): ImageFigure {
  const options = figureOptions("attentionOverlay", given, OPTIONS);
  const image = toImage(input);
  const whole = { left: 0, top: 0, width: image.width, height: image.height };
  const { title, seen = whole, alpha = 0.75, original = true, scale = scaleFor(image, TARGET) } = options;
  const read = readPatchWeights(weights, { ...options, seen });
  const { grid, values } = read;
  const patch = { width: seen.width / grid.columns, height: seen.height / grid.rows };
  const stretched = options.seen !== undefined || ![patch.width, patch.height].every(Number.isInteger);
  const { mode = stretched ? "smooth" : "nearest" } = options;
  const query = options.query === "class" ? undefined : options.query;
  if (query !== undefined) checkPatch(query, { ...grid, count: values.length }, "query");
  const found = weightRange(values);
  const { name, zmin, zmax } = chosenScale([found.zmin, found.zmax], options);
  const colorScale = options.colorScale ?? (found.zmin < 0 ? name : "inferno");

  const small = atDrawnSize(image, scale);
  const onSmall = scaled(seen, small.width / image.width, small.height / image.height);
  const cover = { zmin, zmax, colorScale, alpha, smooth: mode === "smooth", seen: onSmall };
  const covered = overlayImage(small, read, cover);
  const pictures = original ? [dimOutside(small, onSmall), covered] : [covered];

  const size = { width: image.width * scale, height: image.height * scale };
  const width = pictures.length * (size.width + GAP) + COLOR_BAR_ROOM + 2 * SHEET_EDGE;
  const heading = titleLines(title, width);
  const top = SHEET_EDGE + heading.height;
  const sum = finiteSum(values);
  const missing = elsewhere(read, sum);
  const caption = missing ? captionLines(missing, width - 2 * SHEET_EDGE) : [];
  const sheet = newSheet(width, top + size.height + caption.length * CAPTION_LINE + SHEET_EDGE);
  drawTitle(sheet, heading.lines);
  pictures.forEach((picture, index) => {
    const place = { x: SHEET_EDGE + index * (size.width + GAP), y: top, ...size };
    drawImage(sheet, picture, place);
    drawSeen(sheet, place, scaled(seen, scale, scale));
    if (query === undefined) return;
    const [row, column] = [Math.floor(query / grid.columns), query % grid.columns];
    const { left, top: y } = { left: seen.left + column * patch.width, top: seen.top + row * patch.height };
    const drawn = scaled({ left, top: y, ...patch }, scale, scale);
    drawHighlight(sheet, { ...drawn, x: place.x + drawn.left, y: place.y + drawn.top }, markColor(2));
  });
  caption.forEach((line, index) => {
    const y = top + size.height + (index + 0.5) * CAPTION_LINE + 4;
    drawText(sheet, line, SHEET_EDGE, y, captionStyle);
  });
  const uniform = sum / values.filter(Number.isFinite).length;
  drawColorBar(
    sheet,
    { x: SHEET_EDGE + pictures.length * (size.width + GAP), y: top, width: 12, height: size.height },
    colorScale,
    { zmin, zmax },
    // What each patch would get if all got the same: more is attention, less is not.
    found.zmin >= 0 && uniform > zmin && uniform < zmax ? [{ value: uniform, label: inLanguage(UNIFORM) }] : [],
  );
  const largest = largestPlace(values);
  const odd = notFinite(values);
  const text = [
    title ?? inLanguage({ en: "Attention over the image", zh: "图像上的注意力" }),
    inLanguage({
      en: `image of ${image.width}x${image.height} pixels, ${values.length} patches${stretched ? ` in ${grid.rows} rows and ${grid.columns} columns` : ""}${query === undefined ? "" : `, query patch ${query}`}`,
      zh: `${image.width}x${image.height} 像素的图像，${values.length} 个图像块${stretched ? `，${grid.rows} 行 ${grid.columns} 列` : ""}${query === undefined ? "" : `，查询图像块 ${query}`}`,
    }),
    ...seenInWords(seen, image),
    inLanguage({
      en: `most on patch ${largest} (${showNumber(values[largest]!)}), uniform would be ${showNumber(uniform)}; colors from ${showNumber(zmin)} to ${showNumber(zmax)}`,
      zh: `图像块 ${largest} 得到最多（${showNumber(values[largest]!)}），均匀时为 ${showNumber(uniform)}；颜色从 ${showNumber(zmin)} 到 ${showNumber(zmax)}`,
    }),
    ...(missing ? [missing] : []),
    ...(odd ? [inLanguage(odd)] : []),
  ];
  return sheetFigure(sheet, text.join("\n"));
}

function scaled({ left, top, width, height }: Rectangle, x: number, y: number): Rectangle {
  return { left: left * x, top: top * y, width: width * x, height: height * y };
}

/** Outlines what the model saw, where that isn't the whole image. */
function drawSeen(sheet: Sheet, image: Place, seen: Rectangle): void {
  const [left, top] = [Math.max(0, seen.left), Math.max(0, seen.top)];
  const width = Math.min(image.width, seen.left + seen.width) - left;
  const height = Math.min(image.height, seen.top + seen.height) - top;
  if (width > image.width - 1 && height > image.height - 1) return;
  const place = { x: image.x + left, y: image.y + top, width, height };
  drawOutline(sheet, place, theme.background, 3);
  drawOutline(sheet, place, theme.ink, 1);
}

function seenInWords({ left, top, width, height }: Rectangle, image: RgbaImage): string[] {
  const [right, bottom] = [left + width, top + height].map(Math.round) as [number, number];
  const [column, row] = [Math.round(left), Math.round(top)];
  if (column <= 0 && row <= 0 && right >= image.width && bottom >= image.height) return [];
  return [
    inLanguage({
      en: `the model saw columns ${column} to ${right - 1} and rows ${row} to ${bottom - 1} of it; the rest is dim`,
      zh: `模型看到其中第 ${column} 到 ${right - 1} 列、第 ${row} 到 ${bottom - 1} 行；其余部分变暗`,
    }),
  ];
}

/** How much attention isn't in the picture; attention weights add up to 1. */
function elsewhere({ values, classToken }: PatchWeights, sum: number): string | undefined {
  if (classToken !== undefined)
    return inLanguage({
      en: `${showPercent(classToken / (classToken + sum))} of the attention went to the class token, which is not in the picture`,
      zh: `${showPercent(classToken / (classToken + sum))} 的注意力给了分类标记，它不在图中`,
    });
  const rest = 1 - sum;
  if (values.some((value) => !(value >= 0)) || sum === 0 || rest < 0.0005) return undefined;
  return inLanguage({
    en: `the weights add up to ${showNumber(sum)}: ${showPercent(rest)} of the attention went elsewhere, such as to the class token`,
    zh: `权重之和为 ${showNumber(sum)}：${showPercent(rest)} 的注意力去了别处，例如分类标记`,
  });
}

import { inLanguage, type Words } from "../base/language";
import { figureText } from "./figure-text";
import { measureText } from "./fonts";
import type { ImageFigure } from "./image-figure";
import { aFlag, aPositiveNumber, aText, figureOptions, type OptionKinds } from "./option-kinds";
import { aHighlight, drawHighlight, type PatchHighlight, readHighlight } from "./patch-highlight";
import { checkPatch, patchLayout } from "./patches";
import { type ImageInput, toImage } from "./pixels";
import {
  drawImage,
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

/** How an image with its patches is drawn. */
export interface PatchGridOptions {
  title?: Words;
  /** Patches to outline, e.g. `{ 10: "ear" }`, counted from 0, row by row; those of one name in one color. */
  highlight?: PatchHighlight;
  /** Writes each patch's index into it. Default: where there is room. */
  numbers?: boolean;
  /** How many times larger the image is drawn. Default: about 480 pixels on its longer side. */
  scale?: number;
}

const OPTIONS: OptionKinds<PatchGridOptions> = {
  title: aText,
  highlight: aHighlight,
  numbers: aFlag,
  scale: aPositiveNumber,
};

const TARGET = 480;
const NUMBER = { size: 11, weight: 600 };
const TAG = { size: 12, weight: 600 };

/**
 * An image, enlarged, with the lines that divide it into patches.
 *
 * @throws VitlabError when the patch size does not divide the image, or a highlighted patch doesn't exist.
 *
 * @example
 * ```ts
 * import { imageAt, landmarkPatches, patchGrid, shapes } from "vitlab";
 *
 * // The patches that hold the parts of a drawing, framed.
 * const drawings = shapes({ count: 4 });
 * const parts = Object.values(landmarkPatches(drawings, 3, 4)).flat();
 * const figure = patchGrid(imageAt(drawings, 3), 4, { highlight: parts, numbers: true });
 * console.log(figure.text);
 * // Image in patches
 * // image of 32x32 pixels in 64 patches of 4x4 (8 rows, 8 columns)
 * // patch 21
 * // patch 27
 * // patch 43
 * // patch 25
 * ```
 */
export function patchGrid(input: ImageInput, patchSize: number, given: PatchGridOptions = {}): ImageFigure {
  const options = figureOptions("patchGrid", given, OPTIONS);
  const image = toImage(input);
  const layout = patchLayout(image, patchSize);
  const { title, scale = scaleFor(image, TARGET) } = options;
  const marks = readHighlight(options.highlight);
  for (const { index } of marks) checkPatch(index, layout, "highlighted patch");
  const side = patchSize * scale;
  const numbers = options.numbers ?? side >= 24;

  const width = image.width * scale + 2 * SHEET_EDGE;
  const heading = titleLines(title, width);
  const place = {
    x: SHEET_EDGE,
    y: SHEET_EDGE + heading.height,
    width: image.width * scale,
    height: image.height * scale,
  };
  const sheet = newSheet(width, place.y + place.height + SHEET_EDGE);
  drawTitle(sheet, heading.lines);
  drawImage(sheet, image, place);
  drawLines(sheet, place, side);
  const patchPlace = (index: number): Place => ({
    x: place.x + (index % layout.columns) * side,
    y: place.y + Math.floor(index / layout.columns) * side,
    width: side,
    height: side,
  });
  if (numbers) {
    for (let index = 0; index < layout.count; index++) {
      const { x, y } = patchPlace(index);
      drawText(sheet, String(index), x + 4, y + 9, { ...NUMBER, color: "#ffffff", rim: "rgba(0, 0, 0, 0.65)" });
    }
  }
  for (const { index, color } of marks) drawHighlight(sheet, patchPlace(index), color);
  for (const { index, name, color } of marks) if (name) drawTag(sheet, patchPlace(index), place, name, color);

  const named = marks.map(
    ({ index, name }) => inLanguage({ en: `patch ${index}`, zh: `图像块 ${index}` }) + (name ? `: ${name}` : ""),
  );
  const text = figureText(
    [
      title ?? inLanguage({ en: "Image in patches", zh: "切成图像块的图像" }),
      inLanguage({
        en: `image of ${image.width}x${image.height} pixels in ${layout.count} patches of ${patchSize}x${patchSize} (${layout.rows} rows, ${layout.columns} columns)`,
        zh: `${image.width}x${image.height} 像素的图像，切成 ${layout.count} 个 ${patchSize}x${patchSize} 的图像块（${layout.rows} 行，${layout.columns} 列）`,
      }),
    ],
    named,
  );
  return sheetFigure(sheet, text);
}

/** Lines between patches, light on dark and dark on light. */
function drawLines({ context }: Sheet, place: Place, side: number): void {
  for (const [style, thickness] of [
    ["rgba(255, 255, 255, 0.75)", 2],
    ["rgba(0, 0, 0, 0.6)", 0.5],
  ] as const) {
    context.strokeStyle = style;
    context.lineWidth = thickness;
    context.beginPath();
    for (let x = side; x < place.width - 0.5; x += side) {
      context.moveTo(place.x + x, place.y);
      context.lineTo(place.x + x, place.y + place.height);
    }
    for (let y = side; y < place.height - 0.5; y += side) {
      context.moveTo(place.x, place.y + y);
      context.lineTo(place.x + place.width, place.y + y);
    }
    context.stroke();
  }
}

/** A name on a label above its patch; below it where there is no room above. */
function drawTag(sheet: Sheet, patch: Place, image: Place, name: string, color: string): void {
  const { context } = sheet;
  const width = measureText(name, TAG).width + 12;
  const height = 19;
  const above = patch.y - height - 2;
  const y = above >= image.y ? above : patch.y + patch.height + 2;
  const middle = patch.x + patch.width / 2 - width / 2;
  const x = Math.max(image.x, Math.min(image.x + image.width - width, middle));
  context.fillStyle = color;
  context.beginPath();
  context.roundRect(x, y, width, height, 4);
  context.fill();
  drawText(sheet, name, x + 6, y + height / 2, { ...TAG, color: theme.background });
}

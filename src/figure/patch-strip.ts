import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { figureText } from "./figure-text";
import type { ImageFigure } from "./image-figure";
import { aCount, aFlag, aText, figureOptions, type OptionKinds } from "./option-kinds";
import { aHighlight, drawHighlight, type PatchHighlight, readHighlight } from "./patch-highlight";
import { checkPatch, cutPatch, patchLayout } from "./patches";
import { type ImagesInput, type RgbaImage, toImages } from "./pixels";
import {
  drawImage,
  drawOutline,
  drawText,
  drawTitle,
  newSheet,
  SHEET_EDGE,
  scaleFor,
  sheetFigure,
  titleLines,
} from "./sheet";
import { theme } from "./theme";

/** How a sequence of patches is drawn. */
export interface PatchStripOptions {
  title?: Words;
  /** Cuts one image into its patches first. */
  patchSize?: number;
  /** Patches in a row before the sequence goes on in the next. Default: about 16, in even rows. */
  columns?: number;
  /** Writes each patch's index, or its name if it is highlighted, below it. Default true. */
  numbers?: boolean;
  /** Patches to outline; those of one name in one color. */
  highlight?: PatchHighlight;
  /** Puts a tile for the class token before the patches, as the sequence that the encoder sees has it. */
  classToken?: boolean;
}

const OPTIONS: OptionKinds<PatchStripOptions> = {
  title: aText,
  patchSize: aCount,
  columns: aCount,
  numbers: aFlag,
  highlight: aHighlight,
  classToken: aFlag,
};

const SIDE = 36;
const GAP = 8;
const NUMBER = { size: 11 };
const NUMBER_ROOM = 18;

/**
 * Patches side by side as the sequence of tokens that a ViT reads them as.
 *
 * @param images the patches `[patches, patchSize, patchSize, channels]`, or one image together with `patchSize`
 * @throws VitlabError when the patch size does not divide the image, or a highlighted patch doesn't exist.
 *
 * @example
 * ```ts
 * import { imageAt, patchStrip, shapes } from "vitlab";
 *
 * console.log(patchStrip(imageAt(shapes({ count: 1 }), 0), { patchSize: 8, classToken: true }).text);
 * // Sequence of patches
 * // the class token and 16 patches of 8x8 pixels
 * ```
 */
export function patchStrip(images: ImagesInput, given: PatchStripOptions = {}): ImageFigure {
  const options = figureOptions("patchStrip", given, OPTIONS);
  const { title, numbers = true, classToken = false } = options;
  const patches = readPatches(toImages(images), options.patchSize);
  const layout = { rows: 1, columns: patches.length, count: patches.length };
  const marks = readHighlight(options.highlight);
  for (const { index } of marks) checkPatch(index, layout, "highlighted patch");

  const first = classToken ? 1 : 0;
  const tiles = patches.length + first;
  const columns = options.columns ?? evenColumns(tiles);
  const scale = scaleFor(patches[0]!, SIDE);
  const tile = { width: patches[0]!.width * scale, height: patches[0]!.height * scale };
  const inRow = Math.min(columns, tiles);
  const rowHeight = tile.height + GAP + (numbers ? NUMBER_ROOM - 4 : 0);
  const width = inRow * (tile.width + GAP) - GAP + 2 * SHEET_EDGE;
  const heading = titleLines(title, width);
  const sheet = newSheet(width, heading.height + Math.ceil(tiles / inRow) * rowHeight - GAP + 2 * SHEET_EDGE);
  drawTitle(sheet, heading.lines);
  const placeOf = (position: number) => ({
    x: SHEET_EDGE + (position % inRow) * (tile.width + GAP),
    y: SHEET_EDGE + heading.height + Math.floor(position / inRow) * rowHeight,
    ...tile,
  });
  const drawLabel = (position: number, label: string, color: string) => {
    const place = placeOf(position);
    const middle = place.y + tile.height + NUMBER_ROOM / 2;
    drawText(sheet, label, place.x + tile.width / 2, middle, { ...NUMBER, color, align: "center" });
  };
  if (classToken) {
    const place = placeOf(0);
    drawOutline(sheet, place, theme.pictureInk, 1.5);
    drawText(sheet, "CLS", place.x + tile.width / 2, place.y + tile.height / 2, {
      ...NUMBER,
      weight: 600,
      align: "center",
    });
  }
  patches.forEach((patch, index) => {
    drawImage(sheet, patch, placeOf(index + first));
    if (numbers && !marks.some((mark) => mark.index === index))
      drawLabel(index + first, String(index), theme.pictureInk);
  });
  for (const { index, name, color } of marks) {
    drawHighlight(sheet, placeOf(index + first), color);
    if (numbers) drawLabel(index + first, name || String(index), color);
  }
  const size = `${patches[0]!.width}x${patches[0]!.height}`;
  const text = figureText(
    [
      title ?? inLanguage({ en: "Sequence of patches", zh: "图像块序列" }),
      inLanguage({
        en: `${classToken ? "the class token and " : ""}${patches.length} patches of ${size} pixels`,
        zh: `${classToken ? "分类标记和 " : ""}${patches.length} 个 ${size} 像素的图像块`,
      }),
    ],
    marks.map(
      ({ index, name }) => inLanguage({ en: `patch ${index}`, zh: `图像块 ${index}` }) + (name ? `: ${name}` : ""),
    ),
  );
  return sheetFigure(sheet, text);
}

function readPatches(images: RgbaImage[], patchSize: number | undefined): RgbaImage[] {
  if (patchSize === undefined) return images;
  if (images.length !== 1)
    throw new VitlabError(`patchSize cuts one image into patches: ${images.length} images were given`);
  const { count } = patchLayout(images[0]!, patchSize);
  return Array.from({ length: count }, (_, index) => cutPatch(images[0]!, patchSize, index));
}

/** A row length near 16 that leaves no short last row, where there is one. */
function evenColumns(tiles: number): number {
  return [16, 15, 17, 14, 18, 13, 12, 11, 10].find((columns) => tiles % columns === 0) ?? 16;
}

import { VitlabError } from "../tensor/error";
import { overlayImage, readPatchWeights, weightRange } from "./attention-map";
import { COLOR_BAR_ROOM, drawColorBar } from "./color-bar";
import type { ColorScaleName } from "./color-scale";
import type { ImageFigure } from "./image-figure";
import { type NumbersInput, showNumber } from "./numbers";
import { drawHighlight, markColor } from "./patch-highlight";
import { checkPatch } from "./patches";
import { type ImageInput, toImage } from "./pixels";
import { drawImage, drawTitle, newSheet, SHEET_EDGE, scaleFor, sheetFigure, titleLines } from "./sheet";

/** How attention over an image is drawn. */
export interface AttentionOverlayOptions {
  title?: string;
  /** Side of a patch in pixels of the image. Default: the number of weights tells it. */
  patchSize?: number;
  /** The patch that asks, outlined in the image; counted from 0. Leave it out for the class token. */
  query?: number;
  /** "nearest" colours each patch evenly; "smooth" runs the colours into each other. Default "nearest". */
  mode?: "nearest" | "smooth";
  /** How much of the image the largest weight covers, 0 to 1. Default 0.75. */
  alpha?: number;
  /** The weight with the last colour. Default: the largest. */
  zmax?: number;
  /** Default "inferno": what gets no attention turns dark. */
  colorScale?: ColorScaleName;
  /** Shows the image itself beside the overlay. Default true. */
  original?: boolean;
  /** How many times larger the image is drawn. Default: about 256 pixels on its longer side. */
  scale?: number;
}

const TARGET = 256;
const GAP = 14;

/**
 * Where attention goes in an image: the image in grey, coloured patch by patch with the weights that one query gives.
 *
 * @param weights one for each patch, `[patches]` or `[rows, columns]`; a class token's weight is left out with
 *   `weights.slice(1)`
 * @throws VitlabError when the weights don't fit the patches, or the query is no patch.
 */
export function attentionOverlay(
  input: ImageInput,
  weights: NumbersInput,
  options: AttentionOverlayOptions = {},
): ImageFigure {
  const image = toImage(input);
  const read = readPatchWeights(weights, image, options.patchSize);
  const { title, query, mode = "nearest", alpha = 0.75, original = true, scale = scaleFor(image, TARGET) } = options;
  if (!(alpha >= 0 && alpha <= 1)) throw new VitlabError(`alpha is ${alpha}: it must be from 0 to 1`);
  if (query !== undefined) checkPatch(query, read.layout, "query");
  const found = weightRange(read.values);
  const range = { zmin: found.zmin, zmax: options.zmax ?? found.zmax };
  const colorScale = options.colorScale ?? (found.zmin < 0 ? "viridis" : "inferno");
  const covered = overlayImage(image, read, { ...range, colorScale, alpha, smooth: mode === "smooth" });

  const size = { width: image.width * scale, height: image.height * scale };
  const pictures = original ? [image, covered] : [covered];
  const width = pictures.length * (size.width + GAP) + COLOR_BAR_ROOM + 2 * SHEET_EDGE;
  const heading = titleLines(title, width);
  const top = SHEET_EDGE + heading.height;
  const sheet = newSheet(width, top + size.height + SHEET_EDGE);
  drawTitle(sheet, heading.lines);
  pictures.forEach((picture, index) => {
    const left = SHEET_EDGE + index * (size.width + GAP);
    drawImage(sheet, picture, { x: left, y: top, ...size });
    if (query === undefined) return;
    const side = read.patchSize * scale;
    const place = {
      x: left + (query % read.layout.columns) * side,
      y: top + Math.floor(query / read.layout.columns) * side,
      width: side,
      height: side,
    };
    drawHighlight(sheet, place, markColor(2));
  });
  const sum = read.values.reduce((total, value) => total + value, 0);
  const uniform = sum / read.layout.count;
  drawColorBar(
    sheet,
    { x: SHEET_EDGE + pictures.length * (size.width + GAP), y: top, width: 12, height: size.height },
    colorScale,
    range,
    // What each patch would get if all got the same: more is attention, less is not.
    found.zmin >= 0 && uniform > 0 && uniform < range.zmax ? [{ value: uniform, label: "even" }] : [],
  );
  const largest = read.values.indexOf(Math.max(...read.values));
  const text = [
    title ?? "Attention over the image",
    `image of ${image.width}x${image.height} pixels, ${read.layout.count} patches${query === undefined ? "" : `, query patch ${query}`}`,
    `most on patch ${largest} (${showNumber(read.values[largest]!)}), even would be ${showNumber(uniform)}`,
  ];
  return sheetFigure(sheet, text.join("\n"));
}

import type { Canvas, SKRSContext2D } from "@napi-rs/canvas";
import { PNG } from "pngjs";
import { VitlabError } from "../base/error";
import { pilResize } from "../data/pil-resize";
import { cssFont, loadCanvas, type TextStyle } from "./fonts";
import { ImageFigure } from "./image-figure";
import type { RgbaImage } from "./pixels";
import { wrapText } from "./plot-layout";
import { drawsQuickly } from "./quickly";
import { shortenToWidth } from "./shorten-to-width";
import { theme } from "./theme";

/** Pixels of the file for each pixel on the page: text stays sharp on dense screens. */
const DENSITY = 2;
const LARGEST_SIDE = 8000;

/** A page without a ground of its own on which figures that are images are drawn; lengths are in pixels of the page. */
export interface Sheet {
  context: SKRSContext2D;
  canvas: Canvas;
  width: number;
  height: number;
}

/** Where a rectangle lies on a sheet. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Space between a figure's edge and what is in it. */
export const SHEET_EDGE = 12;

/** Style of the title above everything. */
const titleStyle: TextStyle = { size: theme.titleSize, weight: 600 };
/** Style of a caption above one image. */
export const captionStyle: TextStyle = { size: theme.labelSize };

/** An empty sheet. */
export function newSheet(width: number, height: number): Sheet {
  if (Math.max(width, height) > LARGEST_SIDE)
    throw new VitlabError(
      `the figure would be ${Math.ceil(width)}x${Math.ceil(height)} pixels: at most ${LARGEST_SIDE} on a side can be drawn; show fewer images or use a smaller scale`,
    );
  const canvas = loadCanvas().createCanvas(Math.ceil(width) * DENSITY, Math.ceil(height) * DENSITY);
  const context = canvas.getContext("2d");
  context.scale(DENSITY, DENSITY);
  return { context, canvas, width: Math.ceil(width), height: Math.ceil(height) };
}

/** The finished sheet as a figure; nothing can be drawn on the sheet after it. */
export function sheetFigure({ canvas, width, height }: Sheet, text: string): ImageFigure {
  const file = drawsQuickly() ? quickPng(canvas) : canvas.toBuffer("image/png");
  free(canvas);
  return new ImageFigure(file, width, height, text);
}

/** Rows are told as what differs from the row above: that packs well without a search for the best way. */
const PNG_PACKING = { filterType: 2, deflateLevel: 3, deflateStrategy: 0 } as const;

/** A PNG in less than half the time of the canvas' own. Its pixels wait for a finalizer, which a loop would pile up. */
function quickPng(canvas: Canvas): Buffer {
  const { width, height } = canvas;
  const png = new PNG({ width, height });
  png.data = Buffer.from(canvas.getContext("2d").getImageData(0, 0, width, height).data.buffer);
  return PNG.sync.write(png, PNG_PACKING);
}

/**
 * Gives a canvas' pixels back at once. Otherwise they stay until a finalizer has run, which Node lets happen only when
 * its event loop turns: a loop over figures that awaits nothing slower would pile them up.
 */
function free(canvas: Canvas): void {
  canvas.width = 1;
  canvas.height = 1;
}

/** An image with no more pixels than a drawing of it has: a photograph needn't be colored pixel by pixel. */
export function atDrawnSize(image: RgbaImage, scale: number): RgbaImage {
  const factor = scale * DENSITY;
  if (factor >= 1) return image;
  const size = { width: drawn(image.width * factor), height: drawn(image.height * factor) };
  const { width, height, rgba } = image;
  const { pixels } = pilResize({ width, height, channels: 4, pixels: bytesOf(rgba) }, size, { filter: "box" });
  return { ...size, rgba: new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length) };
}

function drawn(side: number): number {
  return Math.max(1, Math.round(side));
}

function bytesOf({ buffer, byteOffset, length }: Uint8ClampedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/** Draws an image into a place; each of its pixels becomes a sharp square when it is enlarged. */
export function drawImage({ context }: Sheet, image: RgbaImage, place: Place): void {
  const { createCanvas, ImageData } = loadCanvas();
  const canvas = createCanvas(image.width, image.height);
  // Not createImageData, whose bytes wait for a finalizer as well.
  canvas.getContext("2d").putImageData(new ImageData(image.rgba, image.width, image.height), 0, 0);
  const shrunk = place.width * DENSITY < image.width;
  context.imageSmoothingEnabled = shrunk;
  context.imageSmoothingQuality = "high";
  context.drawImage(canvas, place.x, place.y, place.width, place.height);
  free(canvas);
}

/** How a line of text is drawn. */
export interface DrawTextOptions extends TextStyle {
  color?: string;
  align?: "left" | "center" | "right";
  /** Draws a rim around the letters, so that they can be read on any image. */
  rim?: string;
}

/** Draws one line of text with its middle at height `y`. */
export function drawText({ context }: Sheet, text: string, x: number, y: number, options: DrawTextOptions): void {
  context.font = cssFont(options);
  context.textAlign = options.align ?? "left";
  context.textBaseline = "alphabetic";
  // The middle of lower-case letters with their ascenders, rather than that of the typeface's box.
  const baseLine = y + options.size * 0.36;
  if (options.rim) {
    context.strokeStyle = options.rim;
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeText(text, x, baseLine);
  }
  context.fillStyle = options.color ?? theme.pictureInk;
  context.fillText(text, x, baseLine);
}

/** Draws a rectangle's outline, wholly inside of the place. */
export function drawOutline({ context }: Sheet, place: Place, color: string, thickness: number): void {
  context.strokeStyle = color;
  context.lineWidth = thickness;
  context.lineJoin = "miter";
  context.strokeRect(
    place.x + thickness / 2,
    place.y + thickness / 2,
    place.width - thickness,
    place.height - thickness,
  );
}

/** Lines of a figure's title and the height they take, for a sheet `width` wide; none takes nothing. */
export function titleLines(title: string | undefined, width: number): { lines: string[]; height: number } {
  const lines = title ? wrapText(title, width - 2 * SHEET_EDGE, titleStyle) : [];
  return { lines, height: lines.length > 0 ? lines.length * 22 + 8 : 0 };
}

/** Draws the title at the top of a sheet. */
export function drawTitle(sheet: Sheet, lines: readonly string[]): void {
  lines.forEach((line, index) => {
    drawText(sheet, line, SHEET_EDGE, SHEET_EDGE + 10 + index * 22, titleStyle);
  });
}

/** Breaks a caption into at most `most` lines that fit into `width`; what doesn't fit ends with an ellipsis. */
export function captionLines(text: string, width: number, most = 2): string[] {
  const lines = wrapText(text, width, captionStyle);
  const kept = lines.slice(0, most);
  if (lines.length > most) kept[most - 1] = `${kept[most - 1]}…`;
  return kept.map((line) => shortenToWidth(line, width, captionStyle));
}

/** How many times larger an image is drawn: a whole number for small ones, so that all its pixels are equal. */
export function scaleFor(image: { width: number; height: number }, target: number): number {
  const scale = target / Math.max(image.width, image.height);
  return scale >= 1 ? Math.max(1, Math.round(scale)) : scale;
}

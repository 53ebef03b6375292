import { VitlabError } from "../base/error";
import { plainText } from "../base/plain-text";
import { measureText } from "./fonts";
import type { ImageFigure } from "./image-figure";
import {
  aCount,
  aPositiveNumber,
  aText,
  checkFigureOptions,
  either,
  listOf,
  type OptionKinds,
  someTexts,
} from "./option-kinds";
import { type ImagesInput, toImages } from "./pixels";
import {
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

/** How a grid of images is drawn. */
export interface ImageGridOptions {
  title?: string;
  /** A caption for each image; two lines at most. */
  titles?: readonly string[];
  /** Images in a row. Default: as many as fit. */
  columns?: number;
  /** How many times larger each image is drawn. Default: each becomes about 96 pixels long. */
  scale?: number;
  /** A border for each image: "right" (green, with a tick), "wrong" (red, with a cross), any color, or none. */
  borders?: readonly (string | null | undefined)[];
}

const noBorder = { takes: (value: unknown) => value === null || value === undefined, expected: "null" };

const OPTIONS: OptionKinds<ImageGridOptions> = {
  title: aText,
  titles: someTexts,
  columns: aCount,
  scale: aPositiveNumber,
  borders: listOf(either(aText, noBorder), 'a list of "right", "wrong", colors or null'),
};

const TARGET = 96;
const FULL_WIDTH = 720;
const GAP = 12;
const CAPTION_LINE = 16;
const BORDER = 3;

/**
 * Images in rows, each with a caption and a border that says right or wrong.
 *
 * @throws VitlabError when captions or borders don't count as many as the images.
 */
export function imageGrid(images: ImagesInput, options: ImageGridOptions = {}): ImageFigure {
  checkFigureOptions("imageGrid", options, OPTIONS);
  const pictures = toImages(images);
  const { title, titles, borders } = options;
  checkCount(titles, pictures.length, "titles");
  checkCount(borders, pictures.length, "borders");
  const target = pictures.length === 1 ? 3 * TARGET : TARGET;
  const sizes = pictures.map((picture) => {
    const scale = options.scale ?? scaleFor(picture, target);
    return { width: picture.width * scale, height: picture.height * scale };
  });
  const cell = {
    width: Math.max(...sizes.map((size) => size.width)),
    height: Math.max(...sizes.map((size) => size.height)),
  };
  // A narrow image still gets room for a word.
  const cellWidth = Math.max(cell.width, titles ? Math.min(120, widestWord(titles)) : 0);
  const fitting = Math.max(1, Math.floor((FULL_WIDTH + GAP) / (cellWidth + GAP)));
  const columns = Math.min(options.columns ?? fitting, pictures.length);
  const rows = Math.ceil(pictures.length / columns);
  const captions = titles?.map((caption) => captionLines(caption, cellWidth + GAP / 2));
  const captionHeight = captions ? Math.max(...captions.map((lines) => lines.length)) * CAPTION_LINE + 4 : 0;

  const titleWidth = title ? Math.min(FULL_WIDTH, measureText(title, { size: theme.titleSize, weight: 600 }).width) : 0;
  const width = Math.max(columns * (cellWidth + GAP) - GAP, titleWidth) + 2 * SHEET_EDGE;
  const heading = titleLines(title, width);
  const rowHeight = cell.height + captionHeight + GAP;
  const sheet = newSheet(width, heading.height + rows * rowHeight - GAP + 2 * SHEET_EDGE);
  drawTitle(sheet, heading.lines);
  pictures.forEach((picture, index) => {
    const left = SHEET_EDGE + (index % columns) * (cellWidth + GAP);
    const top = SHEET_EDGE + heading.height + Math.floor(index / columns) * rowHeight;
    captions?.[index]?.forEach((line, row, all) => {
      const y = top + captionHeight - 4 - (all.length - row - 0.5) * CAPTION_LINE;
      drawText(sheet, line, left + cellWidth / 2, y, { ...captionStyle, align: "center" });
    });
    const size = sizes[index]!;
    const place = { x: left + Math.floor((cellWidth - size.width) / 2), y: top + captionHeight, ...size };
    drawImage(sheet, picture, place);
    const border = borders?.[index];
    if (border) drawBorder(sheet, place, border);
  });
  const marks = borders?.map((border) => (border === "right" || border === "wrong" ? `, ${border}` : ""));
  const named = titles?.map(
    (caption, index) => `${index}: ${plainText(caption.replaceAll("\n", " "))}${marks?.[index] ?? ""}`,
  );
  const text = [
    title ?? (pictures.length === 1 ? "Image" : "Images"),
    `${pictures.length} ${pictures.length === 1 ? "image" : "images"} of ${[...new Set(pictures.map((p) => `${p.width}x${p.height}`))].join(", ")} pixels`,
    ...(named ?? []),
  ];
  return sheetFigure(sheet, text.join("\n"));
}

function widestWord(titles: readonly string[]): number {
  return Math.max(...titles.flatMap((caption) => caption.split(/\s/)).map((w) => measureText(w, captionStyle).width));
}

function checkCount(list: readonly unknown[] | undefined, count: number, name: string): void {
  if (list && list.length !== count)
    throw new VitlabError(`${name} has ${list.length} entries: there are ${count} images`);
}

function drawBorder(sheet: Sheet, place: Place, border: string): void {
  const verdict = border === "right" || border === "wrong";
  const color = border === "right" ? theme.right : border === "wrong" ? theme.wrong : border;
  const around = {
    x: place.x - BORDER,
    y: place.y - BORDER,
    width: place.width + 2 * BORDER,
    height: place.height + 2 * BORDER,
  };
  drawOutline(sheet, around, color, BORDER);
  if (verdict) drawMark(sheet, around.x + around.width - 8, around.y + 8, color, border === "right");
}

/** A tick or a cross on a disc: green and red alone are the same to one man in twelve. */
function drawMark({ context }: Sheet, x: number, y: number, color: string, right: boolean): void {
  context.beginPath();
  context.arc(x, y, 8, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
  context.beginPath();
  if (right) {
    context.moveTo(x - 3.5, y + 0.5);
    context.lineTo(x - 1, y + 3);
    context.lineTo(x + 3.5, y - 2.5);
  } else {
    context.moveTo(x - 3, y - 3);
    context.lineTo(x + 3, y + 3);
    context.moveTo(x + 3, y - 3);
    context.lineTo(x - 3, y + 3);
  }
  context.strokeStyle = theme.background;
  context.lineWidth = 1.8;
  context.lineCap = "round";
  context.stroke();
}

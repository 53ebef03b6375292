import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { plainText } from "../base/plain-text";
import { figureText } from "./figure-text";
import type { ImageFigure } from "./image-figure";
import {
  aCount,
  aPositiveNumber,
  aText,
  either,
  figureOptions,
  listOf,
  type OptionKinds,
  someTexts,
} from "./option-kinds";
import { type ImagesInput, type RgbaImage, toImages } from "./pixels";
import { drawImage, drawOutline, type Place, type Sheet, scaleFor, sheetFigure } from "./sheet";
import { theme } from "./theme";
import { drawTiles } from "./tiles";

/** How a grid of images is drawn. */
export interface ImageGridOptions {
  title?: Words;
  /** A caption for each image; two lines at most. */
  titles?: readonly Words[];
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
const BORDER = 3;

/**
 * Images in rows, each with a caption and a border that says right or wrong.
 *
 * @throws VitlabError when captions or borders don't count as many as the images.
 *
 * @example
 * ```ts
 * import { imageAt, imageGrid, shapes } from "vitlab";
 *
 * const drawings = shapes({ count: 10 });
 * const images = [0, 1, 2, 3].map((index) => imageAt(drawings, index));
 * const figure = imageGrid(images, { titles: images.map(({ className }) => className), columns: 2 });
 * console.log((await figure.png()).subarray(1, 4).toString()); // PNG
 * ```
 */
export function imageGrid(images: ImagesInput, given: ImageGridOptions = {}): ImageFigure {
  const options = figureOptions("imageGrid", given, OPTIONS);
  const pictures = toImages(images);
  const { title, titles, borders } = options;
  checkCount(titles, pictures.length, "titles");
  checkCount(borders, pictures.length, "borders");
  const target = pictures.length === 1 ? 3 * TARGET : TARGET;
  const sizes = pictures.map((picture) => {
    const scale = options.scale ?? scaleFor(picture, target);
    return { width: picture.width * scale, height: picture.height * scale };
  });
  const tiles = pictures.map((picture, index) => ({
    caption: titles?.[index],
    draw(sheet: Sheet, { x, y, width }: Place) {
      const size = sizes[index]!;
      const place = { x: x + Math.floor((width - size.width) / 2), y, ...size };
      drawImage(sheet, picture, place);
      const border = borders?.[index];
      if (border) drawBorder(sheet, place, border);
    },
  }));
  const cell = {
    width: Math.max(...sizes.map((size) => size.width)),
    height: Math.max(...sizes.map((size) => size.height)),
  };
  const sheet = drawTiles(tiles, { title, cell, columns: options.columns });
  const marks = borders?.map((border) =>
    border === "right" || border === "wrong" ? `, ${verdictInWords(border)}` : "",
  );
  const named = titles?.map(
    (caption, index) => `${index}: ${plainText(caption.replaceAll("\n", " "))}${marks?.[index] ?? ""}`,
  );
  const text = figureText(
    [
      title ?? inLanguage({ en: pictures.length === 1 ? "Image" : "Images", zh: "图像" }),
      inLanguage({
        en: `${pictures.length} ${pictures.length === 1 ? "image" : "images"} of ${sizesInWords(pictures)} pixels`,
        zh: `${pictures.length} 张图像，${sizesInWords(pictures)} 像素`,
      }),
    ],
    named,
  );
  return sheetFigure(sheet, text);
}

function verdictInWords(verdict: "right" | "wrong"): string {
  return inLanguage({ en: verdict, zh: verdict === "right" ? "正确" : "错误" });
}

function sizesInWords(pictures: readonly RgbaImage[]): string {
  const sizes = [...new Set(pictures.map(({ width, height }) => `${width}x${height}`))];
  return sizes.length > 10
    ? inLanguage({ en: `${sizes.length} different sizes in`, zh: `${sizes.length} 种不同大小，单位` })
    : sizes.join(", ");
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

import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { plainText } from "../base/plain-text";
import { showShape } from "../base/shape";
import { figureText } from "./figure-text";
import type { ImageFigure } from "./image-figure";
import { extent, type NumbersInput, notFinite, rangeInWords, showNumber, toNumbers } from "./numbers";
import { aCount, aPositiveNumber, aText, figureOptions, type OptionKinds, oneOf, someTexts } from "./option-kinds";
import type { RgbaImage } from "./pixels";
import { drawImage, drawOutline, type Place, type Sheet, scaleFor, sheetFigure } from "./sheet";
import { theme } from "./theme";
import { drawTiles } from "./tiles";
import { whichOnes } from "./which-ones";

/** How filters are drawn. */
export interface FilterGridOptions {
  title?: Words;
  /** A caption for each filter; two lines at most. */
  titles?: readonly Words[];
  /**
   * "shared" has one range for all filters, so that weak ones look weak; "each" gives each its own, written below it.
   * Default "shared".
   */
  scale?: "shared" | "each";
  /** Filters in a row. Default: as many as fit. */
  columns?: number;
  /** Pixels that a filter takes on its longer side. Default 64. */
  size?: number;
}

const OPTIONS: OptionKinds<FilterGridOptions> = {
  title: aText,
  titles: someTexts,
  scale: oneOf("shared", "each"),
  columns: aCount,
  size: aPositiveNumber,
};

const SIZE = 64;
/** The gray of 0, halfway between dark and bright. */
const MIDDLE = 127.5;

/**
 * Filters as small images, gray where they are 0, brighter above and darker below in each channel: what a patch embedding
 * looks for, or the principal components of it (Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021, figure 7).
 *
 * NaN and Infinity leave a pixel blank; the figure's words count them, and name the filters that are zero everywhere.
 *
 * @param filters `[filters, height, width, channels]` of 3 channels, or 1
 * @throws VitlabError when filters have another shape, no number is finite, or titles don't count as many.
 *
 * @example
 * ```ts
 * import { embeddingFilters, filterGrid, loadModel } from "vitlab";
 *
 * const { model } = await loadModel("vit-shapes");
 * const { shape, data } = embeddingFilters(model, { components: 8 });
 * console.log(filterGrid({ shape, data }, { columns: 4 }).text.split("\n")[1]);
 * // 8 filters of 4x4 pixels in 3 channels
 * ```
 */
export function filterGrid(filters: NumbersInput, given: FilterGridOptions = {}): ImageFigure {
  const options = figureOptions("filterGrid", given, OPTIONS);
  const { shape, values } = toNumbers(filters, "filters");
  const [count = 0, height = 0, width = 0, channels = 0] = shape;
  if (shape.length !== 4 || values.length === 0 || (channels !== 1 && channels !== 3))
    throw new VitlabError(
      `filters is ${showShape(shape)}: [filters, height, width, channels] with 1 or 3 channels is expected`,
    );
  if (!values.some(Number.isFinite))
    throw new VitlabError(`filters has no finite number (${notFinite(values)?.en}): there is nothing to draw`);
  const { title, titles, scale = "shared", size = SIZE } = options;
  if (titles && titles.length !== count)
    throw new VitlabError(`titles has ${titles.length} names: there are ${count} filters`);
  const length = height * width * channels;
  const all = Array.from({ length: count }, (_, index) => values.subarray(index * length, (index + 1) * length));
  const shared = reachOf(values);
  const factor = scaleFor({ width, height }, size);
  const tiles = all.map((filter, index) => ({
    caption: titles?.[index],
    note: scale === "each" ? showReach(reachOf(filter)) : undefined,
    draw(sheet: Sheet, place: Place) {
      drawImage(sheet, picture({ width, height }, filter, scale === "each" ? reachOf(filter) : shared), place);
      // What is bright ends somewhere on a bright page, too.
      drawOutline(sheet, place, theme.axisLine, 0.5);
    },
  }));
  const sheet = drawTiles(tiles, {
    title,
    cell: { width: width * factor, height: height * factor },
    columns: options.columns,
    foot:
      scale === "shared"
        ? inLanguage({
            en: `gray is 0, dark and bright are ${showReach(shared)}`,
            zh: `灰色为 0，最暗和最亮为 ${showReach(shared)}`,
          })
        : inLanguage({ en: "gray is 0", zh: "灰色为 0" }),
  });
  const nameOf = (index: number) => titles?.[index];
  const odd = notFinite(values);
  const text = figureText(
    [
      title ?? inLanguage({ en: "Filters", zh: "滤波器" }),
      inLanguage({
        en: `${count} ${count === 1 ? "filter" : "filters"} of ${height}x${width} pixels in ${channels} ${channels === 1 ? "channel" : "channels"}`,
        zh: `${count} 个滤波器，${height}x${width} 像素，${channels} 个通道`,
      }),
      scale === "shared"
        ? inLanguage({
            en: `gray is 0, dark and bright are ${showReach(shared)} for all filters`,
            zh: `灰色为 0，所有滤波器的最暗和最亮为 ${showReach(shared)}`,
          })
        : inLanguage({
            en: "gray is 0, dark and bright are the largest magnitude of each filter",
            zh: "灰色为 0，最暗和最亮为各滤波器的最大绝对值",
          }),
      ...(odd ? [inLanguage(odd)] : []),
      ...whichOnes(
        { en: "filter", zh: "滤波器" },
        all.flatMap((filter, index) => (filter.every((value) => value === 0) ? [index] : [])),
        { en: "zero everywhere", zh: "处处为零" },
        nameOf,
      ),
    ],
    all.map((filter, index) => {
      const name = nameOf(index);
      return `${name === undefined ? inLanguage({ en: `filter ${index}`, zh: `滤波器 ${index}` }) : plainText(name)}: ${rangeInWords(filter)}`;
    }),
  );
  return sheetFigure(sheet, text);
}

/** The largest magnitude. */
function reachOf(values: Float64Array): number {
  return Math.max(...extent(values).map(Math.abs));
}

function showReach(reach: number): string {
  return reach === 0 ? "0" : `±${showNumber(reach)}`;
}

function picture(size: { width: number; height: number }, filter: Float64Array, reach: number): RgbaImage {
  const pixels = size.width * size.height;
  const channels = filter.length / pixels;
  const rgba = new Uint8ClampedArray(pixels * 4);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const color = filter.subarray(pixel * channels, (pixel + 1) * channels);
    if (!color.every(Number.isFinite)) continue;
    const levels = color.map((value) => MIDDLE * (1 + (reach === 0 ? 0 : value / reach)));
    rgba.set([levels[0]!, levels[channels === 1 ? 0 : 1]!, levels[channels === 1 ? 0 : 2]!, 255], pixel * 4);
  }
  return { ...size, rgba };
}

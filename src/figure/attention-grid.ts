import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { showShape } from "../base/shape";
import { gridOf, overlayImage, type PatchWeights, rangeOfAll, weightRange } from "./attention-map";
import { COLOR_BAR_ROOM, type ColorBarMark, drawColorBar } from "./color-bar";
import { type ColorRange, type ColorScaleName, chosenScale, colorScaleNames } from "./color-scale";
import { coloredPixels } from "./colored-pixels";
import { figureText } from "./figure-text";
import { measureText, widestText } from "./fonts";
import type { ImageFigure } from "./image-figure";
import { UNIFORM } from "./level-line";
import { extent, finiteSum, type NumbersInput, notFinite, showNumber, showPercent, toNumbers } from "./numbers";
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
  type OptionKinds,
  oneOf,
  type Told,
} from "./option-kinds";
import { drawHighlight, markColor } from "./patch-highlight";
import { aGrid, checkPatch } from "./patches";
import { type ImageInput, type RgbaImage, toImage } from "./pixels";
import { aRectangle, type Rectangle } from "./rectangle";
import {
  atDrawnSize,
  captionStyle,
  drawImage,
  drawText,
  drawTitle,
  newSheet,
  type Place,
  SHEET_EDGE,
  scaleFor,
  sheetFigure,
  titleLines,
} from "./sheet";

/** How the attention of many heads is drawn. */
export interface AttentionGridOptions {
  title?: Words;
  /** Whose attention is drawn, the class token's or a patch's (counted from 0). Default with an image: "class". */
  query?: "class" | number;
  /** Draws the attention of the query over this image, of any size. */
  image?: ImageInput;
  /** [rows, columns] of the patches. Default: the number of tokens tells it. */
  grid?: readonly [number, number];
  /** Side of a patch in pixels of the image, which tells the grid as well. */
  patchSize?: number;
  /** The part of the image that the model saw, over which the patches are stretched. Default: all of it. */
  seen?: Rectangle;
  /** One range of colors for all heads, with a color bar; otherwise each head has its own, written below it. Default true. */
  sharedRange?: boolean;
  /** The weight with the first color. Default: 0, or the smallest where one is below. */
  zmin?: number;
  /** The weight with the last color. Default: the largest of all heads, or of each. */
  zmax?: number;
  /** Default "viridis", or "inferno" over an image. */
  colorScale?: ColorScaleName;
  /** With an image: how much of it the largest weight covers, 0 to 1. Default 0.75. */
  alpha?: number;
  /** Pixels that one head takes on its longer side. Default 130. */
  size?: number;
}

const OPTIONS: OptionKinds<AttentionGridOptions> = {
  title: aText,
  query: either(oneOf("class"), aNumber),
  image: anything,
  grid: aGrid,
  patchSize: aCount,
  seen: aRectangle,
  sharedRange: aFlag,
  zmin: aNumber,
  zmax: aNumber,
  colorScale: oneOf(...colorScaleNames),
  alpha: aShare,
  size: aPositiveNumber,
};

interface Head {
  tokens: number;
  /** `[tokens, tokens]`: row = query, column = key. */
  values: Float64Array;
}

/** What is drawn of one head. */
interface Panel {
  /** The numbers that colors stand for. */
  values: Float64Array;
  picture(range: ColorRange, colorScale: ColorScaleName): RgbaImage;
  /** The share of the attention that isn't drawn; undefined where there is no class token. */
  classToken: number | undefined;
}

/** What is drawn of all heads. */
interface Panels {
  /** One row for each block, one panel for each head. */
  rows: Panel[][];
  /** Width and height of each panel on the page. */
  cell: { width: number; height: number };
  colorScale: ColorScaleName;
  /** What one panel is, in words. */
  what: string;
  /** The query patch in its panel. */
  mark?: Place | undefined;
  /** What each token would get if all got the same. */
  uniform?: number | undefined;
}

const GAP = 10;
const HEADER = 20;
const CAPTION_LINE = 16;

/**
 * Attention of every head of every block: one row for each block, one column for each head; either as a matrix
 * (row = query, column = key) or, for one query, as a map of the patches, over an image where there is one.
 *
 * All heads share one range of colors. The attention that went to the class token is not in a map: its share stands below.
 *
 * @param blocks for each block `[heads, tokens, tokens]`; a batch of one in front is left out
 * @throws VitlabError when a block has another shape, the tokens fit no patches, or an option has nothing to act on.
 *
 * @example
 * ```ts
 * import { attentionGrid, datasetToTensor, presets, shapes, ViT } from "vitlab";
 *
 * // All heads of all blocks: where the class token looks.
 * const { trace } = new ViT(presets.tiny).run(datasetToTensor(shapes({ count: 1 })));
 * const weights = [0, 1, 2, 3].map((block) => trace.get(`blocks.${block}.attention.weights`));
 * console.log(attentionGrid(weights, { query: "class" }).text.split("\n")[1]);
 * // 4 blocks of 4 heads; attention of the class token, 8 rows and 8 columns of patches
 * ```
 */
export function attentionGrid(
  blocks: NumbersInput | readonly NumbersInput[],
  given: AttentionGridOptions = {},
): ImageFigure {
  const options = figureOptions("attentionGrid", given, OPTIONS);
  const heads = readBlocks(blocks);
  const { title, sharedRange = true } = options;
  const { rows, cell, colorScale, what, mark, uniform } =
    options.image === undefined && options.query === undefined
      ? matrixPanels(heads, options)
      : mapPanels(heads, options);
  const all = rows.flat();
  if (!all.some(({ values }) => values.some(Number.isFinite)))
    throw new VitlabError("attention has no finite weight: there is nothing to draw");
  const shared = chosenRange(rangeOfAll(all.map(({ values }) => values)), options);
  const rangeOf = (panel: Panel) => (sharedRange ? shared : chosenRange(weightRange(panel.values), options));
  const captionsOf = (panel: Panel) => [
    ...(panel.classToken === undefined
      ? []
      : [`${inLanguage({ en: "class token", zh: "分类标记" })} ${showPercent(panel.classToken)}`]),
    ...(sharedRange ? [] : [showRange(rangeOf(panel))]),
  ];

  const captions = rows.map((row) => row.map(captionsOf));
  const captionRoom = captions[0]![0]!.length * CAPTION_LINE;
  const columns = Math.max(...rows.map((row) => row.length));
  const column = Math.max(cell.width, Math.ceil(widestText(captions.flat(2), captionStyle))) + GAP;
  const rowHeight = cell.height + captionRoom + GAP;
  const rowHeader = Math.ceil(measureText(blockName(rows.length - 1), captionStyle).width) + 10;
  const gridWidth = columns * column - GAP;
  const width = rowHeader + gridWidth + (sharedRange ? GAP + COLOR_BAR_ROOM : 0) + 2 * SHEET_EDGE;
  const heading = titleLines(title, width);
  const top = SHEET_EDGE + heading.height + HEADER;
  const gridHeight = rows.length * rowHeight - GAP;
  const sheet = newSheet(width, top + gridHeight + SHEET_EDGE);
  drawTitle(sheet, heading.lines);
  const left = SHEET_EDGE + rowHeader;
  const middleOf = (head: number) => left + head * column + (column - GAP) / 2;
  const centered = { ...captionStyle, align: "center" } as const;
  for (let head = 0; head < columns; head++)
    drawText(
      sheet,
      inLanguage({ en: `head ${head}`, zh: `头 ${head}` }),
      middleOf(head),
      top - HEADER / 2 - 2,
      centered,
    );
  rows.forEach((row, block) => {
    const y = top + block * rowHeight;
    drawText(sheet, blockName(block), SHEET_EDGE, y + cell.height / 2, captionStyle);
    row.forEach((panel, head) => {
      const place: Place = { x: middleOf(head) - cell.width / 2, y, ...cell };
      drawImage(sheet, panel.picture(rangeOf(panel), colorScale), place);
      if (mark) drawHighlight(sheet, { ...mark, x: place.x + mark.x, y: place.y + mark.y }, markColor(2));
      captions[block]![head]!.forEach((line, index) => {
        drawText(sheet, line, middleOf(head), y + cell.height + (index + 0.5) * CAPTION_LINE + 2, centered);
      });
    });
  });
  if (sharedRange) {
    const bar = { x: left + gridWidth + GAP, y: top, width: 12, height: Math.min(gridHeight - captionRoom, 300) };
    drawColorBar(sheet, bar, colorScale, shared, uniformMark(uniform, shared));
  }
  const odd = notFinite(...all.map(({ values }) => values));
  const text = figureText(
    [title ?? inLanguage({ en: "Attention of all heads", zh: "所有注意力头的注意力" }), `${count(heads)}; ${what}`],
    rows.map((row, block) => `${blockName(block)}: ${inWords(row, sharedRange ? undefined : rangeOf)}`),
    [
      ...(sharedRange
        ? [
            inLanguage({
              en: `colors from ${showRange(shared)} for all heads`,
              zh: `所有头的颜色从 ${showRange(shared)}`,
            }),
          ]
        : []),
      ...(odd ? [inLanguage(odd)] : []),
    ],
  );
  return sheetFigure(sheet, text);
}

function matrixPanels(blocks: Head[][], options: Told<AttentionGridOptions>): Panels {
  for (const name of ["grid", "patchSize", "seen", "alpha"] as const)
    if (options[name] !== undefined)
      throw new VitlabError(
        `attentionGrid: ${name} has nothing to act on in matrices of tokens: give query${name === "grid" ? "" : " and image"} as well, or leave it out`,
      );
  const { tokens } = blocks[0]![0]!;
  const { size = 130, colorScale = "viridis" } = options;
  const scale = scaleFor({ width: tokens, height: tokens }, size);
  return {
    rows: blocks.map((heads) =>
      heads.map(({ values }) => ({
        values,
        picture: (range, colors) => coloredPixels({ width: tokens, height: tokens }, values, range, colors),
        classToken: undefined,
      })),
    ),
    cell: { width: tokens * scale, height: tokens * scale },
    colorScale,
    what: inLanguage({
      en: `${tokens} tokens, row = query, column = key`,
      zh: `${tokens} 个标记，行 = 查询，列 = 键`,
    }),
  };
}

function mapPanels(blocks: Head[][], options: Told<AttentionGridOptions>): Panels {
  const { query = "class", size = 130, alpha = 0.75 } = options;
  const image = options.image === undefined ? undefined : toImage(options.image);
  for (const name of ["patchSize", "seen", "alpha"] as const)
    if (!image && options[name] !== undefined)
      throw new VitlabError(`attentionGrid: ${name} has nothing to act on without an image: give image as well`);
  const { tokens } = blocks[0]![0]!;
  const whole = { left: 0, top: 0, width: image?.width ?? 1, height: image?.height ?? 1 };
  const seen = options.seen ?? whole;
  const grid = gridOf(tokens, { ...options, seen }, "tokens");
  const patches = grid.rows * grid.columns;
  const classTokens = tokens - patches;
  if (query === "class" && classTokens === 0)
    throw new VitlabError(`attention has ${tokens} tokens, all of them patches: name a query patch, e.g. query: 10`);
  if (query !== "class") checkPatch(query, { ...grid, count: patches }, "query");
  const row = query === "class" ? 0 : query + classTokens;
  const weights = blocks.map((heads) =>
    heads.map(({ values }): PatchWeights => {
      const ofQuery = values.subarray(row * tokens, (row + 1) * tokens);
      return { grid, values: ofQuery.subarray(classTokens), classToken: classTokens ? ofQuery[0]! : undefined };
    }),
  );
  const map = { width: grid.columns, height: grid.rows };
  const scale = scaleFor(image ?? map, size);
  const cell = { width: (image ?? map).width * scale, height: (image ?? map).height * scale };
  const small = image && atDrawnSize(image, scale);
  // Where the patches lie in a picture that is as wide as this.
  const within = (width: number): Rectangle => {
    const part = image ? seen : { left: 0, top: 0, ...map };
    const factor = width / (image ?? map).width;
    return {
      left: part.left * factor,
      top: part.top * factor,
      width: part.width * factor,
      height: part.height * factor,
    };
  };
  const smooth =
    options.seen !== undefined || ![seen.width / grid.columns, seen.height / grid.rows].every(Number.isInteger);
  const panelOf = (one: PatchWeights): Panel => ({
    values: one.values,
    picture: (range, colorScale) =>
      small
        ? overlayImage(small, one, { ...range, colorScale, alpha, smooth, seen: within(small.width) })
        : coloredPixels(map, one.values, range, colorScale),
    classToken: one.classToken === undefined ? undefined : one.classToken / (one.classToken + finiteSum(one.values)),
  });
  const asked =
    query === "class" ? { en: "the class token", zh: "分类标记" } : { en: `patch ${query}`, zh: `图像块 ${query} ` };
  const drawn = within(cell.width);
  const side = { width: drawn.width / grid.columns, height: drawn.height / grid.rows };
  return {
    rows: weights.map((heads) => heads.map(panelOf)),
    cell,
    colorScale: options.colorScale ?? (image ? "inferno" : "viridis"),
    what: inLanguage({
      en: `attention of ${asked.en}${image ? " over the image" : ""}, ${grid.rows} rows and ${grid.columns} columns of patches`,
      zh: `${asked.zh}的注意力${image ? "，叠在图像上" : ""}，${grid.rows} 行 ${grid.columns} 列图像块`,
    }),
    mark:
      query === "class"
        ? undefined
        : {
            x: drawn.left + (query % grid.columns) * side.width,
            y: drawn.top + Math.floor(query / grid.columns) * side.height,
            ...side,
          },
    uniform: weights.flat().every(addsUpTo1) ? 1 / tokens : undefined,
  };
}

function readBlocks(blocks: NumbersInput | readonly NumbersInput[]): Head[][] {
  const list = Array.isArray(blocks) ? (blocks as readonly NumbersInput[]) : [blocks as NumbersInput];
  if (list.length === 0) throw new VitlabError("no blocks: give the attention of at least one");
  const read = list.map((block, index) => readBlock(block, `block ${index}`));
  const { tokens } = read[0]![0]!;
  const other = read.findIndex((heads) => heads[0]!.tokens !== tokens);
  if (other >= 0) throw new VitlabError(`block ${other} has ${read[other]![0]!.tokens} tokens: block 0 has ${tokens}`);
  return read;
}

function readBlock(block: NumbersInput, name: string): Head[] {
  const { shape, values } = toNumbers(block, name);
  const [heads, queries, keys] = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  if (
    shape.length < 3 ||
    shape.length > 4 ||
    (shape.length === 4 && shape[0] !== 1) ||
    queries !== keys ||
    !queries ||
    !heads
  )
    throw new VitlabError(
      `attention of ${name} is ${showShape(shape)}: [heads, tokens, tokens] of one image is expected${shape.length === 4 ? "; take one image with weights.slice([i, 0, 0, 0], [1, -1, -1, -1])" : ""}`,
    );
  const size = queries * queries;
  return Array.from({ length: heads }, (_, head) => ({
    tokens: queries,
    values: values.subarray(head * size, (head + 1) * size),
  }));
}

function chosenRange({ zmin, zmax }: ColorRange, chosen: Told<AttentionGridOptions>): ColorRange {
  const scale = chosenScale([zmin, zmax], chosen);
  return { zmin: scale.zmin, zmax: scale.zmax };
}

function addsUpTo1({ values, classToken = 0 }: PatchWeights): boolean {
  return Math.abs(finiteSum(values) + classToken - 1) < 0.01;
}

function uniformMark(uniform: number | undefined, { zmin, zmax }: ColorRange): ColorBarMark[] {
  return uniform !== undefined && uniform > zmin && uniform < zmax
    ? [{ value: uniform, label: inLanguage(UNIFORM) }]
    : [];
}

function showRange({ zmin, zmax }: ColorRange): string {
  return inLanguage({
    en: `${showNumber(zmin)} to ${showNumber(zmax)}`,
    zh: `${showNumber(zmin)} 到 ${showNumber(zmax)}`,
  });
}

function count(blocks: Head[][]): string {
  const plural = (n: number, one: string) => `${n} ${one}${n === 1 ? "" : "s"}`;
  return inLanguage({
    en: `${plural(blocks.length, "block")} of ${plural(blocks[0]!.length, "head")}`,
    zh: `${blocks.length} 个编码器块，每块 ${blocks[0]!.length} 个头`,
  });
}

function blockName(block: number): string {
  return inLanguage({ en: `block ${block}`, zh: `编码器块 ${block}` });
}

/** What a block's heads show: their largest weights, what went to the class token, the ranges of their own. */
function inWords(panels: readonly Panel[], rangeOf: ((panel: Panel) => ColorRange) | undefined): string {
  const list = (words: (panel: Panel) => string) => panels.map(words).join(", ");
  const parts = [
    `${inLanguage({ en: "largest weight of each head", zh: "各头的最大权重" })} ${list(({ values }) => showNumber(extent(values)[1]))}`,
  ];
  if (panels[0]!.classToken !== undefined)
    parts.push(
      `${inLanguage({ en: "share that went to the class token", zh: "给分类标记的份额" })} ${list(({ classToken }) => showPercent(classToken!))}`,
    );
  if (rangeOf)
    parts.push(
      `${inLanguage({ en: "colors of each head", zh: "各头的颜色" })} ${list((panel) => showRange(rangeOf(panel)))}`,
    );
  return parts.join("; ");
}

import { VitlabError } from "../tensor/error";
import { showShape } from "../tensor/shape";
import { overlayImage, type PatchWeights, type WeightRange, weightRange } from "./attention-map";
import { COLOR_BAR_ROOM, drawColorBar } from "./color-bar";
import { type ColorScaleName, scaleColor } from "./color-scale";
import { measureText } from "./fonts";
import type { ImageFigure } from "./image-figure";
import { type NumbersInput, showNumber, toNumbers } from "./numbers";
import { drawHighlight, markColor } from "./patch-highlight";
import { checkPatch, patchLayout } from "./patches";
import { type ImageInput, type RgbaImage, toImage } from "./pixels";
import {
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
import { theme } from "./theme";

/** How the attention of many heads is drawn. */
export interface AttentionGridOptions {
  title?: string;
  /** Draws each head over this image, instead of as a matrix of tokens; takes `patchSize`. */
  image?: ImageInput;
  /** Side of a patch in pixels of the image. */
  patchSize?: number;
  /** With an image: whose attention is drawn, the class token's or a patch's (counted from 0). Default "class". */
  query?: "class" | number;
  /** One range of colours for all heads, with a colour bar; otherwise each head has its own. Default false. */
  sharedRange?: boolean;
  /** Default "viridis" for matrices, "inferno" over an image. */
  colorScale?: ColorScaleName;
  /** With an image: how much of it the largest weight covers, 0 to 1. Default 0.75. */
  alpha?: number;
  /** Pixels that one head takes on its longer side. Default 130. */
  size?: number;
}

interface Head {
  tokens: number;
  /** `[tokens, tokens]`: row = query, column = key. */
  values: Float64Array;
}

const GAP = 10;
const HEADER = 20;

/**
 * Attention of every head of every layer: one row for each layer, one column for each head; either as a matrix
 * (row = query, column = key) or, for one query, over the image.
 *
 * @param layers for each layer `[heads, tokens, tokens]`; a batch of one in front is left out
 * @throws VitlabError when a layer has another shape, or the tokens don't fit the image's patches.
 */
export function attentionGrid(
  layers: NumbersInput | readonly NumbersInput[],
  options: AttentionGridOptions = {},
): ImageFigure {
  const heads = readLayers(layers);
  const { title, size = 130 } = options;
  const panels =
    options.image === undefined ? matrixPanels(heads, options) : overlayPanels(heads, options.image, options);
  const { pictures, range, colorScale, text, mark } = panels;

  const scale = scaleFor(pictures[0]![0]!, size);
  const cell = { width: pictures[0]![0]!.width * scale, height: pictures[0]![0]!.height * scale };
  const columns = Math.max(...pictures.map((row) => row.length));
  const rowHeader = Math.ceil(measureText(`layer ${pictures.length - 1}`, captionStyle).width) + 10;
  const gridWidth = columns * (cell.width + GAP) - GAP;
  const width = rowHeader + gridWidth + (range ? GAP + COLOR_BAR_ROOM : 0) + 2 * SHEET_EDGE;
  const heading = titleLines(title, width);
  const top = SHEET_EDGE + heading.height + HEADER;
  const gridHeight = pictures.length * (cell.height + GAP) - GAP;
  const sheet = newSheet(width, top + gridHeight + SHEET_EDGE);
  drawTitle(sheet, heading.lines);
  const left = SHEET_EDGE + rowHeader;
  const label = { ...captionStyle, color: theme.mutedInk };
  for (let head = 0; head < columns; head++) {
    const middle = left + head * (cell.width + GAP) + cell.width / 2;
    drawText(sheet, `head ${head}`, middle, top - HEADER / 2 - 2, { ...label, align: "center" });
  }
  pictures.forEach((row, layer) => {
    const y = top + layer * (cell.height + GAP);
    drawText(sheet, `layer ${layer}`, SHEET_EDGE, y + cell.height / 2, label);
    row.forEach((picture, head) => {
      const place: Place = { x: left + head * (cell.width + GAP), y, ...cell };
      drawImage(sheet, picture, place);
      if (!mark) return;
      const side = mark.side * scale;
      const patch = { x: place.x + mark.x * scale, y: place.y + mark.y * scale, width: side, height: side };
      drawHighlight(sheet, patch, markColor(2));
    });
  });
  if (range) {
    const bar = { x: left + gridWidth + GAP, y: top, width: 12, height: Math.min(gridHeight, 300) };
    drawColorBar(sheet, bar, colorScale, range);
  }
  return sheetFigure(sheet, [title ?? "Attention of all heads", ...text].join("\n"));
}

interface Panels {
  /** One row for each layer, one picture for each head. */
  pictures: RgbaImage[][];
  /** The range of all, where they share one. */
  range: WeightRange | undefined;
  colorScale: ColorScaleName;
  text: string[];
  /** The query patch in pixels of the image. */
  mark?: { x: number; y: number; side: number };
}

function matrixPanels(layers: Head[][], options: AttentionGridOptions): Panels {
  const { colorScale = "viridis", sharedRange = false } = options;
  const shared = sharedRange ? sharedRangeOf(layers.flat().map((head) => head.values)) : undefined;
  const pictures = layers.map((heads) =>
    heads.map(({ tokens, values }) => {
      const { zmin, zmax } = shared ?? weightRange(values);
      const rgba = new Uint8ClampedArray(tokens * tokens * 4);
      values.forEach((value, index) => {
        rgba.set([...scaleColor(colorScale, (value - zmin) / (zmax - zmin)), 255], index * 4);
      });
      return { width: tokens, height: tokens, rgba };
    }),
  );
  const { tokens } = layers[0]![0]!;
  const text = [`${count(layers)}; ${tokens} tokens, row = query, column = key`, ...strongest(layers)];
  return { pictures, range: shared, colorScale, text };
}

function overlayPanels(layers: Head[][], input: ImageInput, options: AttentionGridOptions): Panels {
  const image = toImage(input);
  const { patchSize, query = "class", colorScale = "inferno", alpha = 0.75, sharedRange = false } = options;
  if (patchSize === undefined)
    throw new VitlabError("patchSize is missing: attention over an image needs the side of its patches in pixels");
  const layout = patchLayout(image, patchSize);
  const { tokens } = layers[0]![0]!;
  const classTokens = tokens - layout.count;
  if (classTokens !== 0 && classTokens !== 1)
    throw new VitlabError(
      `attention has ${tokens} tokens: expected ${layout.count} patches of ${patchSize} pixels for a ${image.height}x${image.width} image, or ${layout.count + 1} with the class token`,
    );
  if (query === "class" && classTokens === 0)
    throw new VitlabError(`attention has ${tokens} tokens, all of them patches: name a query patch, e.g. query: 10`);
  if (query !== "class") checkPatch(query, layout, "query");
  const row = query === "class" ? 0 : query + classTokens;
  const weights = layers.map((heads) =>
    heads.map(({ values }): PatchWeights => {
      const ofQuery = values.slice(row * tokens + classTokens, (row + 1) * tokens);
      return { layout, patchSize, values: ofQuery };
    }),
  );
  const shared = sharedRange ? sharedRangeOf(weights.flat().map((one) => one.values)) : undefined;
  const pictures = weights.map((heads) =>
    heads.map((one) => {
      const range = shared ?? weightRange(one.values);
      return overlayImage(image, one, { ...range, colorScale, alpha, smooth: false });
    }),
  );
  const text = [
    `${count(layers)}; attention of ${query === "class" ? "the class token" : `patch ${query}`} over the image`,
  ];
  const mark =
    query === "class"
      ? undefined
      : {
          x: (query % layout.columns) * patchSize,
          y: Math.floor(query / layout.columns) * patchSize,
          side: patchSize,
        };
  return { pictures, range: shared, colorScale, text, ...(mark && { mark }) };
}

function readLayers(layers: NumbersInput | readonly NumbersInput[]): Head[][] {
  const list = Array.isArray(layers) ? (layers as readonly NumbersInput[]) : [layers as NumbersInput];
  if (list.length === 0) throw new VitlabError("no layers: give the attention of at least one");
  const read = list.map((layer, index) => readLayer(layer, `layer ${index}`));
  const { tokens } = read[0]![0]!;
  const other = read.findIndex((heads) => heads[0]!.tokens !== tokens);
  if (other >= 0) throw new VitlabError(`layer ${other} has ${read[other]![0]!.tokens} tokens: layer 0 has ${tokens}`);
  return read;
}

function readLayer(layer: NumbersInput, name: string): Head[] {
  const { shape, values } = toNumbers(layer, name);
  const [heads, queries, keys] = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  if (shape.length < 3 || shape.length > 4 || (shape.length === 4 && shape[0] !== 1) || queries !== keys || !queries)
    throw new VitlabError(
      `attention of ${name} is ${showShape(shape)}: [heads, tokens, tokens] of one image is expected${shape.length === 4 ? "; take one image with weights.slice([i, 0, 0, 0], [1, -1, -1, -1])" : ""}`,
    );
  const size = queries * queries;
  return Array.from({ length: heads! }, (_, head) => ({
    tokens: queries,
    values: values.slice(head * size, (head + 1) * size),
  }));
}

function sharedRangeOf(all: readonly Float64Array[]): WeightRange {
  const ranges = all.map(weightRange);
  return { zmin: Math.min(...ranges.map((r) => r.zmin)), zmax: Math.max(...ranges.map((r) => r.zmax)) };
}

function count(layers: Head[][]): string {
  const plural = (n: number, one: string) => `${n} ${one}${n === 1 ? "" : "s"}`;
  return `${plural(layers.length, "layer")} of ${plural(layers[0]!.length, "head")}`;
}

function strongest(layers: Head[][]): string[] {
  return layers.map((heads, layer) => {
    const largest = heads.map(({ values }) => showNumber(weightRange(values).zmax));
    return `layer ${layer}: largest weight of each head ${largest.join(", ")}`;
  });
}

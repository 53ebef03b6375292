import { COLOR_BAR_ROOM, COLOR_BAR_TITLE_ROOM, drawColorBar } from "./color-bar";
import type { ColorRange, ColorScaleName } from "./color-scale";
import { measureText, widestText } from "./fonts";
import { unbroken } from "./plot-layout";
import {
  captionLines,
  captionStyle,
  drawText,
  drawTitle,
  newSheet,
  type Place,
  SHEET_EDGE,
  type Sheet,
  titleLines,
} from "./sheet";
import { theme } from "./theme";

/** One of the pictures that a figure shows in rows. */
export interface Tile {
  /** Stands above it, in two lines at most. */
  caption?: string | undefined;
  /** Stands below it, in one line. */
  note?: string | undefined;
  /** Draws what it shows into its place, all of which it needn't fill. */
  draw(sheet: Sheet, place: Place): void;
}

/** How tiles are laid out. */
export interface TilesOptions {
  title?: string | undefined;
  /** Width and height of each. */
  cell: { width: number; height: number };
  /** Tiles in a row. Default: as many as fit. */
  columns?: number | undefined;
  /** Names of the rows, on the left of them. */
  rowTitles?: readonly string[] | undefined;
  /** Names of the columns, above them. */
  columnTitles?: readonly string[] | undefined;
  /** Space between tiles. */
  gap?: number | undefined;
  /** The colors of all of them, as a bar on the right. */
  bar?: { colorScale: ColorScaleName; range: ColorRange; title?: string | undefined };
  /** A line below all of them. */
  foot?: string | undefined;
}

const FULL_WIDTH = 720;
const GAP = 12;
const LINE = 16;
const LONGEST_ROW_TITLE = 160;
const LONGEST_BAR = 300;
const BAR_WIDTH = 12;

/** A sheet with tiles in rows, each with its caption and note, below the title. */
export function drawTiles(tiles: readonly Tile[], options: TilesOptions): Sheet {
  const { title, cell, rowTitles, columnTitles, gap = GAP, bar, foot } = options;
  const muted = { ...captionStyle, color: theme.pictureInk };
  const hasCaptions = tiles.some(({ caption }) => caption !== undefined);
  const hasNotes = tiles.some(({ note }) => note !== undefined);
  // A narrow tile still gets room for a word.
  const words = [...tiles.map(({ caption }) => caption ?? ""), ...(columnTitles ?? [])].flatMap((text) =>
    text.split(/\s/).flatMap(unbroken),
  );
  const notes = tiles.map(({ note }) => note ?? "");
  const cellWidth = Math.max(
    cell.width,
    Math.min(120, widestText(words, captionStyle)),
    Math.ceil(widestText(notes, captionStyle)),
  );
  const rowNames = rowTitles?.map((name) => captionLines(name, LONGEST_ROW_TITLE));
  const left = SHEET_EDGE + (rowNames ? Math.ceil(widestText(rowNames.flat(), captionStyle)) + 10 : 0);
  const barRoom = bar ? GAP + COLOR_BAR_ROOM + (bar.title ? COLOR_BAR_TITLE_ROOM : 0) : 0;
  const fitting = Math.max(1, Math.floor((FULL_WIDTH - barRoom + gap) / (cellWidth + gap)));
  const columns = Math.min(options.columns ?? fitting, tiles.length);
  const rows = Math.ceil(tiles.length / columns);
  const captions = tiles.map(({ caption }) => captionLines(caption ?? "", cellWidth + gap / 2));
  const captionRoom = hasCaptions ? Math.max(...captions.map((lines) => lines.length)) * LINE + 4 : 0;
  const columnNames = columnTitles?.map((name) => captionLines(name, cellWidth + gap / 2));
  const columnRoom = columnNames ? Math.max(...columnNames.map((lines) => lines.length)) * LINE + 4 : 0;
  const noteRoom = hasNotes ? LINE + 2 : 0;

  const titleWidth = title ? Math.min(FULL_WIDTH, measureText(title, { size: theme.titleSize, weight: 600 }).width) : 0;
  const gridWidth = columns * (cellWidth + gap) - gap;
  const footWidth = foot ? Math.ceil(measureText(foot, captionStyle).width) : 0;
  const width = Math.max(left + gridWidth + barRoom, SHEET_EDGE + Math.max(titleWidth, footWidth)) + SHEET_EDGE;
  const heading = titleLines(title, width);
  const top = SHEET_EDGE + heading.height + columnRoom;
  const rowHeight = captionRoom + cell.height + noteRoom + gap;
  const gridHeight = rows * rowHeight - gap;
  const sheet = newSheet(width, top + gridHeight + (foot ? LINE + 4 : 0) + SHEET_EDGE);
  drawTitle(sheet, heading.lines);
  const leftOf = (column: number) => left + column * (cellWidth + gap);
  const drawLines = (lines: readonly string[], x: number, bottom: number) => {
    lines.forEach((line, index) => {
      drawText(sheet, line, x, bottom - (lines.length - index - 0.5) * LINE, { ...muted, align: "center" });
    });
  };
  columnNames?.forEach((lines, column) => {
    drawLines(lines, leftOf(column) + cellWidth / 2, top - 4);
  });
  rowNames?.forEach((lines, row) => {
    const middle = top + row * rowHeight + captionRoom + cell.height / 2;
    lines.forEach((line, index) => {
      drawText(sheet, line, SHEET_EDGE, middle + (index - (lines.length - 1) / 2) * LINE, muted);
    });
  });
  tiles.forEach((tile, index) => {
    const x = leftOf(index % columns);
    const y = top + Math.floor(index / columns) * rowHeight;
    if (tile.caption !== undefined) drawLines(captions[index]!, x + cellWidth / 2, y + captionRoom - 4);
    const place = { x: x + Math.floor((cellWidth - cell.width) / 2), y: y + captionRoom, ...cell };
    tile.draw(sheet, place);
    if (tile.note !== undefined)
      drawText(sheet, tile.note, x + cellWidth / 2, place.y + cell.height + 2 + LINE / 2, {
        ...muted,
        align: "center",
      });
  });
  if (bar) {
    const height = Math.min(gridHeight - captionRoom - noteRoom, LONGEST_BAR);
    const place = { x: left + gridWidth + GAP, y: top + captionRoom, width: BAR_WIDTH, height };
    const zero = bar.range.zmin < 0 && bar.range.zmax > 0 ? [{ value: 0, label: "0" }] : [];
    drawColorBar(sheet, place, bar.colorScale, bar.range, zero, bar.title);
  }
  if (foot) drawText(sheet, foot, SHEET_EDGE, top + gridHeight + 4 + LINE / 2, muted);
  return sheet;
}

import { plainText } from "./plain-text";

/** A column of a table; numbers stand to the right. */
export interface TableColumn {
  readonly name: string;
  readonly numeric?: boolean;
}

/** Cells as texts, one for each column. */
export type TableRow = readonly string[];

/** A table as lines of text, its columns two spaces apart. */
export function textTable(columns: readonly TableColumn[], rows: readonly TableRow[]): string {
  const all = [columns.map(({ name }) => name), ...rows].map((cells) => cells.map(plainText));
  const widths = columns.map((_, i) => Math.max(...all.map((cells) => (cells[i] as string).length)));
  const pad = (cell: string, i: number) =>
    columns[i]?.numeric ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number);
  return all.map((cells) => cells.map(pad).join("  ").trimEnd()).join("\n");
}

/** A table in the markup of pandas, which notebooks know how to style. */
export function htmlTable(columns: readonly TableColumn[], rows: readonly TableRow[]): string {
  const align = columns.map(({ numeric }) => (numeric ? "" : ' style="text-align: left"'));
  const row = (cells: readonly string[], tag: "th" | "td") =>
    `<tr>${cells.map((cell, i) => `<${tag}${align[i]}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  const head = row(
    columns.map(({ name }) => name),
    "th",
  );
  const body = rows.map((cells) => row(cells, "td"));
  return `<table class="dataframe"><thead>${head}</thead><tbody>\n${body.join("\n")}\n</tbody></table>`;
}

/** Text that shows as it is in HTML, in content and in attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The beginning of a text that is too long. */
export function shorten(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** The beginning of a text that takes more bytes than that as UTF-8. */
export function shortenToBytes(text: string, bytes: number): string {
  const all = new TextEncoder().encode(text);
  if (all.length <= bytes) return text;
  // A character that the cut goes through comes out as one or more of the replacement character.
  return `${new TextDecoder().decode(all.subarray(0, bytes - 3)).replace(/\uFFFD+$/, "")}…`;
}

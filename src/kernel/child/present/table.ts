import { inspect, types } from "node:util";
import { count, cutLine } from "./cut-text";

type Row = Readonly<Record<string, unknown>>;

/** More rows than this are shown by their first and last ones. */
const MOST_ROWS = 30;
const EDGE_ROWS = 10;
const MOST_COLUMNS = 20;
const MOST_CHARACTERS = 50;

interface Column {
  readonly name: string;
  readonly numeric: boolean;
  readonly cells: readonly string[];
}

interface Table {
  /** Numbers of the shown rows; null stands for those left out. */
  readonly rows: readonly (number | null)[];
  readonly columns: readonly Column[];
  readonly size: string;
}

/** An array of at least two plain objects that share a key, as a table in HTML and in text; null for any other value. */
export function tableBundle(value: unknown): { "text/html": string; "text/plain": string } | null {
  const table = Array.isArray(value) ? tableOf(value) : null;
  return table && { "text/html": htmlTable(table), "text/plain": textTable(table) };
}

function tableOf(values: readonly unknown[]): Table | null {
  if (values.length < 2) return null;
  const cut = values.length > MOST_ROWS;
  const last = values.length - (cut ? EDGE_ROWS : 0);
  const at = [...range(0, cut ? EDGE_ROWS : values.length), ...(cut ? [null, ...range(last, values.length)] : [])];
  const shown = at.map((index) => (index === null ? null : values[index]));
  const rows = shown.filter((_, i) => at[i] !== null);
  if (!rows.every(isPlainObject)) return null;

  const keys = new Set<string>();
  for (const row of rows) for (const key of Object.keys(row)) keys.add(key);
  if (![...keys].some((key) => rows.every((row) => Object.hasOwn(row, key)))) return null;
  const names = [...keys];
  const columns = names.slice(0, MOST_COLUMNS).map((name) =>
    columnOf(
      name,
      rows.map((row) => Object.getOwnPropertyDescriptor(row, name)),
    ),
  );
  return {
    rows: at,
    columns:
      names.length > MOST_COLUMNS ? [...columns, { name: "…", numeric: true, cells: rows.map(() => "…") }] : columns,
    size: `${count(values.length)} rows × ${count(names.length)} ${names.length === 1 ? "column" : "columns"}`,
  };
}

function isPlainObject(value: unknown): value is Row {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  // What says in words what it is has no fields to read.
  if (inspect.custom in value) return false;
  const prototype = Object.getPrototypeOf(value);
  // Another realm's Object.prototype is one without a prototype, too.
  return (prototype === null || Object.getPrototypeOf(prototype) === null) && !Array.isArray(value);
}

function columnOf(name: string, properties: readonly (PropertyDescriptor | undefined)[]): Column {
  const values = properties.map((property) => (property?.get ? "[Getter]" : property?.value));
  const numbers = values.filter((value) => typeof value === "number" || typeof value === "bigint");
  const numeric = numbers.length > 0 && values.every((value) => value == null || numbers.includes(value as number));
  const number = numberText(numbers.filter((value) => typeof value === "number"));
  return { name, numeric, cells: values.map((value) => (typeof value === "number" ? number(value) : cellText(value))) };
}

/** Six significant digits of the largest, and as many decimals in all cells of a column. */
function numberText(values: readonly number[]): (value: number) => string {
  const rounded = (value: number) => String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
  const sizes = values
    .filter((value) => Number.isFinite(value) && value !== 0)
    .map((value) => Math.log10(Math.abs(value)));
  const needed = Math.max(0, ...values.map((value) => rounded(value).split(".")[1]?.length ?? 0));
  const decimals = Math.min(needed, Math.max(2, 5 - Math.floor(Math.max(...sizes))));
  // Numbers of very different size read better each for itself.
  const alike = sizes.every((size) => size > -decimals) && values.every((value) => !rounded(value).includes("e"));
  return (value) => (alike && Number.isFinite(value) ? value.toFixed(decimals) : rounded(value));
}

function cellText(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value.slice(0, 10 * MOST_CHARACTERS) : inspectedCell(value);
  return cutLine(text.replace(/\s+/g, " "), MOST_CHARACTERS);
}

function inspectedCell(value: unknown): string {
  try {
    return inspect(value, { depth: 0, maxArrayLength: 5, maxStringLength: 100, breakLength: Number.POSITIVE_INFINITY });
  } catch {
    return "?";
  }
}

function textTable({ rows, columns, size }: Table): string {
  const index = { name: "", numeric: true, cells: rows.filter((row) => row !== null).map(String) };
  const lines = ["", ...index.cells].map(() => "");
  for (const { name, numeric, cells } of [index, ...columns]) {
    const texts = [cutLine(name, MOST_CHARACTERS), ...cells];
    const width = Math.max(...texts.map((text) => text.length));
    texts.forEach((text, i) => {
      lines[i] += (lines[i] === "" && name === "" ? "" : "  ") + (numeric ? text.padStart(width) : text.padEnd(width));
    });
  }
  const gap = rows.indexOf(null);
  if (gap >= 0) lines.splice(gap + 1, 0, "…");
  return [...lines.map((line) => line.trimEnd()), "", size].join("\n");
}

/** The markup of pandas, which notebook front ends know how to style. */
function htmlTable({ rows, columns, size }: Table): string {
  const align = ({ numeric }: Column) => (numeric ? "" : ' style="text-align: left"');
  const head = columns.map((column) => `<th${align(column)}>${escapeHtml(cutLine(column.name, MOST_CHARACTERS))}</th>`);
  let next = 0;
  const body = rows.map((row) => {
    if (row === null) return `<tr><th>…</th>${columns.map(() => "<td>…</td>").join("")}</tr>`;
    const cells = columns.map((column) => `<td${align(column)}>${escapeHtml(column.cells[next] as string)}</td>`);
    next++;
    return `<tr><th>${row}</th>${cells.join("")}</tr>`;
  });
  return [
    '<table border="1" class="dataframe">',
    `<thead><tr style="text-align: right"><th></th>${head.join("")}</tr></thead>`,
    `<tbody>\n${body.join("\n")}\n</tbody>`,
    "</table>",
    `<p>${size}</p>`,
  ].join("\n");
}

/** Text that shows as it is in HTML, in content and in attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

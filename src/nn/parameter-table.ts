import { showShape } from "../base/shape";
import { escapeHtml, htmlTable, textTable } from "../base/text-table";

/** A row of a parameter table. */
export interface ParameterRow {
  readonly name: string;
  readonly shape: readonly number[];
  readonly size: number;
}

/** A table of parameters in the formats that notebooks show. */
export interface ParameterTable {
  "text/plain": string;
  "text/html": string;
}

/** More parameters than this are grouped by the module that holds them, e.g. by block. */
const MOST_ROWS = 20;

interface Line {
  readonly cells: readonly [name: string, shape: string, parameters: string, share: string];
  readonly inside: readonly Line[];
}

/** Every parameter's name, shape, size and share of the whole, below a title; large models by block. */
export function parameterTable(title: string, rows: readonly ParameterRow[]): ParameterTable {
  const total = rows.reduce((sum, { size }) => sum + size, 0);
  const lines = rows.length > MOST_ROWS ? grouped(rows, total) : rows.map((row) => rowLine(row, total));
  const sum = lineOf("total", "", total, total);
  return { "text/plain": text(title, lines, sum), "text/html": html(title, lines, sum) };
}

function grouped(rows: readonly ParameterRow[], total: number): Line[] {
  const groups = new Map<string, ParameterRow[]>();
  for (const row of rows) {
    const key = groupOf(row.name);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups].map(([name, inside]) => {
    if (inside.length === 1) return rowLine(inside[0] as ParameterRow, total);
    const size = inside.reduce((sum, row) => sum + row.size, 0);
    const { cells } = lineOf(name, `${inside.length} tensors`, size, total);
    return { cells, inside: inside.map((row) => rowLine(row, total)) };
  });
}

/** `blocks.0` of `blocks.0.attention.qkv.weight`, `head` of `head.weight`: the first name, with its number. */
function groupOf(name: string): string {
  return /^[^.]+(\.\d+)*(?=\.|$)/.exec(name)?.[0] ?? name;
}

function rowLine({ name, shape, size }: ParameterRow, total: number): Line {
  return lineOf(name, showShape(shape), size, total);
}

function lineOf(name: string, shape: string, size: number, total: number): Line {
  const share = total > 0 ? `${((100 * size) / total).toFixed(1)}%` : "";
  return { cells: [name, shape, size.toLocaleString("en-US"), share], inside: [] };
}

const COLUMNS = [
  { name: "name" },
  { name: "shape" },
  { name: "parameters", numeric: true },
  { name: "share", numeric: true },
];

function text(title: string, lines: readonly Line[], sum: Line): string {
  return [title, "", textTable(COLUMNS, cellsOf([...lines, sum]))].join("\n");
}

function html(title: string, lines: readonly Line[], sum: Line): string {
  const opened = lines.filter(({ inside }) => inside.length > 0);
  const details = opened.map(
    ({ cells, inside }) =>
      `<details><summary><code>${escapeHtml(cells[0])}</code> ${cells[2]}</summary>${htmlTable(COLUMNS, cellsOf(inside))}</details>`,
  );
  return [`<p>${escapeHtml(title)}</p>`, htmlTable(COLUMNS, cellsOf([...lines, sum])), ...details].join("\n");
}

function cellsOf(lines: readonly Line[]): Line["cells"][] {
  return lines.map(({ cells }) => cells);
}

/** Rows of cells as CSV (RFC 4180, with plain line feeds). */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return `${rows.map((cells) => cells.map(csvCell).join(",")).join("\n")}\n`;
}

function csvCell(cell: string | number): string {
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

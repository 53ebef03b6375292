import type { Position } from "../compiler/protocol";

const RED = "\u001b[31m";
const DIM = "\u001b[2m";
const OFF = "\u001b[0m";
const LINES_AROUND = 2;
const LONGEST_LINE = 200;

/** The lines around a place, numbered, with the place marked. */
export function codeFrame(source: string, { line, column }: Position): string {
  const lines = source.split("\n");
  const from = Math.max(1, line - LINES_AROUND);
  const to = Math.min(lines.length, line + LINES_AROUND);
  const width = String(to).length;
  const framed: string[] = [];
  for (let number = from; number <= to; number++) {
    const text = (lines[number - 1] ?? "").slice(0, LONGEST_LINE);
    const here = number === line;
    framed.push(`${here ? `${RED}>${OFF}` : " "} ${DIM}${String(number).padStart(width)} |${OFF} ${text}`);
    if (!here || column > LONGEST_LINE) continue;
    framed.push(`  ${" ".repeat(width)} ${DIM}|${OFF} ${" ".repeat(column - 1)}${RED}^${OFF}`);
  }
  return framed.join("\n");
}

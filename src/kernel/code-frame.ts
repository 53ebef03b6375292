import { DIM, OFF, RED } from "./colors";
import type { Position } from "./compiler/protocol";

const LINES_AROUND = 2;
const LONGEST_LINE = 200;

/** The lines around a place, numbered, with the place marked: its first character, or all up to `end`. */
export function codeFrame(source: string, start: Position, end: Position = start): string {
  const lines = source.split("\n");
  const from = Math.max(1, start.line - LINES_AROUND);
  const to = Math.min(lines.length, start.line + LINES_AROUND);
  const width = String(to).length;
  const framed: string[] = [];
  for (let number = from; number <= to; number++) {
    const text = (lines[number - 1] ?? "").slice(0, LONGEST_LINE);
    const here = number === start.line;
    framed.push(`${here ? `${RED}>${OFF}` : " "} ${DIM}${String(number).padStart(width)} |${OFF} ${text}`);
    if (!here || start.column > LONGEST_LINE) continue;
    const last = Math.min(end.line === start.line ? end.column : text.length + 1, text.length + 1);
    const marks = "^".repeat(Math.max(1, last - start.column));
    framed.push(`  ${" ".repeat(width)} ${DIM}|${OFF} ${" ".repeat(start.column - 1)}${RED}${marks}${OFF}`);
  }
  return framed.join("\n");
}

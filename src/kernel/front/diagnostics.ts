import type { ErrorReport } from "../child/protocol";
import type { Diagnostic, Position } from "../compiler/protocol";

const RED = "\u001b[31m";
const CYAN = "\u001b[36m";
const DIM = "\u001b[2m";
const OFF = "\u001b[0m";
const LINES_AROUND = 2;
const MOST_SHOWN = 20;

/** What the compiler found wrong with a cell, as a Jupyter error: every finding with its place and the code around it. */
export function diagnosticsReport(diagnostics: readonly Diagnostic[]): ErrorReport {
  const [first] = diagnostics;
  const shown = diagnostics.slice(0, MOST_SHOWN).map((d) => {
    const place = `${CYAN}${d.file}:${d.start.line}:${d.start.column}${OFF}`;
    return `${place} - ${RED}error${OFF} ${DIM}TS${d.code}:${OFF} ${d.message}\n${codeFrame(d.source, d.start, d.end)}`;
  });
  const hidden = diagnostics.length - shown.length;
  if (hidden > 0) shown.push(`${DIM}… and ${hidden} more${OFF}`);
  return { ename: "TypeScriptError", evalue: first?.message ?? "the cell could not be compiled", traceback: shown };
}

/** The lines around a place, numbered, with the place marked. */
export function codeFrame(source: string, start: Position, end: Position): string {
  const lines = source.split("\n");
  const from = Math.max(1, start.line - LINES_AROUND);
  const to = Math.min(lines.length, start.line + LINES_AROUND);
  const width = String(to).length;
  const framed: string[] = [];
  for (let number = from; number <= to; number++) {
    const text = (lines[number - 1] ?? "").slice(0, 200);
    const here = number === start.line;
    framed.push(`${here ? `${RED}>${OFF}` : " "} ${DIM}${String(number).padStart(width)} |${OFF} ${text}`);
    if (!here) continue;
    const last = end.line === start.line ? end.column : text.length + 1;
    const marks = "^".repeat(Math.max(1, Math.min(last, text.length + 1) - start.column));
    framed.push(`  ${" ".repeat(width)} ${DIM}|${OFF} ${" ".repeat(start.column - 1)}${RED}${marks}${OFF}`);
  }
  return framed.join("\n");
}

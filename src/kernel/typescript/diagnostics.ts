import { codeFrame } from "../code-frame";
import { CYAN, DIM, OFF, RED } from "../colors";
import type { Diagnostic } from "../compiler/protocol";
import type { ErrorReport } from "../jupyter";

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
  const evalue = first?.message ?? "the cell could not be compiled";
  // The message once more at the end, as in Python: tools and people read the last line first.
  const last = `${RED}TypeScriptError${OFF}: ${evalue.split("\n", 1)[0]}`;
  return { ename: "TypeScriptError", evalue, traceback: [...shown, last] };
}

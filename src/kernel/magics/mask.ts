import { magicOf } from "./catalog";
import { commandOf } from "./command-line";
import { inCode, type ScanState, START, scanLine, statementStart } from "./scan-line";

/**
 * A cell with spaces in place of its magics, so that what is left is TypeScript, every character at its place: of `%timeit f(x)`
 * `f(x)` is left, of `%cd folder` nothing.
 */
export function maskMagics(code: string): string {
  if (!/^[ \t]*[%!]/m.test(code)) return code;
  let state: ScanState = START;
  let cellMagic = false;
  const lines = code.split("\n").map((line, i, all) => {
    if (cellMagic) return blank(line);
    const first = all.slice(0, i).every((one) => one.trim() === "");
    const kept = inCode(state) && statementStart(state, line) !== "no" ? typescriptOf(line, first) : { text: line };
    cellMagic = kept.ends === true;
    state = scanLine(kept.text, state);
    return kept.text;
  });
  return lines.join("\n");
}

function typescriptOf(line: string, first: boolean): { readonly text: string; readonly ends?: boolean } {
  if (commandOf(line) !== undefined) return { text: blank(line) };
  const [head = "", title = ""] = /^\s*(%%?[A-Za-z]\w*)(?=\s|$)/.exec(line) ?? [];
  const magic = magicOf(title);
  if (!magic || (magic.kind === "cell" && !first)) return { text: line };
  if (magic.kind === "cell") return magic.code ? { text: blank(line) } : { text: blank(line), ends: true };
  if (magic.kind === "line") return { text: blank(line) };
  const options = /^(\s+-[nr]\s*\d+)*/.exec(line.slice(head.length))![0];
  const hidden = head.length + options.length;
  return { text: blank(line.slice(0, hidden)) + line.slice(hidden) };
}

function blank(text: string): string {
  return " ".repeat(text.length);
}

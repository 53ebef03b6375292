import ts from "typescript";
import type { Completeness } from "./protocol";
import type { Tslab } from "./tslab";
import { bound } from "./typescript-internals";

/** Errors that more text can mend though they are not at the end: an open comment, template or JSX element. */
const OPEN = new Set([1010, 1160, 17008, 17014]);
/** Errors at the end that more text can't mend: an open string, an open regular expression. */
const BROKEN = new Set([1002, 1161]);

/** Whether a cell can be run as it is, needs more lines, or can't become right by more lines. */
export function completeness(code: string, tslab: Tslab): Completeness {
  const errors = [ts.ScriptKind.TS, ts.ScriptKind.TSX].map((kind) => parseErrors(code, kind));
  if (errors.some((found) => found.length === 0)) return { status: "complete" };
  const end = code.trimEnd().length;
  if (errors.every((found) => found.some(({ code }) => BROKEN.has(code)))) return { status: "invalid" };
  for (const found of errors) {
    const first = found[0]!;
    if (OPEN.has(first.code)) return { status: "incomplete", indent: "" };
    if (found.every(({ start, code }) => start >= end || OPEN.has(code))) {
      return { status: "incomplete", indent: tslab.isCompleteCode(code).indent ?? "" };
    }
  }
  return { status: "invalid" };
}

function parseErrors(code: string, kind: ts.ScriptKind): readonly ts.DiagnosticWithLocation[] {
  return bound(ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest, false, kind)).parseDiagnostics ?? [];
}

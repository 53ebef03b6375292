import ts from "typescript";
import { objectCell } from "./object-cell";
import type { Completeness } from "./protocol";
import type { Tslab } from "./tslab";
import { bound } from "./typescript-internals";

/** Errors that more text can mend though they are not at the end: an open comment, template or JSX element. */
const OPEN = new Set([1010, 1160, 17008, 17014]);
/** Errors at the end that more text can't mend: an open string, an open regular expression. */
const BROKEN = new Set([1002, 1161]);

/** The last statement is no more than a keyword, which the parser finds nothing wrong with, or everything. */
const UNFINISHED = /(^|[;{}(,=\n])[ \t]*(export[ \t]+)?(const|let|var|await|import|export)$/;

/** Whether a cell can be run as it is, needs more lines, or can't become right by more lines. */
export function completeness(code: string, tslab: Tslab): Completeness {
  const { text, offset } = objectCell(code);
  const errors = [ts.ScriptKind.TS, ts.ScriptKind.TSX].map((kind) =>
    parseErrors(text, kind).map((error) => ({ ...error, start: error.start - offset })),
  );
  const trimmed = code.trimEnd();
  const indent = () => tslab.isCompleteCode(trimmed).indent ?? "";
  if (UNFINISHED.test(trimmed)) return { status: "incomplete", indent: indent() };
  if (errors.some((found) => found.length === 0)) {
    return lacksBody(trimmed) ? { status: "incomplete", indent: "" } : { status: "complete" };
  }
  const end = trimmed.length;
  if (errors.every((found) => found.some(({ code }) => BROKEN.has(code)))) return { status: "invalid" };
  for (const found of errors) {
    const first = found[0]!;
    if (OPEN.has(first.code)) return { status: "incomplete", indent: "" };
    if (found.every(({ start, code }) => start >= end || OPEN.has(code))) {
      return { status: "incomplete", indent: indent() };
    }
  }
  return { status: "invalid" };
}

/** Whether a cell ends with the head of a function, which would be an overload. */
function lacksBody(code: string): boolean {
  const last = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest, false).statements.at(-1);
  if (!last || !ts.isFunctionDeclaration(last) || last.body || code.endsWith(";")) return false;
  return !last.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword);
}

function parseErrors(code: string, kind: ts.ScriptKind): readonly ts.DiagnosticWithLocation[] {
  return bound(ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest, false, kind)).parseDiagnostics ?? [];
}

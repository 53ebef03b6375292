import { relative } from "node:path";
import ts from "typescript";
import type { Diagnostic, Position } from "./protocol";

export interface DiagnosticsContext {
  readonly cwd: string;
  /** The cell's name, its text, and its file, which has `hidden` characters before that text. */
  readonly name: string;
  readonly code: string;
  readonly file: ts.SourceFile;
  readonly hidden: number;
}

/** TypeScript's errors as a person reads them: places in the cell as it was written, files as seen from the notebook. */
export function cellDiagnostics(errors: readonly ts.Diagnostic[], context: DiagnosticsContext): readonly Diagnostic[] {
  return errors.flatMap(({ file, start = 0, length = 0, code, messageText }) => {
    if (!file) return [];
    const inCell = file === context.file;
    const hidden = inCell ? context.hidden : 0;
    const source = inCell ? context.code : file.text;
    return {
      file: inCell ? context.name : relative(context.cwd, file.fileName),
      start: positionAt(source, start - hidden),
      end: positionAt(source, start + length - hidden),
      code,
      message: ts.flattenDiagnosticMessageText(messageText, "\n"),
      source,
    };
  });
}

/** The place of an offset in a text; beyond its ends, the end. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, Math.max(0, offset));
  const lines = before.split("\n");
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

import { relative } from "node:path";
import ts from "typescript";
import type { Diagnostic, Position } from "./protocol";

/** What TypeScript advises where the library knows something newer: here the library is as new as Node.js. */
const NEEDS_LIB =
  /Do you need to change your target library\? Try changing the 'lib' compiler option to '[^']*' or later\./;
const LACKS = `Node.js ${process.versions.node}, which runs this notebook, lacks it; a newer one may have it.`;

export interface DiagnosticsContext {
  readonly cwd: string;
  /** The cell's name, its text, and its file, which has `hidden` lines before that text. */
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
    const source = inCell ? context.code : file.text;
    const place = (offset: number) => positionIn(source, file.text.slice(0, offset), inCell ? context.hidden : 0);
    return {
      file: inCell ? context.name : relative(context.cwd, file.fileName),
      start: place(start),
      end: place(start + length),
      code,
      message: ts.flattenDiagnosticMessageText(messageText, "\n").replace(NEEDS_LIB, LACKS),
      source,
    };
  });
}

/** The place in `source` behind a text of which the first `hidden` lines aren't in it; beyond its end, the end. */
function positionIn(source: string, before: string, hidden: number): Position {
  const [lines, linesBefore] = [source.split("\n"), before.split("\n")];
  const line = linesBefore.length - hidden;
  if (line > lines.length) return { line: lines.length, column: lines.at(-1)!.length + 1 };
  return { line: Math.max(1, line), column: Math.min(linesBefore.at(-1)!.length, lines[line - 1]?.length ?? 0) + 1 };
}

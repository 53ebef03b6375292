import ts from "typescript";
import { bound } from "./typescript-internals";

/** The text of a cell as it is compiled: what the person wrote stands in it, moved behind what is put before. */
export interface CellText {
  readonly text: string;
  /** How many characters, and how many of them line breaks, stand before the cell's own. */
  readonly offset: number;
  readonly lines: number;
}

const CALLS_OF_MAGICS = /^(?:\s*(?:await )?__cell_magic__\.[^\n]*;[ \t]*\n)*/;
const OPENS_WITH_BRACE = /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*\{/;

/**
 * Puts a cell into parentheses that is an object, as Node.js' REPL does: `{ a: 1, b: 2 }` would be a block. A cell that
 * reads as a block alone stays one, and so does `{ a: 1 };`. One that reads as neither is what it resembles longer.
 */
export function objectCell(code: string): CellText {
  const asWritten = { text: code, offset: 0, lines: 0 };
  const magics = CALLS_OF_MAGICS.exec(code)![0];
  const cell = code.slice(magics.length);
  if (!OPENS_WITH_BRACE.test(cell)) return asWritten;
  const object = parse(`(\n${cell}\n)`);
  const block = parse(cell);
  const isObject =
    errorsOf(object).length === 0
      ? isOneObject(object, errorsOf(block).length === 0 ? block.statements : [])
      : Math.min(firstError(object) - 2, cell.length) > firstError(block);
  if (!isObject) return asWritten;
  // A line break of their own, or that of the line before, so that no column moves.
  const open = magics === "" ? "(\n" : `${magics.slice(0, -1)}(\n`;
  return { text: `${open}${cell}\n)`, offset: open.length - magics.length, lines: magics === "" ? 1 : 0 };
}

/** Whether `object`, the cell in parentheses, is one expression, though the cell by itself may read as `statements`. */
function isOneObject(object: ts.SourceFile, [first, second]: readonly ts.Statement[]): boolean {
  const [statement, ...others] = object.statements;
  if (others.length > 0 || !statement) return false;
  // `{ a }` and then `[1, 2].map(f)` in a line of its own are two statements.
  if (first && second && /\n/.test(second.getFullText().slice(0, second.getLeadingTriviaWidth()))) return false;
  let literal: ts.Node | undefined = (statement as ts.ExpressionStatement).expression;
  while (literal && !ts.isObjectLiteralExpression(literal)) literal = ts.forEachChild(literal, (child) => child);
  if (!literal) return false;
  // `{ a = 1 }` assigns, unless something is taken apart by it: `{ a = 1 } = options`.
  const { parent } = literal;
  const takesApart = ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return (
    takesApart ||
    literal.properties.every(
      (property) => !ts.isShorthandPropertyAssignment(property) || !property.objectAssignmentInitializer,
    )
  );
}

/** Parses TypeScript, with JSX where it can't be read without. */
function parse(text: string): ts.SourceFile {
  const [plain, withJsx] = [ts.ScriptKind.TS, ts.ScriptKind.TSX].map((kind) =>
    ts.createSourceFile("cell.ts", text, ts.ScriptTarget.Latest, true, kind),
  ) as [ts.SourceFile, ts.SourceFile];
  return errorsOf(plain).length > 0 && errorsOf(withJsx).length === 0 ? withJsx : plain;
}

function errorsOf(file: ts.SourceFile): readonly ts.DiagnosticWithLocation[] {
  return bound(file).parseDiagnostics ?? [];
}

function firstError(file: ts.SourceFile): number {
  return Math.min(...errorsOf(file).map(({ start }) => start));
}

import ts from "typescript";
import type { NameUse, Origin } from "./protocol";
import { bound, internals } from "./typescript-internals";

/** So much of a declaration is told: of a large class the beginning. */
const MOST_LINES = 40;

/** A cell within the program that was made for it. */
export interface CellProgram {
  readonly program: ts.Program;
  readonly cell: ts.SourceFile;
  /** The declarations of earlier cells. */
  readonly declarations: ts.SourceFile;
  /** How many characters stand before the cell's own. */
  readonly hidden: number;
}

/** Where the name at `position` is declared; null where nothing is known of it. */
export function originAt(where: CellProgram, position: number): Origin | null {
  const { program, cell, hidden } = where;
  const identifier = identifierAt(cell, position);
  const symbol = identifier && symbolOf(identifier, program.getTypeChecker());
  // Of an import a person wants what it imports.
  const isImport = symbol && symbol.flags & ts.SymbolFlags.Alias;
  if (symbol && !isImport && isOfEarlierCells(symbol, where)) return { kind: "notebook", name: identifier.text };
  const [found] = internals.GoToDefinition.getDefinitionAtPosition(program, cell, position) ?? [];
  if (!found) return null;
  const { start, length } = found.textSpan;
  if (found.fileName === cell.fileName)
    return { kind: "cell", span: { start: start - hidden, end: start - hidden + length } };
  const file = program.getSourceFile(found.fileName);
  if (!file || file === where.declarations) return null;
  return { kind: "file", path: file.fileName, ...declarationAt(file, start, length) };
}

/** Where a name stands in a file, and what it is the name of. */
function declarationAt(file: ts.SourceFile, start: number, length: number) {
  const position = (offset: number) => {
    const { line, character } = file.getLineAndCharacterOfPosition(offset);
    return { line: line + 1, column: character + 1 };
  };
  let node: ts.Node = internals.getTouchingPropertyName(file, start);
  // A variable's documentation stands before its statement.
  while (node.parent && !ts.isStatement(node) && !ts.isTypeElement(node) && !ts.isClassElement(node))
    node = node.parent;
  const comment = ts.getLeadingCommentRanges(file.text, node.pos)?.at(-1);
  const lines = file.text.slice(comment?.pos ?? node.getStart(file), node.end).split("\n");
  const text = lines.slice(0, MOST_LINES).join("\n") + (lines.length > MOST_LINES ? "\n…" : "");
  return { start: position(start), end: position(start + length), text };
}

/** The name at `position` and all its places in the cell; null where none is. */
export function nameUseAt(where: CellProgram, position: number): NameUse | null {
  const { program, cell, hidden } = where;
  const identifier = identifierAt(cell, position);
  const symbol = identifier && symbolOf(identifier, program.getTypeChecker());
  if (!symbol) return null;
  const { text: name } = identifier;
  const span = { start: identifier.getStart(cell) - hidden, end: identifier.end - hidden };
  const scope = scopeOf(symbol, where);
  const uses = scope === "notebook" ? usesOfNotebook(name, where) : usesOf(symbol, name, where);
  return { name, span, scope, uses };
}

/** The places in the cell of what the notebook calls `name`; null where it has none. */
export function nameUseOf(where: CellProgram, name: string): NameUse | null {
  const uses = usesOfNotebook(name, where);
  const [first] = uses;
  return first ? { name, span: { start: first.start, end: first.end }, scope: "notebook", uses } : null;
}

/** Whether a name stands anywhere in a text, as whatever. */
export function mentions(code: string, name: string): boolean {
  // A cast `<number>a` reads as a tag where JSX is allowed, and a tag as nothing where it isn't.
  return ["cell.ts", "cell.tsx"].some(
    (file) => identifiersOf(ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true), name).length > 0,
  );
}

function identifierAt(file: ts.SourceFile, position: number): ts.Identifier | undefined {
  // Behind its last letter as well.
  const found = internals.getTouchingPropertyName(file, position);
  return ts.isIdentifier(found) ? found : undefined;
}

function identifiersOf(file: ts.SourceFile, name: string): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === name) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** What an identifier stands for; in `{ x }`, which is two things, the variable. */
function symbolOf(identifier: ts.Identifier, checker: ts.TypeChecker): ts.Symbol | undefined {
  const { parent } = identifier;
  if (parent && ts.isShorthandPropertyAssignment(parent)) return checker.getShorthandAssignmentValueSymbol(parent);
  return checker.getSymbolAtLocation(identifier);
}

function scopeOf(symbol: ts.Symbol, where: CellProgram): NameUse["scope"] {
  const { cell } = where;
  if (isOfEarlierCells(symbol, where)) return "notebook";
  const declarations = symbol.declarations ?? [];
  if (!declarations.some((declaration) => declaration.getSourceFile() === cell)) return "elsewhere";
  if (bound(cell).locals?.get(symbol.escapedName as string) === symbol) return "notebook";
  if (
    declarations.some(
      (declaration) => declaration.parent?.parent?.parent === cell && ts.isImportDeclaration(declaration.parent),
    )
  )
    return "notebook";
  const isMember = symbol.flags & (ts.SymbolFlags.ClassMember | ts.SymbolFlags.EnumMember);
  return isMember || declarations.some(isInModule) ? "property" : "local";
}

/** Whether others may reach what is declared there by other ways: as a member of a namespace, as a global. */
function isInModule(declaration: ts.Declaration): boolean {
  let node: ts.Node = declaration;
  while (node.parent && !ts.isStatement(node)) node = node.parent;
  return ts.isModuleBlock(node.parent);
}

function isOfEarlierCells(symbol: ts.Symbol, { declarations }: CellProgram): boolean {
  return bound(declarations).locals?.get(symbol.escapedName as string) === symbol;
}

/** One name of the notebook may be several things in a cell: a type of an earlier one, and a value of its own. */
function usesOfNotebook(name: string, where: CellProgram): NameUse["uses"] {
  const checker = where.program.getTypeChecker();
  const symbols = new Set(identifiersOf(where.cell, name).map((identifier) => symbolOf(identifier, checker)));
  const own = [...symbols].filter((symbol) => symbol && scopeOf(symbol, where) === "notebook") as ts.Symbol[];
  return own.flatMap((symbol) => usesOf(symbol, name, where)).sort((a, b) => a.start - b.start);
}

function usesOf(symbol: ts.Symbol, name: string, { program, cell, hidden }: CellProgram): NameUse["uses"] {
  const checker = program.getTypeChecker();
  return identifiersOf(cell, name)
    .filter((identifier) => symbolOf(identifier, checker) === symbol)
    .map((identifier) => ({
      start: identifier.getStart(cell) - hidden,
      end: identifier.end - hidden,
      before: kept(identifier),
      declares:
        symbol.declarations?.some((declaration) => ts.getNameOfDeclaration(declaration) === identifier) === true,
    }));
}

/** What of a shorthand stays when its name changes: `{ x }` becomes `{ x: y }`, `import { x }` `import { x as y }`. */
function kept(identifier: ts.Identifier): string {
  const { parent, text } = identifier;
  if (ts.isShorthandPropertyAssignment(parent)) return `${text}: `;
  if (ts.isImportSpecifier(parent) && !parent.propertyName) return `${text} as `;
  const isTakenOut =
    ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent) && parent.name === identifier;
  return isTakenOut && !parent.propertyName && !parent.dotDotDotToken ? `${text}: ` : "";
}

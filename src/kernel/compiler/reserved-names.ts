import ts from "typescript";
import { isSharable } from "./notebook-variables";
import { bound } from "./typescript-internals";

/** JavaScript's own constants, which no script can declare. */
const CONSTANTS = new Set(["undefined", "NaN", "Infinity"]);
/** What a cell is run with; a declaration that is no variable would stand before it. */
const PARAMETERS = new Set(["exports", "require"]);

/** What is wrong with a cell that declares what it can't. */
export function reservedNameErrors(cell: ts.SourceFile): readonly ts.Diagnostic[] {
  return [...(bound(cell).locals?.values() ?? [])].flatMap(({ name, declarations = [] }) => {
    if (!CONSTANTS.has(name) && !PARAMETERS.has(name)) return [];
    const messageText = CONSTANTS.has(name)
      ? `A cell can't declare ${name}, a constant of JavaScript: choose another name.`
      : `The name ${name} is one that every cell runs with, which only a variable can hide: write "const ${name} = …", or choose another name.`;
    const refused = CONSTANTS.has(name) || declarations.length > 1 ? declarations : declarations.filter(hidesParameter);
    return refused.filter(hasValue).map((declaration) => {
      const place = ts.getNameOfDeclaration(declaration) ?? declaration;
      const start = place.getStart(cell);
      const category = ts.DiagnosticCategory.Error;
      return { file: cell, start, length: place.end - start, code: 2397, category, messageText };
    });
  });
}

function hasValue(declaration: ts.Declaration): boolean {
  return !ts.isInterfaceDeclaration(declaration) && !ts.isTypeAliasDeclaration(declaration);
}

/** Whether a declaration leaves a name of its own in the JavaScript of the cell. */
function hidesParameter(declaration: ts.Declaration): boolean {
  if (ts.isImportSpecifier(declaration) || ts.isImportClause(declaration)) return false;
  return !(ts.isVariableDeclaration(declaration) && isSharable(declaration.parent.parent));
}

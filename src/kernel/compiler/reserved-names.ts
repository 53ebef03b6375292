import ts from "typescript";
import { isSharable } from "./notebook-variables";
import { bound } from "./typescript-internals";

/** JavaScript's own constants, which no script can declare. */
const CONSTANTS = new Set(["undefined", "NaN", "Infinity"]);
/** What a cell is called with. */
const PARAMETERS = new Set(["exports", "require"]);

/** What is wrong with a cell that declares what it can't. */
export function reservedNameErrors(cell: ts.SourceFile): readonly ts.Diagnostic[] {
  return [...(bound(cell).locals?.values() ?? [])].flatMap(({ name, declarations = [] }) => {
    const refused = declarations.filter((declaration) => hasValue(declaration));
    if (CONSTANTS.has(name)) {
      return refused.map((one) =>
        refusal(one, `A cell can't declare ${name}, a constant of JavaScript: choose another name.`),
      );
    }
    // A declaration that stays in the JavaScript would clash with what the cell is called with, or hide it.
    if (!PARAMETERS.has(name) || (refused.length === 1 && refused.every(livesInExports))) return [];
    const messageText = `The name ${name} is one that every cell runs with, which only a variable can hide: write "const ${name} = …", or choose another name.`;
    return refused.map((one) => refusal(one, messageText));
  });
}

function refusal(declaration: ts.Declaration, messageText: string): ts.Diagnostic {
  const file = declaration.getSourceFile();
  const place = ts.getNameOfDeclaration(declaration) ?? declaration;
  const start = place.getStart(file);
  return { file, start, length: place.end - start, code: 2397, category: ts.DiagnosticCategory.Error, messageText };
}

function hasValue(declaration: ts.Declaration): boolean {
  return !ts.isInterfaceDeclaration(declaration) && !ts.isTypeAliasDeclaration(declaration);
}

function livesInExports(declaration: ts.Declaration): boolean {
  if (ts.isImportSpecifier(declaration) || ts.isImportClause(declaration)) return true;
  return ts.isVariableDeclaration(declaration) && isSharable(declaration.parent.parent);
}

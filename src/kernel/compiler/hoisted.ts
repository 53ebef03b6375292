import ts from "typescript";
import { bound } from "./typescript-internals";

const TYPE_FORMAT =
  ts.TypeFormatFlags.NoTruncation |
  ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope |
  ts.TypeFormatFlags.UseStructuralFallback;

/** Declarations of the `var`s in a cell's loops and blocks, which belong to the notebook, too. */
export function hoistedDeclarations(checker: ts.TypeChecker, cell: ts.SourceFile): string {
  const symbols = [...(bound(cell).locals?.values() ?? [])].filter(isHoisted);
  return symbols
    .map(
      (symbol) => `declare var ${symbol.name}: ${checker.typeToString(typeOf(checker, symbol), cell, TYPE_FORMAT)};\n`,
    )
    .join("");
}

function isHoisted({ flags, declarations = [] }: ts.Symbol): boolean {
  return (
    (flags & ts.SymbolFlags.FunctionScopedVariable) !== 0 &&
    declarations.every((declaration) => {
      const statement = ts.findAncestor(declaration, ts.isVariableDeclarationList)?.parent;
      return statement !== undefined && !(ts.isVariableStatement(statement) && ts.isSourceFile(statement.parent));
    })
  );
}

function typeOf(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Type {
  return checker.getTypeOfSymbolAtLocation(symbol, symbol.valueDeclaration!);
}

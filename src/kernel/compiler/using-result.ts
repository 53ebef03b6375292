import ts from "typescript";
import { bound } from "./typescript-internals";

/**
 * Keeps the value of a cell's last expression where the cell has a `using` at its top level: TypeScript puts such a cell
 * into a `try`, in which tslab's own pass, which runs later, finds no last expression. `onResult` is given the name of
 * the property of `exports`.
 */
export function usingResult(onResult: (name: string) => void): ts.TransformerFactory<ts.SourceFile> {
  return ({ factory }) =>
    (file) => {
      if (!file.statements.some(isUsing)) return file;
      const last = file.statements.filter((statement) => !ts.isExportDeclaration(statement)).at(-1);
      if (!last || !ts.isExpressionStatement(last)) return file;
      const locals = bound(ts.getOriginalNode(file) as ts.SourceFile).locals;
      let name = "tsLastExpr";
      for (let i = 0; locals?.has(name); i++) name = `tsLastExpr${i}`;
      onResult(name);
      const property = factory.createPropertyAccessExpression(factory.createIdentifier("exports"), name);
      const kept = factory.updateExpressionStatement(last, factory.createAssignment(property, last.expression));
      return factory.updateSourceFile(
        file,
        file.statements.map((statement) => (statement === last ? kept : statement)),
      );
    };
}

function isUsing(statement: ts.Statement): boolean {
  return ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.Using) !== 0;
}

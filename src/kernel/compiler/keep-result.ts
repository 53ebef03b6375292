import ts from "typescript";
import { bound } from "./typescript-internals";

/**
 * Keeps the value of a cell's last expression, where tslab's own pass, which runs later, can't: in a cell with a `using` at
 * its top level, which TypeScript puts into a `try`, and in those of a `shell` beside the notebook's own, whose values must
 * not get into the place of its. `onResult` is given the name of the property of `exports`.
 */
export function keepResult(shell: number, onResult: (name: string) => void): ts.TransformerFactory<ts.SourceFile> {
  return ({ factory }) =>
    (file) => {
      if (shell === 0 && !file.statements.some(isUsing)) return file;
      const last = file.statements.filter((statement) => !ts.isExportDeclaration(statement)).at(-1);
      if (!last || !ts.isExpressionStatement(last)) return file;
      const locals = bound(ts.getOriginalNode(file) as ts.SourceFile).locals;
      let name = `tsLastExpr${shell || ""}`;
      for (let i = 0; locals?.has(name); i++) name = `tsLastExpr${shell || ""}0${i}`;
      onResult(name);
      const property = factory.createPropertyAccessExpression(factory.createIdentifier("exports"), name);
      const kept = factory.updateExpressionStatement(last, factory.createAssignment(property, last.expression));
      // In a block, for tslab takes a last expression statement for the result.
      const statement = shell === 0 ? kept : factory.createBlock([kept]);
      return factory.updateSourceFile(
        file,
        file.statements.map((each) => (each === last ? statement : each)),
      );
    };
}

function isUsing(statement: ts.Statement): boolean {
  return ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.Using) !== 0;
}

import ts from "typescript";

/** Whether a cell waits outside of its functions: `await`, `for await`, `await using`. */
export function hasTopLevelAwait(cell: ts.SourceFile): boolean {
  return topLevelAwait(cell) !== undefined;
}

/** What is wrong with a local file that waits outside of its functions: `require()` could not load it. */
export function moduleAwaitErrors(file: ts.SourceFile): readonly ts.Diagnostic[] {
  const found = topLevelAwait(file);
  if (!found) return [];
  const start = found.getStart(file);
  const messageText =
    "A local file that cells import can't await at its top level: move the await into an async function that the file exports, or into a cell.";
  return [{ file, start, length: found.end - start, code: 1309, category: ts.DiagnosticCategory.Error, messageText }];
}

function topLevelAwait(node: ts.Node): ts.Node | undefined {
  if (ts.isFunctionLike(node)) return undefined;
  if (ts.isAwaitExpression(node)) return node;
  if (ts.isForOfStatement(node) && node.awaitModifier) return node;
  const isUsing =
    ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing;
  return isUsing ? node : ts.forEachChild(node, topLevelAwait);
}

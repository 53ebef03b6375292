import ts from "typescript";

/** Whether a cell waits outside of its functions: `await`, `for await`, `await using`. */
export function hasTopLevelAwait(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  if (ts.isAwaitExpression(node)) return true;
  if (ts.isForOfStatement(node) && node.awaitModifier) return true;
  if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.AwaitUsing)
    return true;
  return ts.forEachChild(node, (child) => hasTopLevelAwait(child) || undefined) === true;
}

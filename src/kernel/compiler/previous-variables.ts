import ts from "typescript";
import { bound } from "./typescript-internals";

/**
 * Turns every use of a variable that an earlier cell declared into `exports.x`, also where tslab's own pass, which runs
 * later, misses it (`{ x }`) or hits something else (`const { x: y } = p` where an earlier cell declared p's type).
 */
export function previousVariables(
  checker: ts.TypeChecker,
  declarations: ts.SourceFile,
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => {
    const { factory } = context;
    const isPrevious = (symbol: ts.Symbol | undefined): boolean =>
      symbol?.declarations?.some((declaration) => declaration.getSourceFile() === declarations) === true &&
      bound(declarations).locals?.has(symbol.name) === true;

    // Without a link to the node that was parsed, tslab's pass finds no symbol and leaves the name alone.
    const detached = <T extends ts.PropertyName>(name: T): T | ts.Identifier =>
      ts.isIdentifier(name) ? ts.setTextRange(factory.createIdentifier(name.text), name) : name;

    const property = (name: ts.Identifier): ts.PropertyAccessExpression =>
      ts.setTextRange(
        factory.createPropertyAccessExpression(
          factory.createIdentifier("exports"),
          factory.createIdentifier(name.text),
        ),
        name,
      );

    const isUse = (node: ts.Node): node is ts.Identifier =>
      ts.isIdentifier(node) && isReference(node) && isPrevious(checker.getSymbolAtLocation(node));

    // `exports.f()` would hand `exports` over as `this`.
    const callee = (name: ts.Identifier): ts.Expression =>
      ts.setTextRange(
        factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), property(name))),
        name,
      );

    const visit = (node: ts.Node): ts.Node => {
      if (isErased(node)) return node;
      if (ts.isIdentifier(node)) return isUse(node) ? property(node) : node;
      if (ts.isShorthandPropertyAssignment(node)) {
        if (!isPrevious(checker.getShorthandAssignmentValueSymbol(node)))
          return ts.visitEachChild(node, visit, context);
        const fallback = node.objectAssignmentInitializer && ts.visitNode(node.objectAssignmentInitializer, visit);
        const value = property(node.name);
        return ts.setTextRange(
          factory.createPropertyAssignment(
            detached(node.name),
            fallback ? factory.createAssignment(value, fallback as ts.Expression) : value,
          ),
          node,
        );
      }
      if (ts.isPropertyAssignment(node)) {
        const name = ts.isIdentifier(node.name)
          ? detached(node.name)
          : (ts.visitNode(node.name, visit) as ts.PropertyName);
        return factory.updatePropertyAssignment(node, name, ts.visitNode(node.initializer, visit) as ts.Expression);
      }
      const visited = ts.visitEachChild(node, visit, context);
      if (ts.isBindingElement(visited) && visited.propertyName) {
        const { dotDotDotToken, propertyName, name, initializer } = visited;
        return factory.updateBindingElement(visited, dotDotDotToken, detached(propertyName), name, initializer);
      }
      if (ts.isCallExpression(node) && isUse(node.expression)) {
        const { typeArguments, arguments: args } = visited as ts.CallExpression;
        return factory.updateCallExpression(visited as ts.CallExpression, callee(node.expression), typeArguments, args);
      }
      if (ts.isTaggedTemplateExpression(node) && isUse(node.tag)) {
        const { typeArguments, template } = visited as ts.TaggedTemplateExpression;
        return factory.updateTaggedTemplateExpression(
          visited as ts.TaggedTemplateExpression,
          callee(node.tag),
          typeArguments,
          template,
        );
      }
      return visited;
    };
    return (file) => ts.visitEachChild(file, visit, context);
  };
}

/** Whether nothing of `node` is left in JavaScript. */
function isErased(node: ts.Node): boolean {
  return (
    (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) ||
    (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node)
  );
}

/** Whether an identifier stands for a variable, rather than naming a property, a label or what is declared here. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node && parent.name !== node;
  if (
    ts.isPropertyAssignment(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isEnumMember(parent) ||
    ts.isJsxAttribute(parent) ||
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isFunctionLike(parent) ||
    ts.isClassLike(parent)
  ) {
    return parent.name !== node;
  }
  return !(
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent) ||
    ts.isMetaProperty(parent) ||
    ts.isJsxNamespacedName(parent) ||
    ts.isImportEqualsDeclaration(parent) ||
    ts.isQualifiedName(parent)
  );
}

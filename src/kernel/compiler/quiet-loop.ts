import ts from "typescript";

/** What a loop does with the variables of the notebook. */
export interface QuietLoop {
  readonly assigned: ReadonlySet<ts.Symbol>;
  readonly read: ReadonlySet<ts.Symbol>;
  /** Those that must hold an array which is no Proxy: then reading and writing its elements calls nothing. */
  readonly arrays: ReadonlySet<ts.Symbol>;
}

export type Loop = ts.IterationStatement | ts.LabeledStatement;

const PRIMITIVE =
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.StringLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Null;
const TYPED_ARRAY = /^(Int|Uint|Float|BigInt|BigUint)\d+(Clamped)?Array$/;
const LIBRARY = /[\\/]lib\.[^\\/]*\.d\.ts$/;

/** Loops, and labels before them, at the top level of a cell: not in a function. */
export function isTopLevelLoop(node: ts.Node): node is Loop {
  const statement = ts.isLabeledStatement(node) ? node.statement : node;
  if (!ts.isIterationStatement(statement, false)) return false;
  return ts.findAncestor(node, (above) => ts.isFunctionLike(above) || ts.isClassLike(above)) === undefined;
}

/**
 * What a loop does with the variables of the notebook; undefined unless it is quiet: nothing in it can run code that
 * stands elsewhere (a call, a getter, `valueOf`) and could see those variables while it runs.
 */
export function quietLoop(
  loop: Loop,
  checker: ts.TypeChecker,
  isNotebooks: (symbol: ts.Symbol, use: ts.Node) => boolean,
): QuietLoop | undefined {
  const assigned = new Set<ts.Symbol>();
  const read = new Set<ts.Symbol>();
  const arrays = new Set<ts.Symbol>();

  const typeOf = (node: ts.Node) => checker.getTypeAtLocation(node);
  const isPrimitive = (node: ts.Node): boolean => {
    const type = typeOf(node);
    return (type.isUnion() ? type.types : [type]).every(({ flags }) => (flags & PRIMITIVE) !== 0);
  };
  const isString = (node: ts.Node) => (typeOf(node).flags & ts.TypeFlags.StringLike) !== 0;
  const isLibrarys = (symbol: ts.Symbol | undefined) =>
    symbol?.declarations?.some((each) => LIBRARY.test(each.getSourceFile().fileName)) === true;

  /** A name that stands for a value, without a call. */
  const name = (node: ts.Expression, as: Set<ts.Symbol>): boolean => {
    if (!ts.isIdentifier(node)) return false;
    if (node.text === "undefined" || node.text === "NaN" || node.text === "Infinity") return as === read;
    const symbol = checker.getSymbolAtLocation(node);
    if (!symbol || symbol.flags & ts.SymbolFlags.Alias) return false;
    if (isNotebooks(symbol, node)) {
      as.add(symbol);
      return true;
    }
    return symbol.declarations?.every((each) => each.getSourceFile() === loop.getSourceFile()) === true;
  };

  /** A variable of the notebook that holds an array, as far as types tell. */
  const array = (node: ts.Expression): boolean => {
    if (!ts.isIdentifier(node)) return false;
    const symbol = checker.getSymbolAtLocation(node);
    if (!symbol || !isNotebooks(symbol, node)) return false;
    const type = typeOf(node);
    const isTyped = TYPED_ARRAY.test(type.symbol?.name ?? "") && isLibrarys(type.symbol);
    if (!isTyped && !checker.isArrayType(type) && !checker.isTupleType(type)) return false;
    arrays.add(symbol);
    read.add(symbol);
    return true;
  };
  const element = (node: ts.Expression): boolean =>
    ts.isElementAccessExpression(node) &&
    !node.questionDotToken &&
    array(node.expression) &&
    (typeOf(node.argumentExpression).flags & ts.TypeFlags.NumberLike) !== 0 &&
    quiet(node.argumentExpression);
  const target = (node: ts.Expression): boolean => name(node, assigned) || element(node);

  const binary = ({ left, operatorToken: { kind }, right }: ts.BinaryExpression): boolean => {
    if (!quiet(right)) return false;
    if (kind === ts.SyntaxKind.EqualsToken) return target(left);
    if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) {
      return target(left) && isPrimitive(left) && isPrimitive(right);
    }
    if (!quiet(left)) return false;
    if (kind === ts.SyntaxKind.InKeyword || kind === ts.SyntaxKind.InstanceOfKeyword) return false;
    const strict = [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken];
    const chooses = [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.CommaToken];
    if (kind === ts.SyntaxKind.QuestionQuestionToken || [...strict, ...chooses].includes(kind)) return true;
    return isPrimitive(left) && isPrimitive(right);
  };

  /** `Math.x`. */
  const math = (node: ts.Expression): boolean =>
    ts.isPropertyAccessExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === "Math" &&
    !node.questionDotToken &&
    isLibrarys(checker.getSymbolAtLocation(node.expression));

  const all = (nodes: readonly (ts.Node | undefined)[]): boolean => nodes.every((each) => !each || quiet(each));

  const quiet = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node)) return name(node, read);
    if (ts.isLiteralExpression(node)) return !ts.isRegularExpressionLiteral(node);
    if (ts.isBinaryExpression(node)) return binary(node);
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      const { operator, operand } = node;
      if (operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken) {
        return target(operand) && isPrimitive(operand);
      }
      return quiet(operand) && (operator === ts.SyntaxKind.ExclamationToken || isPrimitive(operand));
    }
    if (ts.isElementAccessExpression(node)) return element(node);
    if (ts.isPropertyAccessExpression(node)) {
      if (math(node)) return true;
      if (node.name.text !== "length" || node.questionDotToken) return false;
      return isString(node.expression) ? quiet(node.expression) : array(node.expression);
    }
    if (ts.isCallExpression(node)) {
      const { expression, questionDotToken, arguments: args } = node;
      return !questionDotToken && math(expression) && args.every((each) => isPrimitive(each) && quiet(each));
    }
    if (ts.isTemplateExpression(node)) {
      return node.templateSpans.every(({ expression }) => isPrimitive(expression) && quiet(expression));
    }
    if (ts.isConditionalExpression(node)) return all([node.condition, node.whenTrue, node.whenFalse]);
    if (
      ts.isParenthesizedExpression(node) ||
      ts.isAsExpression(node) ||
      ts.isSatisfiesExpression(node) ||
      ts.isNonNullExpression(node) ||
      ts.isTypeAssertionExpression(node) ||
      ts.isTypeOfExpression(node) ||
      ts.isVoidExpression(node)
    ) {
      return quiet(node.expression);
    }
    switch (node.kind) {
      case ts.SyntaxKind.TrueKeyword:
      case ts.SyntaxKind.FalseKeyword:
      case ts.SyntaxKind.NullKeyword:
      case ts.SyntaxKind.EmptyStatement:
      case ts.SyntaxKind.BreakStatement:
      case ts.SyntaxKind.ContinueStatement:
        return true;
    }
    if (ts.isBlock(node)) return all(node.statements);
    if (ts.isExpressionStatement(node)) return quiet(node.expression);
    if (ts.isVariableStatement(node)) return quiet(node.declarationList);
    if (ts.isVariableDeclarationList(node)) {
      // `var` is a variable of the notebook, `using` calls something in the end.
      const kind = node.flags & ts.NodeFlags.BlockScoped;
      if (kind !== ts.NodeFlags.Let && kind !== ts.NodeFlags.Const) return false;
      return node.declarations.every((each) => ts.isIdentifier(each.name) && all([each.initializer]));
    }
    if (ts.isIfStatement(node)) return all([node.expression, node.thenStatement, node.elseStatement]);
    if (ts.isForStatement(node)) return all([node.initializer, node.condition, node.incrementor, node.statement]);
    if (ts.isWhileStatement(node) || ts.isDoStatement(node)) return all([node.expression, node.statement]);
    if (ts.isForOfStatement(node)) {
      if (node.awaitModifier || !ts.isVariableDeclarationList(node.initializer)) return false;
      return all([node.initializer, node.statement]) && array(node.expression);
    }
    if (ts.isLabeledStatement(node)) return quiet(node.statement);
    if (ts.isSwitchStatement(node)) return all([node.expression, ...node.caseBlock.clauses]);
    if (ts.isCaseClause(node)) return all([node.expression, ...node.statements]);
    if (ts.isDefaultClause(node)) return all(node.statements);
    return false;
  };

  if (!quiet(loop) || [...arrays].some((each) => assigned.has(each))) return undefined;
  return { assigned, read, arrays };
}

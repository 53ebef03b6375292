import ts from "typescript";
import { isAmbient, isOnlyDeclared } from "./ambient";
import { PLAIN_ARRAYS } from "./protocol";
import { isTopLevelLoop, type Loop, type QuietLoop, quietLoop } from "./quiet-loop";
import { bound } from "./typescript-internals";

/** So many rounds of a loop may go by before the notebook's variables get the values that it keeps for itself: a power of two. */
const ROUNDS = 65_536;

export interface NotebookVariablesOptions {
  /** Whether a loop may keep variables for itself while nobody can see them: a debugger can. */
  readonly fastLoops?: boolean;
}

/**
 * Turns every use of a variable of the notebook into `exports.x`.
 *
 * Of those that earlier cells declared, tslab's own pass, which runs later, misses some (`{ x }`) and hits something else
 * at times (`const { x: y } = p` where an earlier cell declared p's type). And a variable of this cell has its only value in
 * `exports`, so that its functions see what a later cell assigns or declares anew: `rate = 0.1`, `const rate = 0.1`. What
 * can't live there alone, a function, a class, an enum, `const { a } = …`, is looked up there by the cell's functions.
 */
export function notebookVariables(
  checker: ts.TypeChecker,
  declarations: ts.SourceFile,
  { fastLoops = true }: NotebookVariablesOptions = {},
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => {
    const { factory } = context;
    // Names of the cell that are read and assigned in `exports` alone, and the statements that declare nothing else.
    const shared = new Set<ts.Symbol>();
    const sharedStatements = new Set<ts.VariableStatement>();
    const unexported = new Set<string>();
    // Names of the cell that its functions look up in `exports`.
    const mirrored = new Set<ts.Symbol>();
    const isEarlier = (symbol: ts.Symbol): boolean =>
      bound(declarations).locals?.get(symbol.escapedName as string) === symbol && !isAmbient(symbol);
    const isNotebooks = (symbol: ts.Symbol | undefined, use: ts.Node): boolean =>
      symbol !== undefined &&
      (shared.has(symbol) || isEarlier(symbol) || (mirrored.has(symbol) && mayRunLater(use, symbol)));
    // What the declarations say of globals: tslab's pass would take it for variables of the notebook.
    const isGlobals = (symbol: ts.Symbol | undefined): boolean =>
      symbol?.declarations?.some((declaration) => declaration.getSourceFile() === declarations) === true &&
      !isEarlier(symbol);

    // Without a link to the node that was parsed, tslab's pass finds no symbol and leaves the name alone.
    const detached = <T extends ts.PropertyName>(name: T): T | ts.Identifier =>
      ts.isIdentifier(name) ? ts.setTextRange(factory.createIdentifier(name.text), name) : name;

    // `{ __proto__ }` defines a property, `{ __proto__: value }` a prototype.
    const propertyName = (name: ts.Identifier): ts.PropertyName =>
      name.text === "__proto__"
        ? factory.createComputedPropertyName(factory.createStringLiteral(name.text))
        : detached(name);

    const property = (name: ts.Identifier): ts.PropertyAccessExpression =>
      ts.setTextRange(
        factory.createPropertyAccessExpression(
          factory.createIdentifier("exports"),
          factory.createIdentifier(name.text),
        ),
        name,
      );

    /** The loop at hand: the variables that it keeps for itself, by their names there, and when and how others see them. */
    let held:
      | {
          readonly names: ReadonlyMap<ts.Symbol, ts.Identifier>;
          readonly isTime: ts.Expression;
          readonly store: ts.Expression;
        }
      | undefined;
    const variable = (name: ts.Identifier): ts.Expression => {
      const symbol = held?.names && checker.getSymbolAtLocation(name);
      return (symbol && held?.names.get(symbol)) ?? property(name);
    };

    const isUse = (node: ts.Node): node is ts.Identifier =>
      ts.isIdentifier(node) && isReference(node) && isNotebooks(checker.getSymbolAtLocation(node), node);

    // `exports.f()` would hand `exports` over as `this`.
    const callee = (name: ts.Identifier): ts.Expression =>
      ts.setTextRange(
        factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), property(name))),
        name,
      );

    // A function gets its name from a variable or a property in a literal, not from a property that it is assigned to.
    const named = (name: ts.Identifier, value: ts.Expression): ts.Expression => {
      if (!isNameless(value)) return value;
      const property = factory.createPropertyAssignment(factory.createIdentifier(name.text), value);
      const literal = factory.createParenthesizedExpression(factory.createObjectLiteralExpression([property]));
      return factory.createPropertyAccessExpression(literal, factory.createIdentifier(name.text));
    };

    // tslab keeps a last expression in a variable, whose name a function without one would get.
    const nameless = (statement: ts.ExpressionStatement): ts.Statement => {
      const value = ts.visitEachChild(statement.expression, visit, context);
      return factory.updateExpressionStatement(statement, factory.createComma(factory.createNumericLiteral(0), value));
    };

    /** `let a = 1, b;` as assignments; in a block, for tslab takes a last expression statement for the cell's result. */
    const assignments = (statement: ts.VariableStatement): ts.Statement => {
      const assigned = statement.declarationList.declarations.map((declaration) => {
        const value = declaration.initializer
          ? named(declaration.name as ts.Identifier, ts.visitNode(declaration.initializer, visit) as ts.Expression)
          : factory.createVoidZero();
        const assignment = factory.createAssignment(property(declaration.name as ts.Identifier), value);
        return ts.setTextRange(factory.createExpressionStatement(assignment), declaration);
      });
      return ts.setTextRange(factory.createBlock(assigned), statement);
    };

    const visit = (node: ts.Node): ts.Node => {
      if (ts.isVariableStatement(node) && sharedStatements.has(node)) return assignments(node);
      if (ts.isExpressionStatement(node) && ts.isSourceFile(node.parent) && isNameless(node.expression)) {
        return nameless(node);
      }
      if (ts.isExportDeclaration(node)) return withoutShared(node);
      if (isErased(node)) return node;
      if (held && ts.isIterationStatement(node, false)) return withRounds(ts.visitEachChild(node, visit, context));
      if (fastLoops && isTopLevelLoop(node)) {
        const quiet = quietLoop(node, checker, isNotebooks);
        if (quiet && quiet.assigned.size > 0) return fastLoop(node, quiet);
      }
      if (ts.isIdentifier(node)) {
        if (isUse(node)) return variable(node);
        return isReference(node) && isGlobals(checker.getSymbolAtLocation(node)) ? detached(node) : node;
      }
      if (ts.isShorthandPropertyAssignment(node)) {
        if (!isNotebooks(checker.getShorthandAssignmentValueSymbol(node), node))
          return ts.visitEachChild(node, visit, context);
        const fallback = node.objectAssignmentInitializer && ts.visitNode(node.objectAssignmentInitializer, visit);
        const value = property(node.name);
        return ts.setTextRange(
          factory.createPropertyAssignment(
            propertyName(node.name),
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

    // At the end of a round: V8 makes slow code of what it first meets at a beginning.
    const withRounds = (loop: ts.IterationStatement): ts.IterationStatement => {
      const { store, isTime } = held!;
      if (ts.isForStatement(loop)) {
        const round = factory.createLogicalAnd(isTime, factory.createParenthesizedExpression(store));
        const then = loop.incrementor ? factory.createComma(loop.incrementor, round) : round;
        return factory.updateForStatement(loop, loop.initializer, loop.condition, then, loop.statement);
      }
      const round = factory.createIfStatement(isTime, factory.createExpressionStatement(store));
      const parts = goesOn(loop.statement) ? [round, loop.statement] : [loop.statement, round];
      const body = factory.createBlock(parts, true);
      if (ts.isForOfStatement(loop)) {
        return factory.updateForOfStatement(loop, loop.awaitModifier, loop.initializer, loop.expression, body);
      }
      if (ts.isDoStatement(loop)) return factory.updateDoStatement(loop, body, loop.expression);
      return factory.updateWhileStatement(loop as ts.WhileStatement, (loop as ts.WhileStatement).expression, body);
    };

    /**
     * A loop over local copies of the notebook's variables, which V8 keeps in registers. Nobody else can look at those
     * before it ends; and for the one who stops it they get their values every some thousand rounds.
     */
    const fastLoop = (loop: Loop, { assigned, read, arrays }: QuietLoop): ts.Statement => {
      const names = new Map([...read, ...assigned].map((each) => [each, factory.createUniqueName(each.name)]));
      const count = factory.createUniqueName("round");
      const exported = ({ name }: ts.Symbol) =>
        factory.createPropertyAccessExpression(factory.createIdentifier("exports"), name);
      const store = [...assigned]
        .map((each): ts.Expression => factory.createAssignment(exported(each), names.get(each)!))
        .reduce(factory.createComma);
      const rounds = factory.createBitwiseAnd(
        factory.createPrefixUnaryExpression(ts.SyntaxKind.PlusPlusToken, count),
        factory.createNumericLiteral(ROUNDS - 1),
      );
      const isTime = factory.createStrictEquality(
        factory.createParenthesizedExpression(rounds),
        factory.createNumericLiteral(0),
      );
      // What is in it is done with it, either way.
      fastLoops = false;
      held = { names, store, isTime };
      const fast = (
        ts.isLabeledStatement(loop) ? ts.visitEachChild(loop, visit, context) : visit(loop)
      ) as ts.Statement;
      held = undefined;
      const copies = [...names].map(([each, name]) =>
        factory.createVariableDeclaration(name, undefined, undefined, exported(each)),
      );
      const zero = factory.createVariableDeclaration(count, undefined, undefined, factory.createNumericLiteral(0));
      const block = factory.createBlock([
        factory.createVariableStatement(
          undefined,
          factory.createVariableDeclarationList([...copies, zero], ts.NodeFlags.Let),
        ),
        factory.createTryStatement(
          factory.createBlock([fast]),
          undefined,
          factory.createBlock([factory.createExpressionStatement(store)]),
        ),
      ]);
      const plain = factory.createCallExpression(
        factory.createIdentifier(PLAIN_ARRAYS),
        undefined,
        [...arrays].map(exported),
      );
      const slow = ts.visitEachChild(loop, visit, context);
      fastLoops = true;
      return arrays.size === 0 ? block : factory.createIfStatement(plain, block, factory.createBlock([slow]));
    };

    const withoutShared = (node: ts.ExportDeclaration): ts.Node => {
      const { exportClause } = node;
      if (node.moduleSpecifier || !exportClause || !ts.isNamedExports(exportClause) || unexported.size === 0)
        return node;
      const kept = exportClause.elements.filter(({ name }) => !unexported.has(name.text));
      const clause = factory.updateNamedExports(exportClause, kept);
      return factory.updateExportDeclaration(node, node.modifiers, node.isTypeOnly, clause, undefined, undefined);
    };

    return (file) => {
      for (const statement of file.statements.filter(isSharable)) {
        const symbols = statement.declarationList.declarations.map(({ name }) => checker.getSymbolAtLocation(name));
        // One that is declared a second time, in a block, has no single place to be assigned.
        if (!symbols.every((symbol) => symbol?.declarations?.length === 1)) continue;
        sharedStatements.add(statement);
        for (const symbol of symbols) {
          if (!symbol) continue;
          shared.add(symbol);
          unexported.add(symbol.name);
        }
      }
      for (const symbol of bound(file).locals?.values() ?? []) {
        if (isTakenApart(symbol)) shared.add(symbol);
        else if (isMirrored(symbol)) mirrored.add(symbol);
      }
      return ts.visitEachChild(file, visit, context);
    };
  };
}

/** Whether a name is an assignable one out of a pattern: `let { a } = options`. */
function isTakenApart({ declarations = [] }: ts.Symbol): boolean {
  const [declaration] = declarations;
  const flags = declaration && flagsOfPattern(declaration);
  return declarations.length === 1 && flags !== undefined && (flags & ts.NodeFlags.Const) === 0;
}

/** Whether a name has a value in the JavaScript of the cell beside that in `exports`, which a later cell may replace. */
function isMirrored(symbol: ts.Symbol): boolean {
  if (symbol.flags & ts.SymbolFlags.ConstEnum || isOnlyDeclared(symbol)) return false;
  return (symbol.declarations ?? []).some(
    (declaration) =>
      flagsOfPattern(declaration) !== undefined ||
      ts.isFunctionDeclaration(declaration) ||
      ts.isClassDeclaration(declaration) ||
      ts.isEnumDeclaration(declaration) ||
      ts.isModuleDeclaration(declaration),
  );
}

/** The flags (`const` or not) of the pattern at the top level of the cell that a name is out of; undefined for others. */
function flagsOfPattern(declaration: ts.Declaration): ts.NodeFlags | undefined {
  const list = ts.isBindingElement(declaration) && ts.findAncestor(declaration, ts.isVariableDeclarationList);
  return list && ts.isVariableStatement(list.parent) && ts.isSourceFile(list.parent.parent) ? list.flags : undefined;
}

/** Whether `use` stands in a function, which a later cell may call; a class names itself whatever else gets its name. */
function mayRunLater(use: ts.Node, { declarations = [] }: ts.Symbol): boolean {
  let later = false;
  for (let node = use; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isClassDeclaration(node) && declarations.includes(node)) return false;
    later ||= ts.isFunctionLike(node) || ts.isPropertyDeclaration(node);
  }
  return later;
}

/** Whether a statement may go on with the next round before its end. */
function goesOn(node: ts.Node): boolean {
  return ts.isContinueStatement(node) || ts.forEachChild(node, (child) => goesOn(child) || undefined) === true;
}

/** Whether a statement declares variables of the notebook that can live in `exports` alone. */
export function isSharable(node: ts.Node): node is ts.VariableStatement {
  if (!ts.isVariableStatement(node) || !ts.isSourceFile(node.parent) || node.modifiers?.length) return false;
  const { flags, declarations } = node.declarationList;
  // `using` has to dispose of what it declares.
  if ((flags & ts.NodeFlags.Using) !== 0) return false;
  return declarations.every(({ name }) => ts.isIdentifier(name) && name.text !== "__proto__");
}

function isNameless(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
    return isNameless(node.expression);
  }
  return ts.isArrowFunction(node) || ((ts.isFunctionExpression(node) || ts.isClassExpression(node)) && !node.name);
}

/** Whether nothing of `node` is left in JavaScript. */
function isErased(node: ts.Node): boolean {
  return (
    (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) ||
    (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node)
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

/**
 * Turns the `React` of `React.createElement`, which TypeScript puts in for JSX after everybody else is done, into
 * `exports.React` where an earlier cell imported it.
 */
export function previousJsxFactory(
  options: ts.CompilerOptions,
  declarations: ts.SourceFile,
  cell: ts.SourceFile,
): ts.TransformerFactory<ts.SourceFile> {
  const root = (options.jsxFactory ?? options.reactNamespace ?? "React").split(".")[0]!;
  const name = ts.escapeLeadingUnderscores(root) as string;
  const isPrevious = bound(declarations).locals?.has(name) === true && !bound(cell).locals?.has(name);
  return (context) => {
    const { factory } = context;
    const visit = (node: ts.Node): ts.Node => {
      const made = ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && node.expression.pos < 0;
      if (made && (node.expression as ts.Identifier).text === root) {
        const object = factory.createPropertyAccessExpression(factory.createIdentifier("exports"), root);
        return factory.updatePropertyAccessExpression(node, object, node.name);
      }
      return ts.visitEachChild(node, visit, context);
    };
    return (file) => (isPrevious ? ts.visitEachChild(file, visit, context) : file);
  };
}

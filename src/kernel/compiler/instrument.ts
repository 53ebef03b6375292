import { isBuiltin } from "node:module";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { AWAIT, IMPORT, ITERATE, META, MODULE, RESUME } from "./protocol";

export interface InstrumentOptions {
  /** Absolute paths of the local files that specifiers stand for. */
  readonly targets: ReadonlyMap<string, string>;
  /** Absolute path of the module; a cell has none. */
  readonly file?: string;
}

/** Makes a cell's or local module's awaits interruptible, and lets its imports find local TypeScript files. */
export function instrument(options: InstrumentOptions): ts.TransformerFactory<ts.SourceFile> {
  return (context) => {
    const { factory } = context;
    const call = (name: string, ...args: readonly ts.Expression[]) =>
      factory.createCallExpression(factory.createIdentifier(name), undefined, args);

    const target = (specifier: ts.Expression): ts.Expression => {
      if (!ts.isStringLiteralLike(specifier)) return specifier;
      const path = options.targets.get(specifier.text);
      return path === undefined ? specifier : factory.createStringLiteral(path);
    };

    const meta = (): ts.Expression => {
      if (!options.file) return factory.createIdentifier(META);
      const dirname = factory.createIdentifier("__dirname");
      const filename = factory.createIdentifier("__filename");
      const url = factory.createStringLiteral(pathToFileURL(options.file).href);
      const properties = Object.entries({ url, filename, dirname });
      return factory.createParenthesizedExpression(
        factory.createObjectLiteralExpression(
          properties.map(([name, value]) => factory.createPropertyAssignment(name, value)),
        ),
      );
    };

    const visit = (node: ts.Node): ts.Node => {
      if (ts.isImportDeclaration(node)) {
        const { modifiers, importClause, attributes } = node;
        const clause = importClause && (ts.visitNode(importClause, visit) as ts.ImportClause);
        return factory.updateImportDeclaration(node, modifiers, clause, target(node.moduleSpecifier), attributes);
      }
      if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
        const { modifiers, isTypeOnly, exportClause, attributes } = node;
        const specifier = target(node.moduleSpecifier);
        return factory.updateExportDeclaration(node, modifiers, isTypeOnly, exportClause, specifier, attributes);
      }
      const visited = ts.visitEachChild(node, visit, context);
      if (ts.isAwaitExpression(visited)) {
        const value = factory.updateAwaitExpression(visited, call(AWAIT, visited.expression));
        return ts.setTextRange(call(RESUME, value), node);
      }
      if (ts.isForOfStatement(visited) && visited.awaitModifier) {
        const { awaitModifier, initializer, expression, statement } = visited;
        return factory.updateForOfStatement(visited, awaitModifier, initializer, call(ITERATE, expression), statement);
      }
      if (ts.isMetaProperty(visited) && visited.keywordToken === ts.SyntaxKind.ImportKeyword) return meta();
      if (ts.isCallExpression(visited) && visited.expression.kind === ts.SyntaxKind.ImportKeyword) {
        const [specifier, ...rest] = visited.arguments;
        if (!specifier) return visited;
        const path = ts.isStringLiteralLike(specifier) ? options.targets.get(specifier.text) : undefined;
        const args = [path === undefined ? specifier : factory.createStringLiteral(path), ...rest];
        if (!options.file) return ts.setTextRange(call(IMPORT, ...args), node);
        if (path === undefined && ts.isStringLiteralLike(specifier) && isPackage(specifier.text)) {
          const given = rest[0] ?? factory.createVoidZero();
          return ts.setTextRange(call(IMPORT, specifier, given, factory.createStringLiteral(options.file)), node);
        }
        return factory.updateCallExpression(visited, visited.expression, visited.typeArguments, args);
      }
      return visited;
    };
    return (file) => ts.visitEachChild(file, visit, context);
  };
}

export interface PackageImportsOptions {
  /** Is given each package that is imported statically. */
  readonly onImport: (specifier: string) => void;
  /** Absolute path of the module; a cell has none. */
  readonly file?: string;
}

/** Has what TypeScript made of static imports ask for the branch `import` of packages: require() means the other one. */
export function packageImports({ onImport, file }: PackageImportsOptions): ts.TransformerFactory<ts.SourceFile> {
  return (context) => {
    const { factory } = context;
    const required = (node: ts.Expression): ts.Expression => {
      if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return node;
      const [specifier, ...rest] = node.arguments;
      if (!specifier) return node;
      if (node.expression.text !== "require" || !ts.isStringLiteralLike(specifier)) {
        // __importStar(require("…")) and its like.
        const inner = required(specifier);
        if (inner === specifier) return node;
        return factory.updateCallExpression(node, node.expression, node.typeArguments, [inner, ...rest]);
      }
      // What a person wrote has a parent, or comes from something that has one.
      if (ts.getOriginalNode(node).parent) return node;
      const inPackage = isPackage(specifier.text);
      if (inPackage) onImport(specifier.text);
      else if (file) return node;
      const from = file ? [factory.createStringLiteral(file)] : [];
      return factory.createCallExpression(factory.createIdentifier(MODULE), undefined, [specifier, ...from]);
    };
    const visit = (statement: ts.Statement): ts.Statement => {
      if (ts.isExpressionStatement(statement)) {
        return factory.updateExpressionStatement(statement, required(statement.expression));
      }
      if (!ts.isVariableStatement(statement)) return statement;
      const { declarationList: list, modifiers } = statement;
      const declarations = list.declarations.map((declaration) => {
        const { name, exclamationToken, type, initializer } = declaration;
        if (!initializer) return declaration;
        return factory.updateVariableDeclaration(declaration, name, exclamationToken, type, required(initializer));
      });
      return factory.updateVariableStatement(
        statement,
        modifiers,
        factory.updateVariableDeclarationList(list, declarations),
      );
    };
    return (source) => factory.updateSourceFile(source, source.statements.map(visit));
  };
}

function isPackage(specifier: string): boolean {
  return !isBuiltin(specifier) && !/^(\.|\/|[a-z]:[\\/])/i.test(specifier);
}

/**
 * Drops what TypeScript puts before a CommonJS module and a cell is better off without: `"use strict"`, `__esModule`, and
 * `exports.a = exports.b = void 0`, which would clear variables of earlier cells though this one may fail. And the
 * read-only accessors of named imports become assignments, for a later cell may declare the name anew.
 */
export const withoutPreamble: ts.TransformerFactory<ts.SourceFile> =
  ({ factory }) =>
  (file) =>
    factory.updateSourceFile(
      file,
      file.statements
        .filter((statement) => !(statement.pos < 0 && isPreamble(statement)))
        .map((statement) => assignedImport(statement, factory) ?? statement),
    );

/** `exports.a = m.a` for `Object.defineProperty(exports, "a", { enumerable: true, get: function () { return m.a; } })`. */
function assignedImport(statement: ts.Statement, factory: ts.NodeFactory): ts.Statement | undefined {
  // What a person wrote has a parent, or comes from something that has one.
  if (!ts.isExpressionStatement(statement) || ts.getOriginalNode(statement.expression).parent) return undefined;
  if (!ts.isCallExpression(statement.expression)) return undefined;
  const [object, name, descriptor] = statement.expression.arguments;
  if (!object || !ts.isIdentifier(object) || object.text !== "exports") return undefined;
  if (!name || !ts.isStringLiteral(name) || !descriptor || !ts.isObjectLiteralExpression(descriptor)) return undefined;
  const [, get] = descriptor.properties;
  if (!get || !ts.isPropertyAssignment(get) || !ts.isFunctionExpression(get.initializer)) return undefined;
  const [result] = get.initializer.body.statements;
  if (!result || !ts.isReturnStatement(result) || !result.expression) return undefined;
  const target = factory.createPropertyAccessExpression(object, name.text);
  return factory.createExpressionStatement(factory.createAssignment(target, result.expression));
}

function isPreamble(statement: ts.Statement): boolean {
  if (!ts.isExpressionStatement(statement)) return false;
  const { expression } = statement;
  if (ts.isStringLiteral(expression)) return expression.text === "use strict";
  if (ts.isCallExpression(expression)) {
    const name = expression.arguments[1];
    return name !== undefined && ts.isStringLiteral(name) && name.text === "__esModule";
  }
  return clears(expression);
}

function clears(expression: ts.Expression): boolean {
  if (!ts.isBinaryExpression(expression) || expression.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return false;
  return ts.isVoidExpression(expression.right) || clears(expression.right);
}

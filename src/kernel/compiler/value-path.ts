import ts from "typescript";
import { internals } from "./typescript-internals";

/** The way from a variable to a value, `["model", "blocks", "0"]` of `model.blocks[0]`; undefined where it leads through a call. */
export function valuePath(node: ts.Expression): string[] | undefined {
  const inner = withoutWrapping(node);
  if (ts.isIdentifier(inner)) return [inner.text];
  if (ts.isPropertyAccessExpression(inner) && ts.isIdentifier(inner.name))
    return below(inner.expression, inner.name.text);
  if (!ts.isElementAccessExpression(inner)) return undefined;
  const { argumentExpression: key } = inner;
  return ts.isStringLiteralLike(key) || ts.isNumericLiteral(key) ? below(inner.expression, key.text) : undefined;
}

/** The value whose members stand at `position`, `a` at the end of `a.b` and of `a["b`, where its type leaves members open. */
export function openReceiver(program: ts.Program, file: ts.SourceFile, position: number): string[] | undefined {
  const token = internals.findPrecedingToken(position, file);
  const access = token?.parent;
  if (!token || !access || !(ts.isPropertyAccessExpression(access) || ts.isElementAccessExpression(access)))
    return undefined;
  const isMember = ts.isPropertyAccessExpression(access)
    ? token === access.name || token.pos >= access.expression.end
    : token === access.argumentExpression && ts.isStringLiteralLike(token);
  return isMember && isOpen(program.getTypeChecker(), access.expression) ? valuePath(access.expression) : undefined;
}

/** The name at `position` with what stands before its dot, where the type says nothing of its value. */
export function untypedValue(program: ts.Program, file: ts.SourceFile, position: number): string[] | undefined {
  const token = internals.getTouchingPropertyName(file, position);
  if (!ts.isIdentifier(token)) return undefined;
  const { parent } = token;
  const whole = ts.isPropertyAccessExpression(parent) && parent.name === token ? parent : token;
  const { flags } = program.getTypeChecker().getTypeAtLocation(whole);
  return flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown) ? valuePath(whole) : undefined;
}

/** Whether `position` is inside of the quotes of a string that is no module's name. */
export function isInPlainString(file: ts.SourceFile, position: number): boolean {
  const token = internals.findPrecedingToken(position, file);
  if (!token || !ts.isStringLiteralLike(token) || token.getStart(file) >= position) return false;
  const closed = !token.isUnterminated;
  if (closed && position >= token.end) return false;
  const { parent } = token;
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isExternalModuleReference(parent))
    return false;
  if (!ts.isCallExpression(parent)) return true;
  const { expression } = parent;
  return (
    expression.kind !== ts.SyntaxKind.ImportKeyword && !(ts.isIdentifier(expression) && expression.text === "require")
  );
}

/** `(a as B)!` is `a`. */
function withoutWrapping(node: ts.Expression): ts.Expression {
  const isWrapping =
    ts.isParenthesizedExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isTypeAssertionExpression(node);
  return isWrapping ? withoutWrapping(node.expression) : node;
}

function below(node: ts.Expression, key: string): string[] | undefined {
  const path = valuePath(node);
  return path && [...path, key];
}

function isOpen(checker: ts.TypeChecker, node: ts.Expression): boolean {
  const type = checker.getTypeAtLocation(node);
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return true;
  return checker.getIndexInfoOfType(type, ts.IndexKind.String) !== undefined;
}

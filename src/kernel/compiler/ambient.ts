import ts from "typescript";

/** Stands before declarations of what no cell defines: to later cells they look like all others. */
const MARK = "/* ambient */";

/** `declarations`, with a mark before each statement that `cell` has only declared: `declare const version: string`. */
export function markAmbient(declarations: string, cell: ts.SourceFile): string {
  const ambient = new Set(cell.statements.filter(isDeclare).flatMap(declaredNames));
  if (ambient.size === 0) return declarations;
  const file = ts.createSourceFile("declarations.d.ts", declarations, ts.ScriptTarget.Latest, true);
  let marked = declarations;
  for (const statement of [...file.statements].reverse()) {
    const start = statement.getStart(file);
    if (isMarked(statement, file) || !declaredNames(statement).some((name) => ambient.has(name))) continue;
    marked = `${marked.slice(0, start)}${MARK}\n${marked.slice(start)}`;
  }
  return marked;
}

/** Whether a name of the declarations of earlier cells has its value from elsewhere than a cell. */
export function isAmbient({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((declaration) => isMarked(statementOf(declaration), declaration.getSourceFile()));
}

/** Whether a cell says of a name of its own no more than `declare`. */
export function isOnlyDeclared({ declarations = [] }: ts.Symbol): boolean {
  return declarations.length > 0 && declarations.every((declaration) => isDeclare(statementOf(declaration)));
}

function statementOf(node: ts.Node): ts.Node {
  let statement = node;
  while (statement.parent && !ts.isSourceFile(statement.parent)) statement = statement.parent;
  return statement;
}

function isMarked(statement: ts.Node, file: ts.SourceFile): boolean {
  return file.text.slice(statement.pos, statement.getStart(file)).includes(MARK);
}

function isDeclare(statement: ts.Node): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) === true;
}

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  }
  const hasName =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    (ts.isModuleDeclaration(statement) && (statement.flags & ts.NodeFlags.GlobalAugmentation) === 0);
  return hasName && statement.name && ts.isIdentifier(statement.name) ? [statement.name.text] : [];
}

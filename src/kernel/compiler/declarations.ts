import ts from "typescript";

/** The declarations after a cell that did not run to its end: what ran is new, the rest is as it was before the cell. */
export function keepDeclarations(request: {
  readonly declarations: string;
  readonly previous: string;
  readonly names: readonly string[];
  readonly ran: readonly string[];
}): string {
  const ran = new Set(request.ran);
  const lost = new Set(request.names.filter((name) => !ran.has(name)));
  const kept = selectValues(request.declarations, (name) => !lost.has(name));
  const restored = selectValues(request.previous, (name) => lost.has(name), { types: false });
  return [...kept, ...restored].join("");
}

/**
 * `current` with what a cell did that was compiled on top of `previous` and left `declarations`: other cells, which ran at
 * the same time, came to `current` in the meantime.
 */
export function mergeDeclarations(request: {
  readonly declarations: string;
  readonly previous: string;
  readonly current: string;
}): string {
  const [own, previous, current] = [request.declarations, request.previous, request.current].map(statementsOf) as [
    Statements,
    Statements,
    Statements,
  ];
  const added = own.all.filter(({ text }) => !previous.texts.has(text));
  const gone = previous.all.filter(({ text }) => !own.texts.has(text));
  const changed = new Set(
    [...added, ...gone].flatMap(({ statement }) => [...declaredNames(statement), ...typeNames(statement)]),
  );
  const printer = ts.createPrinter({ newLine: ts.NewLineKind.LineFeed });
  const kept = current.all.flatMap(({ statement, full }) => {
    const names = [...declaredNames(statement), ...typeNames(statement)];
    const left = names.filter((name) => !changed.has(name));
    if (left.length === names.length) return [`${full}\n`];
    if (left.length === 0) return [];
    return [`${printer.printNode(ts.EmitHint.Unspecified, only(statement, new Set(left)), current.file)}\n`];
  });
  return [...kept, ...added.map(({ full }) => `${full}\n`)].join("");
}

/** Declarations of what a cell declares that isn't right yet, and no earlier one has: of each name no more is known than that it is there. */
export function namesOfUnfinished(code: string, previous: string): string {
  const known = new Set(statementsOf(previous).all.flatMap(({ statement }) => allNames(statement)));
  const file = ts.createSourceFile("cell.tsx", code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const names = new Set(file.statements.flatMap(allNames).filter((name) => name !== "" && !known.has(name)));
  return [...names]
    .map((name) => `declare let ${name}: any;\ntype ${name}<A = any, B = any, C = any> = any;\n`)
    .join("");
}

/** Names of values and of types, also those that are taken out of an object. */
function allNames(statement: ts.Statement): string[] {
  const patterns = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.flatMap(({ name }) => boundNames(name))
    : [];
  return [...declaredNames(statement), ...patterns, ...typeNames(statement)];
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

interface Statements {
  readonly file: ts.SourceFile;
  readonly all: readonly { readonly statement: ts.Statement; readonly text: string; readonly full: string }[];
  readonly texts: ReadonlySet<string>;
}

function statementsOf(declarations: string): Statements {
  const file = parse(declarations);
  const all = file.statements.map((statement) => ({
    statement,
    text: statement.getText(file),
    full: statement.getFullText(file),
  }));
  return { file, all, texts: new Set(all.map(({ text }) => text)) };
}

function typeNames(statement: ts.Statement): string[] {
  return ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) ? [statement.name.text] : [];
}

/**
 * `declarations` with the namespaces, `declare global` and `declare module` of `previous` that the cell did not declare
 * anew: tslab carries variables, functions, classes, enums, types and imports from cell to cell, but not those.
 */
export function carryOver(declarations: string, previous: string): string {
  if (!/\b(namespace|module|global)\b/.test(previous)) return declarations;
  const file = parse(declarations);
  const texts = new Set(file.statements.map((statement) => statement.getText(file)));
  const names = new Set(file.statements.flatMap((statement) => declaredNames(statement)));
  const old = parse(previous);
  const missing = old.statements.filter(
    (statement) =>
      ts.isModuleDeclaration(statement) &&
      !texts.has(statement.getText(old)) &&
      !(isNamespace(statement) && names.has(statement.name.text)),
  );
  return [declarations, ...missing.map((statement) => `\n${statement.getFullText(old).trim()}\n`)].join("");
}

/** The texts of the statements that declare wanted values and, unless `types` is false, of all that declare no values. */
function selectValues(
  declarations: string,
  isWanted: (name: string) => boolean,
  { types = true }: { readonly types?: boolean } = {},
): string[] {
  const file = parse(declarations);
  const printer = ts.createPrinter({ newLine: ts.NewLineKind.LineFeed });
  return file.statements.flatMap((statement) => {
    const names = declaredNames(statement);
    if (names.length === 0) return types ? [`${statement.getFullText(file)}\n`] : [];
    const wanted = names.filter(isWanted);
    if (wanted.length === 0) return [];
    if (wanted.length === names.length) return [`${statement.getFullText(file)}\n`];
    const part = only(statement, new Set(wanted));
    return [`${printer.printNode(ts.EmitHint.Unspecified, part, file)}\n`];
  });
}

function parse(declarations: string): ts.SourceFile {
  return ts.createSourceFile("declarations.d.ts", declarations, ts.ScriptTarget.Latest, true);
}

function isNamespace(statement: ts.ModuleDeclaration): statement is ts.ModuleDeclaration & { name: ts.Identifier } {
  return ts.isIdentifier(statement.name) && (statement.flags & ts.NodeFlags.GlobalAugmentation) === 0;
}

/** Names of the values that a statement declares; none for types. */
function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => (ts.isIdentifier(name) ? name.text : ""));
  }
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement)) {
    return statement.name ? [statement.name.text] : [];
  }
  if (ts.isModuleDeclaration(statement)) return isNamespace(statement) ? [statement.name.text] : [];
  if (ts.isImportEqualsDeclaration(statement)) return [statement.name.text];
  if (ts.isImportDeclaration(statement)) return importedNames(statement);
  return [];
}

function importedNames({ importClause }: ts.ImportDeclaration): string[] {
  if (!importClause) return [];
  const { name, namedBindings } = importClause;
  const names = name ? [name.text] : [];
  if (!namedBindings) return names;
  if (ts.isNamespaceImport(namedBindings)) return [...names, namedBindings.name.text];
  return [...names, ...namedBindings.elements.map((element) => element.name.text)];
}

/** A statement that declares several values, cut down to some of them. */
function only(statement: ts.Statement, names: ReadonlySet<string>): ts.Statement {
  const { factory } = ts;
  if (ts.isVariableStatement(statement)) {
    const { declarationList: list } = statement;
    const declarations = list.declarations.filter(({ name }) => ts.isIdentifier(name) && names.has(name.text));
    const part = factory.updateVariableDeclarationList(list, declarations);
    return factory.updateVariableStatement(statement, statement.modifiers, part);
  }
  if (ts.isImportDeclaration(statement) && statement.importClause) {
    const { importClause: clause } = statement;
    const name = clause.name && names.has(clause.name.text) ? clause.name : undefined;
    let bindings = clause.namedBindings;
    if (bindings && ts.isNamespaceImport(bindings)) {
      if (!names.has(bindings.name.text)) bindings = undefined;
    } else if (bindings) {
      const elements = bindings.elements.filter((element) => names.has(element.name.text));
      bindings = elements.length > 0 ? factory.updateNamedImports(bindings, elements) : undefined;
    }
    const part = factory.updateImportClause(clause, clause.phaseModifier, name, bindings);
    const { modifiers, moduleSpecifier, attributes } = statement;
    return factory.updateImportDeclaration(statement, modifiers, part, moduleSpecifier, attributes);
  }
  return statement;
}

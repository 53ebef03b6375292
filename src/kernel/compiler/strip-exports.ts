import ts from "typescript";

/**
 * A cell without the `export`s that mean nothing in a notebook, where everything is exported: `export const x` becomes
 * `const x`, `export default e` becomes `e`, `export { a } from "m"` an import. What remains keeps its place in the text.
 */
export function stripExports(code: string): string {
  if (!/\bexport\b/.test(code)) return code;
  const file = ts.createSourceFile("cell.tsx", code, ts.ScriptTarget.Latest, false, ts.ScriptKind.TSX);
  let stripped = code;
  const blank = (start: number, end: number, text = "") => {
    const spaces = stripped.slice(start + text.length, end).replace(/[^\r\n]/g, " ");
    stripped = stripped.slice(0, start) + text + spaces + stripped.slice(end);
  };
  // From the end on: an insertion must not move what is still to be edited.
  for (const statement of [...file.statements].reverse()) {
    const start = statement.getStart(file);
    if (ts.isExportDeclaration(statement)) {
      if (!statement.moduleSpecifier) blank(start, statement.end);
      else if (statement.exportClause) blank(start, start + "export".length, "import");
      else blank(start, statement.moduleSpecifier.getStart(file), "import");
    } else if (ts.isExportAssignment(statement) && !statement.isExportEquals) {
      blank(start, statement.expression.getStart(file));
    } else if (ts.canHaveModifiers(statement)) {
      const modifiers = ts.getModifiers(statement) ?? [];
      const nameless =
        (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name === undefined;
      const isDefault = modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
      if (nameless && isDefault) stripped = `${stripped.slice(0, statement.end)})${stripped.slice(statement.end)}`;
      for (const modifier of modifiers) {
        if (modifier.kind === ts.SyntaxKind.ExportKeyword) {
          blank(modifier.getStart(file), modifier.end, nameless && isDefault ? "(" : "");
        } else if (modifier.kind === ts.SyntaxKind.DefaultKeyword) {
          blank(modifier.getStart(file), modifier.end);
        }
      }
    }
  }
  return stripped;
}

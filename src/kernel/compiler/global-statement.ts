import ts from "typescript";

/**
 * A cell in which a line that is `global` alone ends with a semicolon: before a name in the next line, or the `export`
 * that tslab puts behind the cell, TypeScript takes it for the beginning of `declare global`.
 */
export function endBareGlobal(code: string): string {
  if (!/\bglobal\b/.test(code)) return code;
  const file = ts.createSourceFile("cell.tsx", `${code}\nexport {};`, ts.ScriptTarget.Latest, false, ts.ScriptKind.TSX);
  const ends = file.statements.filter((one) => ts.isModuleDeclaration(one) && !one.body).map(({ end }) => end);
  return ends.reverse().reduce((text, end) => `${text.slice(0, end)};${text.slice(end)}`, code);
}

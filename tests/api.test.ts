import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const dist = join(__dirname, "..", "dist").replaceAll("\\", "/");

/**
 * Every name that an entry point exports, with its types as a user's compiler reads them: what changes here, changes for
 * everybody who imports it. `npm run build`, then vitest's `-u`, writes them anew.
 */
function publicTypes(entry: string): string {
  const options: ts.CompilerOptions = { noLib: true, types: [], moduleResolution: ts.ModuleResolutionKind.Node10 };
  const program = ts.createProgram([join(dist, entry)], options);
  const checker = program.getTypeChecker();
  const printer = ts.createPrinter({ removeComments: true });
  const file = program.getSourceFile(join(dist, entry))!;
  const print = (node: ts.Node) => printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile());
  const typesOf = (exporter: ts.Symbol, prefix: string): [string, string][] =>
    checker.getExportsOfModule(exporter).flatMap((symbol): [string, string][] => {
      const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
      const original = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
      const { declarations = [], name } = original;
      const own = declarations.filter((declaration) => declaration.getSourceFile().fileName.startsWith(dist));
      if (own.some(ts.isSourceFile)) return typesOf(original, `${symbol.name}.`);
      const text = own.map((declaration) => {
        const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
        return [...basesOf(declaration, checker).map(print), print(statement)].join("\n");
      });
      const fullName = prefix + symbol.name;
      const renamed = fullName === name || own.length === 0 ? "" : `export { ${name} as ${fullName} };\n`;
      // What another package declares is its own matter.
      return [[fullName, `${renamed}${text.join("\n") || `export ${fullName} of another package`}\n`]];
    });
  return typesOf(checker.getSymbolAtLocation(file)!, "")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text)
    .join("\n");
}

/** The constant that a class extends has no name for others, and is nevertheless what they see. */
function basesOf(declaration: ts.Declaration, checker: ts.TypeChecker): ts.Node[] {
  if (!ts.isClassDeclaration(declaration)) return [];
  const extended = declaration.heritageClauses?.flatMap(({ types }) => [...types]) ?? [];
  return extended.flatMap(({ expression }) => {
    const base = checker.getSymbolAtLocation(expression)?.declarations?.[0];
    return base && ts.isVariableDeclaration(base) ? [base.parent.parent] : [];
  });
}

for (const [name, entry] of [
  ["vitlab", "index.d.ts"],
  ["vitlab/kernel", "kernel/api.d.ts"],
] as const) {
  it(`"${name}" exports these names, of these types`, async () => {
    await expect(publicTypes(entry)).toMatchFileSnapshot(`api/${name.replace("/", "-")}.txt`);
  });
}

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
  const names = checker.getExportsOfModule(checker.getSymbolAtLocation(file)!);
  const texts = names.map((symbol): [string, string] => {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const { declarations = [], name } = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
    const own = declarations.filter((declaration) => declaration.getSourceFile().fileName.startsWith(dist));
    const text = own.map((declaration) => {
      const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
      return printer.printNode(ts.EmitHint.Unspecified, statement, declaration.getSourceFile());
    });
    const renamed = symbol.name === name || own.length === 0 ? "" : `export { ${name} as ${symbol.name} };\n`;
    // What another package declares is its own matter.
    return [symbol.name, `${renamed}${text.join("\n") || `export ${symbol.name} of another package`}\n`];
  });
  return texts
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text)
    .join("\n");
}

for (const [name, entry] of [
  ["vitlab", "index.d.ts"],
  ["vitlab/kernel", "kernel/api.d.ts"],
] as const) {
  it(`"${name}" exports these names, of these types`, async () => {
    await expect(publicTypes(entry)).toMatchFileSnapshot(`api/${name.replace("/", "-")}.txt`);
  });
}

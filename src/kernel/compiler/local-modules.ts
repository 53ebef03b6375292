import ts from "typescript";
import { instrument, packageImports } from "./instrument";
import type { CompiledModule } from "./protocol";
import { decodeMappings, lineMap } from "./source-map";
import { bound, programInternals } from "./typescript-internals";

function resolve(program: ts.Program, file: ts.SourceFile, specifier: ts.StringLiteralLike): string | undefined {
  const { getResolvedModuleFromModuleSpecifier } = programInternals(program);
  return getResolvedModuleFromModuleSpecifier(specifier, file)?.resolvedModule?.resolvedFileName;
}

/** The local files that `file` imports: absolute paths by the specifiers that it uses. */
export function localTargets(program: ts.Program, file: ts.SourceFile): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  for (const specifier of bound(file).imports ?? []) {
    const path = resolve(program, file, specifier);
    if (path === undefined || path.includes("/node_modules/") || /\.d\.[cm]?ts$/.test(path)) continue;
    targets.set(specifier.text, path);
  }
  return targets;
}

/** The local TypeScript files that `file` needs, directly or through others, in the order in which they are met. */
export function localFiles(program: ts.Program, file: ts.SourceFile): readonly ts.SourceFile[] {
  const found = new Set<ts.SourceFile>();
  const visit = (from: ts.SourceFile) => {
    for (const path of localTargets(program, from).values()) {
      const local = /\.[cm]?tsx?$/.test(path) ? program.getSourceFile(path) : undefined;
      if (!local || local === file || found.has(local)) continue;
      found.add(local);
      visit(local);
    }
  };
  visit(file);
  return [...found];
}

/** Compiles a local TypeScript file to CommonJS; its first `hidden` lines are not the user's. */
export function compileModule(program: ts.Program, file: ts.SourceFile, hidden: number): CompiledModule {
  const { fileName: path, text } = file;
  const imports = new Set<string>();
  const { outputText, sourceMapText } = ts.transpileModule(text, {
    fileName: path,
    compilerOptions: { ...program.getCompilerOptions(), module: ts.ModuleKind.CommonJS, sourceMap: true },
    transformers: {
      before: [instrument({ targets: localTargets(program, file), file: path })],
      after: [packageImports({ file: path, onImport: (specifier) => imports.add(specifier) })],
    },
  });
  const source = text.split("\n").slice(hidden).join("\n");
  const { mappings } = JSON.parse(sourceMapText ?? '{"mappings":""}') as { mappings: string };
  return {
    path,
    code: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""),
    map: lineMap(decodeMappings(mappings), hidden, source.split("\n").length),
    source,
    imports: [...imports],
  };
}

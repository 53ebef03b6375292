import ts from "typescript";
import { ownEntry } from "../own-package";

type Resolution = ts.ResolvedModuleWithFailedLookupLocations;

/**
 * What the imports of installed `.d.ts` files stand for, as long as TypeScript's AST of such a file lasts: for all
 * compilers of this process, and in the V8 startup snapshot. `@types/node` alone imports some 500 modules.
 */
const installed = new WeakMap<ts.SourceFile, Map<string, Resolution>>();

/** Resolves the imports of one program: the next one finds what was installed in the meantime. */
export function moduleResolver(options: ts.CompilerOptions, host: ts.ModuleResolutionHost, cwd: string) {
  const cache = ts.createModuleResolutionCache(cwd, (path) => path, options);

  const resolve = (
    literals: readonly ts.StringLiteralLike[],
    containingFile: string,
    redirect: ts.ResolvedProjectReference | undefined,
    _options: ts.CompilerOptions,
    file: ts.SourceFile,
  ): readonly Resolution[] => {
    // A project's `paths` hold for the imports of its packages, too.
    const isShared =
      options.paths === undefined && file?.isDeclarationFile && containingFile.includes("/node_modules/");
    const known = isShared ? (installed.get(file) ?? new Map<string, Resolution>()) : undefined;
    if (known) installed.set(file, known);
    return literals.map((literal) => {
      const mode = ts.getModeForUsageLocation(file, literal, options);
      const key = `${mode ?? ""} ${literal.text}`;
      let resolution = known?.get(key);
      if (!resolution) {
        resolution = ts.resolveModuleName(literal.text, containingFile, options, host, cache, redirect, mode);
        if (!resolution.resolvedModule) resolution = ownResolution(literal.text) ?? resolution;
        known?.set(key, resolution);
      }
      return resolution;
    });
  };
  return resolve;
}

/** What vitlab stands for where none but the kernel's own is installed. */
function ownResolution(specifier: string): Resolution | undefined {
  const own = ownEntry(specifier);
  if (own === undefined) return undefined;
  const resolvedModule: ts.ResolvedModuleFull = {
    resolvedFileName: `${own}.d.ts`,
    extension: ts.Extension.Dts,
    isExternalLibraryImport: true,
  };
  return { resolvedModule } as Resolution;
}

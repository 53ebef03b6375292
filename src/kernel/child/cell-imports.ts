import { isBuiltin } from "node:module";
import { basename, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { type CompiledModule, IMPORT, META, MODULE } from "../compiler/protocol";
import { isCompiledModule } from "./cell-modules";
import { defineGlobals } from "./define-globals";
import { edition, isNoted, noteLoaded } from "./edited-files";
import { createPackageImports, importedFile } from "./package-imports";

export interface CellImports {
  /** Loads packages that a cell and its local files import statically and require() has no way to. */
  preload(imports: readonly string[], modules: readonly CompiledModule[]): Promise<void> | null;
}

/** How cells find packages and files: as a module in `folder`, the notebook's, would; `require` is that of the cells. */
export function createCellImports(folder: string, require: NodeJS.Require): CellImports {
  const notebook = join(folder, basename(process.env.JPY_SESSION_NAME || "notebook.ipynb"));
  const nativeImport = vm.compileFunction("return import(specifier, options)", ["specifier", "options"], {
    filename: notebook,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  } as vm.CompileFunctionOptions) as unknown as (specifier: string, options?: object) => Promise<object>;
  const packages = createPackageImports(nativeImport);

  const dynamicImport = async (specifier: unknown, options?: object, from = notebook): Promise<unknown> => {
    const request = String(specifier);
    const local = isCompiledModule(request) ? request : resolve(folder, request);
    if (isCompiledModule(local)) return require(local);
    if (request === "tslab") return require(request);
    const isFile = (isAbsolute(request) || /^\.\.?\//.test(request)) && !/[?#]/.test(request);
    if (!isFile) {
      const file = isPackage(request) ? importedFile(request, from) : undefined;
      return nativeImport(file === undefined ? request : pathToFileURL(file).href, options);
    }
    if (!isNoted(local)) noteLoaded(local);
    // Node.js keeps what it imported under its URL for good.
    const edits = edition(local);
    return nativeImport(`${pathToFileURL(local).href}${edits ? `?edited=${edits}` : ""}`, options);
  };

  defineGlobals({
    [IMPORT]: dynamicImport,
    [MODULE]: (specifier: string, from?: string) =>
      isPackage(specifier) ? packages.take(specifier, from ?? notebook) : require(specifier),
    [META]: {
      dirname: folder,
      filename: notebook,
      url: pathToFileURL(notebook).href,
      resolve: (specifier: string) => {
        const file = isPackage(specifier) ? importedFile(specifier, notebook) : undefined;
        const found = file ?? (isBuiltin(specifier) ? specifier : require.resolve(specifier));
        return isAbsolute(found) ? pathToFileURL(found).href : found;
      },
    },
    __dirname: folder,
    __filename: notebook,
  });

  return {
    preload: (imports, modules) =>
      packages.preload([
        ...imports.filter(isPackage).map((specifier) => ({ specifier, from: notebook })),
        ...modules.flatMap(({ path, imports }) => imports.map((specifier) => ({ specifier, from: path }))),
      ]),
  };
}

/** Whether a specifier is neither a path nor a module that is there anyhow. */
function isPackage(specifier: string): boolean {
  return !isBuiltin(specifier) && specifier !== "tslab" && !/^(\.|\/|[a-z]:[\\/])/i.test(specifier);
}

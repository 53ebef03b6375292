import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, extname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { IMPORT, META } from "../compiler/protocol";
import { isCompiledModule } from "./cell-modules";
import { defineGlobals } from "./define-globals";
import { edition, isNoted, noteLoaded } from "./edited-files";

const API = "vitlab/kernel";

export interface CellImports {
  /** The `require` of the cells. */
  readonly require: NodeJS.Require;
  /** Loads what a cell imports statically and require() has no way to; what fails is left to the cell. */
  preload(specifiers: readonly string[]): Promise<void> | null;
}

/** How cells find packages and files: as a module in `folder`, the notebook's, would; `plain` is its require(). */
export function createCellImports(folder: string, plain: NodeJS.Require): CellImports {
  const notebook = join(folder, basename(process.env.JPY_SESSION_NAME || "notebook.ipynb"));
  const loaded = new Map<string, object>();
  const nativeImport = vm.compileFunction("return import(specifier, options)", ["specifier", "options"], {
    filename: notebook,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  } as vm.CompileFunctionOptions) as unknown as (specifier: string, options?: object) => Promise<object>;

  const require = new Proxy(plain, {
    apply: (target, self, [request]: [string]) => {
      const found = loaded.get(request);
      if (found) return found;
      if (request === API && !resolves(plain, API)) return target(join(__dirname, "..", "api.js"));
      return Reflect.apply(target, self, [request]);
    },
  });

  const dynamicImport = async (specifier: unknown, options?: object): Promise<unknown> => {
    const request = String(specifier);
    const local = isCompiledModule(request) ? request : resolve(folder, request);
    if (isCompiledModule(local)) return require(local);
    if (request === "tslab" || (request === API && !resolves(plain, API))) return require(request);
    const isFile = (isAbsolute(request) || /^\.\.?\//.test(request)) && !/[?#]/.test(request);
    if (!isFile) return nativeImport(request, options);
    if (!isNoted(local)) noteLoaded(local);
    // Node.js keeps what it imported under its URL for good.
    const edits = edition(local);
    return nativeImport(`${pathToFileURL(local).href}${edits ? `?edited=${edits}` : ""}`, options);
  };

  defineGlobals({
    [IMPORT]: dynamicImport,
    [META]: {
      dirname: folder,
      filename: notebook,
      url: pathToFileURL(notebook).href,
      resolve: (specifier: string) => {
        const found = isBuiltin(specifier) ? specifier : plain.resolve(specifier);
        return isAbsolute(found) ? pathToFileURL(found).href : found;
      },
    },
    __dirname: folder,
    __filename: notebook,
  });

  return {
    require,
    preload: (specifiers) => {
      const missing = specifiers.filter((specifier) => !loaded.has(specifier) && needsImport(plain, specifier));
      if (missing.length === 0) return null;
      const loads = missing.map(async (specifier) => {
        loaded.set(specifier, asCommonJs(await nativeImport(specifier)));
      });
      return Promise.allSettled(loads).then(() => {});
    },
  };
}

/** Whether a package is made of ECMAScript modules: require() may refuse it, import never does. */
function needsImport(require: NodeJS.Require, specifier: string): boolean {
  if (isBuiltin(specifier) || specifier === "tslab" || isCompiledModule(specifier)) return false;
  try {
    return isEcmaScript(require.resolve(specifier));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ERR_PACKAGE_PATH_NOT_EXPORTED";
  }
}

function isEcmaScript(file: string): boolean {
  if (extname(file) === ".mjs") return true;
  if (extname(file) !== ".js") return false;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    try {
      return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { type?: string }).type === "module";
    } catch {
      if (folder === dirname(folder) || basename(folder) === "node_modules") return false;
    }
  }
}

/** What compiled imports expect of require(): a live view of the module with `__esModule`. */
function asCommonJs(namespace: object): object {
  const exports = Object.defineProperty({}, "__esModule", { value: true });
  for (const name of Object.keys(namespace)) {
    Object.defineProperty(exports, name, { enumerable: true, get: () => Reflect.get(namespace, name) });
  }
  return exports;
}

function resolves(require: NodeJS.Require, specifier: string): boolean {
  try {
    require.resolve(specifier);
    return true;
  } catch {
    return false;
  }
}

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ownEntry } from "../own-package";

/** A static import in a file: the package is looked for in the file's folder and above. */
export interface PackageImport {
  readonly specifier: string;
  readonly from: string;
}

export interface PackageImports {
  /** Loads what only import() can load, ahead of the code that imports it statically; what fails is left to that code. */
  preload(imports: readonly PackageImport[]): Promise<void> | null;
  /** What a static import gives: the package's branch `import`, dressed as CommonJS code expects it of require(). */
  take(specifier: string, from: string): unknown;
}

/** The packages that cells and local files import statically; `nativeImport` is Node's import(). */
export function createPackageImports(nativeImport: (url: string) => Promise<object>): PackageImports {
  const loaded = new Map<string, () => unknown>();

  const load = async (file: string, fallback: () => unknown): Promise<() => unknown> => {
    try {
      const namespace = await nativeImport(pathToFileURL(file).href);
      if (file in require.cache) return fallback;
      const exports = asCommonJs(namespace);
      return () => exports;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  };

  /** Says how a package is loaded, or loads it. */
  const find = ({ specifier, from }: PackageImport): (() => unknown) | Promise<() => unknown> => {
    const require = createRequire(from);
    const plain = () => require(specifier);
    const file = importedFile(specifier, from);
    if (file === undefined) return plain;
    const required = () => (resolves(require, specifier) === file ? require(specifier) : require(file));
    return mayBeEcmaScript(file) ? load(file, required) : required;
  };

  return {
    preload: (imports) => {
      const missing = imports.filter(({ specifier, from }) => !loaded.has(keyOf(specifier, from)));
      const loads = missing.flatMap((one) => {
        const key = keyOf(one.specifier, one.from);
        const take = find(one);
        if (!(take instanceof Promise)) loaded.set(key, take);
        return take instanceof Promise ? [take.then((taken) => loaded.set(key, taken))] : [];
      });
      return loads.length === 0 ? null : Promise.all(loads).then(() => {});
    },
    take: (specifier, from) => {
      const key = keyOf(specifier, from);
      try {
        const take = loaded.get(key);
        return take ? take() : createRequire(from)(specifier);
      } catch (error) {
        // It may be installed, or mended, before the next try.
        loaded.delete(key);
        throw error;
      }
    },
  };
}

function keyOf(specifier: string, from: string): string {
  return `${dirname(from)}\0${specifier}`;
}

/** The file that the import of a package stands for, if need be in the kernel's own vitlab; undefined where there is none. */
export function importedFile(specifier: string, from: string): string | undefined {
  // Loaded when it is needed: most cells import nothing.
  const { importMetaResolve } = require("./import-meta-resolve.mjs") as {
    readonly importMetaResolve: (specifier: string, parent: string) => string;
  };
  try {
    const url = importMetaResolve(specifier, pathToFileURL(from).href);
    const file = url.startsWith("file:") ? fileURLToPath(url) : "";
    if (existsSync(file)) return file;
  } catch {
    // Not installed.
  }
  const own = ownEntry(specifier);
  return own === undefined ? undefined : `${own}.js`;
}

function resolves(require: NodeJS.Require, specifier: string): string | undefined {
  try {
    return require.resolve(specifier);
  } catch {
    return undefined;
  }
}

/** Whether a file is, or without a word of its package could be, an ECMAScript module. */
function mayBeEcmaScript(file: string): boolean {
  if (extname(file) === ".mjs") return true;
  if (extname(file) !== ".js") return false;
  const type = typeOfPackage(file);
  return type === undefined ? /^\s*(import|export)\b/m.test(readFileSync(file, "utf8")) : type === "module";
}

function typeOfPackage(file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    try {
      return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { type?: string }).type;
    } catch {
      if (folder === dirname(folder) || basename(folder) === "node_modules") return undefined;
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

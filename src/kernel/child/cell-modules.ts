import Module, { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import vm from "node:vm";
import type { CompiledModule } from "../compiler/protocol";
import { ownEntry } from "../own-package";
import { isNoted, noteLoaded, takeEdited } from "./edited-files";
import { registerSource } from "./source-positions";

interface Loader {
  _extensions: Record<string, (module: NodeJS.Module, file: string) => void>;
  _resolveFilename: (this: unknown, request: string, parent?: NodeJS.Module, ...rest: unknown[]) => string;
}

type ModuleFunction = (
  this: unknown,
  exports: unknown,
  require: NodeJS.Require,
  module: NodeJS.Module,
  filename: string,
  dirname: string,
) => void;

const compiled = new Map<string, string>();
/** What cells required by a package's name, wherever it lies: a linked package is no local file. */
const packages = new Set<string>();

/** Lets require() load the local TypeScript files that came compiled, and notes the other local files that it loads. */
export function hookModules(folder: string): void {
  const loader = Module as unknown as Loader;
  // The name that tslab gives to the module in which cells are.
  const cells = join(folder, "src.js");
  const resolve = loader._resolveFilename;
  loader._resolveFilename = function (request, parent, ...rest) {
    if (compiled.has(request)) return request;
    const file = orOwn(request, () => resolve.call(this, request, parent, ...rest));
    if (parent && !/^(\.|\/|[a-z]:[\\/])/i.test(request)) packages.add(file);
    return file;
  };
  const isLocal = ({ parent }: NodeJS.Module, file: string): boolean => {
    if (!parent || packages.has(file) || file.includes(`${sep}node_modules${sep}`)) return false;
    return parent.filename === cells || compiled.has(parent.filename) || isNoted(parent.filename);
  };
  for (const extension of [".js", ".json"]) {
    const load = loader._extensions[extension]!;
    loader._extensions[extension] = (module, file) => {
      if (isLocal(module, file)) noteLoaded(file);
      load(module, file);
    };
  }
  for (const extension of [".ts", ".tsx", ".mts", ".cts"]) {
    const load = loader._extensions[extension] ?? loader._extensions[".js"]!;
    loader._extensions[extension] = (module, file) => {
      const code = compiled.get(file);
      if (code === undefined) load(module, file);
      else run(module, file, code);
    };
  }
}

/** What `resolve` finds, or, of vitlab, what is in the kernel's own installation. */
function orOwn(request: string, resolve: () => string): string {
  const own = ownEntry(request);
  if (own === undefined) return resolve();
  try {
    return resolve();
  } catch {
    return `${own}.js`;
  }
}

export function isCompiledModule(path: string): boolean {
  return compiled.has(path);
}

/** Takes in new and edited modules: they, other local files that were edited, and what required them run anew when they are required next. */
export function addModules(modules: readonly CompiledModule[]): void {
  for (const path of takeEdited()) invalidate(path);
  for (const { path, code, map, source } of modules) {
    compiled.set(path, code);
    registerSource(path, { map, source });
    invalidate(path);
  }
}

/** Forgets modules that did not load to their end: the watchdog broke in. */
export function forgetHalfLoaded(): void {
  for (const [path, module] of Object.entries(require.cache)) {
    if (module && !module.loaded && module !== process.mainModule) delete require.cache[path];
  }
}

function invalidate(path: string): void {
  delete require.cache[path];
  for (const module of Object.values(require.cache)) {
    if (module?.children.some(({ filename }) => filename === path)) invalidate(module.filename);
  }
}

function run(module: NodeJS.Module, file: string, code: string): void {
  const folder = dirname(file);
  const parameters = ["exports", "require", "module", "__filename", "__dirname"];
  const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const options = { filename: file, importModuleDynamically } as vm.CompileFunctionOptions;
  const body = vm.compileFunction(code, parameters, options) as unknown as ModuleFunction;
  body.call(module.exports, module.exports, requireOf(module, file), module, file, folder);
}

function requireOf(module: NodeJS.Module, file: string): NodeJS.Require {
  const { resolve, cache, main, extensions } = createRequire(file);
  const require = (request: string): unknown => module.require(request);
  return Object.assign(require, { resolve, cache, main, extensions });
}

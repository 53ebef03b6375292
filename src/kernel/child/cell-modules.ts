import Module, { createRequire } from "node:module";
import { dirname } from "node:path";
import vm from "node:vm";
import type { CompiledModule } from "../compiler/protocol";
import { registerSource } from "./source-positions";

interface Loader {
  _extensions: Record<string, (module: NodeJS.Module, file: string) => void>;
  _resolveFilename: (this: unknown, request: string, ...rest: unknown[]) => string;
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
/** Who required a module. */
const requiredBy = new Map<string, Set<string>>();

/** Lets require() load the local TypeScript files that came compiled. */
export function hookTypeScriptModules(): void {
  const loader = Module as unknown as Loader;
  const resolve = loader._resolveFilename;
  loader._resolveFilename = function (request, ...rest) {
    return compiled.has(request) ? request : resolve.call(this, request, ...rest);
  };
  for (const extension of [".ts", ".tsx", ".mts", ".cts"]) {
    const load = loader._extensions[extension] ?? loader._extensions[".js"]!;
    loader._extensions[extension] = (module, file) => {
      const code = compiled.get(file);
      if (code === undefined) load(module, file);
      else run(module, file, code);
    };
  }
}

export function isCompiledModule(path: string): boolean {
  return compiled.has(path);
}

/** Takes in new and edited modules: they, and what required them, run anew when they are required next. */
export function addModules(modules: readonly CompiledModule[]): void {
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
  const requirers = requiredBy.get(path) ?? [];
  requiredBy.delete(path);
  delete require.cache[path];
  for (const requirer of requirers) invalidate(requirer);
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
  const require = (request: string): unknown => {
    if (compiled.has(request)) {
      const requirers = requiredBy.get(request) ?? new Set();
      requiredBy.set(request, requirers.add(file));
    }
    return module.require(request);
  };
  return Object.assign(require, { resolve, cache, main, extensions });
}

import { dirname, join } from "node:path";
import ts from "typescript";
import { runningLibraries } from "./running-node";
import { TSLAB } from "./tslab";

/** What a project's `tsconfig.json` decides about its notebooks. */
const HONOURED = [
  "paths",
  "baseUrl",
  "pathsBasePath",
  "strict",
  "noImplicitAny",
  "noImplicitThis",
  "strictNullChecks",
  "strictFunctionTypes",
  "strictBindCallApply",
  "strictPropertyInitialization",
  "strictBuiltinIteratorReturn",
  "useUnknownInCatchVariables",
  "experimentalDecorators",
  "emitDecoratorMetadata",
  "jsx",
  "jsxFactory",
  "jsxFragmentFactory",
  "jsxImportSource",
];

/** Compiler options of the cells in `cwd`: tslab's, brought to today's Node.js, and what the project around it wants. */
export function cellOptions(tslab: ts.CompilerOptions, cwd: string, sys: ts.System): ts.CompilerOptions {
  // Options of tslab's own TypeScript, and one that refuses imports from outside of the notebook's folder.
  const { noImplicitUseStrict, disableTopLevelAwait, rootDir, ...options } = tslab;
  const project = projectOptions(cwd, sys);
  const honoured = Object.fromEntries(HONOURED.filter((key) => key in project).map((key) => [key, project[key]]));
  return {
    ...options,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    // A bundler may not know that what it makes runs in Node.js; here it does.
    customConditions: ["node"],
    // What all supported versions of Node.js run as it is written.
    target: ts.ScriptTarget.ES2024,
    strict: false,
    typeRoots: typeRoots(cwd, sys),
    sourceMap: true,
    // The language's own decorators; a project that uses TypeScript's old ones says so.
    experimentalDecorators: false,
    allowJs: true,
    checkJs: false,
    allowImportingTsExtensions: true,
    // Spares looking for @typescript/lib-es2023 and a hundred more in every folder above the notebook.
    libReplacement: false,
    ...honoured,
    lib: [...new Set([...runningLibraries(), ...((project.lib as string[] | undefined) ?? [])])],
    types: [...new Set(["node", ...((project.types as string[] | undefined) ?? [])])],
  };
}

function projectOptions(cwd: string, sys: ts.System): ts.CompilerOptions {
  const file = ts.findConfigFile(cwd, (path) => sys.fileExists(path));
  if (!file) return {};
  try {
    const { config, error } = ts.readConfigFile(file, (path) => sys.readFile(path));
    if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, " "));
    // Only the options matter: looking for the project's files could take long.
    const { fileExists, readFile } = sys;
    const host = { useCaseSensitiveFileNames: true, fileExists, readFile, readDirectory: () => [] };
    const parsed = ts.parseJsonConfigFileContent(config, host, dirname(file), undefined, file);
    return parsed.options;
  } catch (error) {
    process.stderr.write(`${file} is not used for the cells' types, it can't be read: ${(error as Error).message}\n`);
    return {};
  }
}

/** `@types` folders from the notebook's folder upward, and, for notebooks outside of a project, the kernel's own. */
function typeRoots(cwd: string, sys: ts.System): string[] {
  const roots: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    const types = join(folder, "node_modules", "@types");
    if (sys.directoryExists(types)) roots.push(types);
    if (dirname(folder) === folder) break;
  }
  if (!roots.some((root) => sys.fileExists(join(root, "node", "package.json")))) roots.push(ownTypes());
  return roots;
}

function ownTypes(): string {
  try {
    return dirname(dirname(require.resolve("@types/node/package.json")));
  } catch {
    return join(TSLAB, "node_modules", "@types");
  }
}

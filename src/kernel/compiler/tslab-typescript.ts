import ts from "typescript";
import { instrument, packageImports, withoutPreamble } from "./instrument";
import { keepResult } from "./keep-result";
import { localFiles, localTargets } from "./local-modules";
import { createNotebookProgram, type NotebookHost, type NotebookWatch } from "./notebook-program";
import { type NotebookVariablesOptions, notebookVariables, previousJsxFactory } from "./notebook-variables";
import { cellOptions } from "./options";
import { reservedNameErrors } from "./reserved-names";
import { composeMaps, decodeMappings, type Segments } from "./source-map";
import { moduleAwaitErrors } from "./top-level-await";
import { createTranspiler, type Transpile } from "./transpiler";
import { internals } from "./typescript-internals";

/** What is known of the cell that tslab's converter converted last, beside what it returns. */
export interface Conversion {
  readonly program: ts.Program;
  readonly cell: ts.SourceFile;
  /** Errors in the cell and in the local files that it imports. */
  readonly errors: readonly ts.Diagnostic[];
  readonly localFiles: readonly ts.SourceFile[];
  /** Map of the JavaScript to the cell, which has one line before it. */
  map: Segments;
  imports: readonly string[];
  /** The property of `exports` that holds the value of the last expression, where tslab's pass does not see to it. */
  lastExpression?: string;
}

export interface CellOptions extends NotebookVariablesOptions {
  readonly shell: number;
}

export interface TypescriptForTslab {
  /** To be handed to tslab in place of its own TypeScript. */
  readonly typescript: object;
  /** How the next conversions treat the notebook's variables, and in which shell the cells run. */
  treat(options: CellOptions): void;
  /** What the last `convert` saw; undefined when it did not get as far as checking types. */
  takeConversion(): Conversion | undefined;
  /** The program of the last call of the converter. */
  program(): ts.Program;
  /** What makes the programs. */
  notebook(): NotebookWatch;
}

/** The standard TypeScript, dressed as the fork that tslab's converter was written for, for notebooks in `cwd`. */
export function typescriptForTslab(cwd: string): TypescriptForTslab {
  const sys: ts.System = Object.assign(Object.create(ts.sys), { getCurrentDirectory: () => cwd });
  let conversion: Conversion | undefined;
  let firstMap: Segments = [];
  let transpile: Transpile | undefined;
  let watch: NotebookWatch | undefined;
  let treatment: CellOptions = { shell: 0 };
  let currentProgram: () => ts.Program = () => {
    throw new Error("tslab's converter made no program: its hooks into TypeScript no longer hold.");
  };

  const createWatchCompilerHost = (roots: string[], options: ts.CompilerOptions, tslabSys: ts.System): NotebookHost => {
    const declarations = roots.find((root) => root.endsWith(".d.ts"));
    return {
      roots,
      options: cellOptions(options, cwd, tslabSys),
      sys: tslabSys,
      hooks: {
        transformers: (program, cell) => {
          const previous = declarations ? program.getSourceFile(declarations) : undefined;
          const onResult = (name: string) => {
            if (conversion) conversion.lastExpression = name;
          };
          if (!previous) return { before: [], after: [] };
          return {
            before: [
              notebookVariables(program.getTypeChecker(), previous, treatment),
              keepResult(treatment.shell, onResult),
            ],
            after: [previousJsxFactory(program.getCompilerOptions(), previous, cell)],
          };
        },
        map: (text) => {
          firstMap = mappings(text);
        },
      },
    };
  };

  const createWatchProgram = (host: NotebookHost): NotebookWatch => {
    const announce = host.afterProgramCreate;
    host.afterProgramCreate = (builder) => {
      currentProgram = builder.getProgram;
      announce?.(builder);
    };
    watch = createNotebookProgram(host);
    return watch;
  };

  const getPreEmitDiagnosticsOfFiles = (
    program: ts.Program,
    files: readonly ts.SourceFile[],
  ): readonly ts.Diagnostic[] => {
    const cell = files[0]!;
    const local = localFiles(program, cell);
    const errors = [cell, ...local].flatMap((file): readonly ts.Diagnostic[] => {
      const syntax = program.getSyntacticDiagnostics(file);
      if (syntax.length > 0) return syntax;
      const own = file === cell ? reservedNameErrors(file) : moduleAwaitErrors(file);
      return [...program.getSemanticDiagnostics(file), ...own];
    });
    const sorted = ts.sortAndDeduplicateDiagnostics(errors.filter((d) => d.category === ts.DiagnosticCategory.Error));
    conversion = { program, cell, errors: sorted, localFiles: local, map: [], imports: [] };
    return sorted;
  };

  const transpileModule = (code: string, options: ts.TranspileOptions): ts.TranspileOutput => {
    const imports = new Set<string>();
    const targets = conversion ? localTargets(conversion.program, conversion.cell) : new Map<string, string>();
    transpile ??= createTranspiler(options.compilerOptions ?? {});
    const result = transpile(withoutMapUrl(code), {
      before: [instrument({ targets })],
      after: [withoutPreamble, packageImports({ onImport: (specifier) => imports.add(specifier) })],
    });
    if (conversion) {
      conversion.map = composeMaps(mappings(result.sourceMapText), firstMap);
      conversion.imports = [...imports];
    }
    return { outputText: withoutMapUrl(result.outputText) };
  };

  return {
    typescript: {
      ...ts,
      // tslab imports it with esModuleInterop: this spares a copy of its two thousand properties.
      __esModule: true,
      sys,
      createWatchCompilerHost,
      createWatchProgram,
      getPreEmitDiagnosticsOfFiles,
      transpileModule,
      getNullTransformationContext: () => undefined,
      getDefaultTypeRoots: () => [],
      getQuickInfoAtPosition,
      findPrecedingToken: (position: number, file: ts.SourceFile) =>
        nameAsWritten(internals.findPrecedingToken(position, file)),
      findNextToken: (previous: ts.Node, parent: ts.Node, file: ts.SourceFile) =>
        nameAsWritten(internals.findNextToken(previous, parent, file)),
      Completions: { ...internals.Completions, getCompletionsAtPositionForTslab: completionsWithSymbols(sys) },
    },
    treat: (options) => {
      treatment = options;
    },
    takeConversion: () => {
      const taken = conversion;
      conversion = undefined;
      return taken;
    },
    program: () => currentProgram(),
    notebook: () => watch!,
  };
}

function mappings(map: string | undefined): Segments {
  return map ? decodeMappings((JSON.parse(map) as { mappings: string }).mappings) : [];
}

function withoutMapUrl(code: string): string {
  return code.replace(/\/\/# sourceMappingURL=.*\s*$/, "");
}

/** tslab compares `escapedText`, which has `__x` as `___x`, with the names of completions. */
function nameAsWritten(token: ts.Node | undefined): ts.Node | undefined {
  if (!token || !ts.isIdentifier(token) || token.escapedText === token.text) return token;
  return Object.create(token, { escapedText: { value: token.text } }) as ts.Identifier;
}

/** As TypeScript's language service, for one file of a program. */
function getQuickInfoAtPosition(
  file: ts.SourceFile,
  checker: ts.TypeChecker,
  _cancellation: object,
  position: number,
): ts.QuickInfo | undefined {
  const node = internals.getTouchingPropertyName(file, position);
  if (node === file) return undefined;
  const symbol = checker.getSymbolAtLocation(node);
  if (!symbol) return undefined;
  const found = internals.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(
    checker,
    symbol,
    file,
    file,
    node,
  );
  return {
    kind: found.symbolKind,
    kindModifiers: "",
    textSpan: { start: node.getStart(file), length: node.getWidth(file) },
    displayParts: found.displayParts,
    documentation: found.documentation,
    ...(found.tags ? { tags: found.tags } : {}),
  };
}

/** Completions whose entries carry their symbols, also of paths inside of `import "./…"`. */
function completionsWithSymbols(sys: ts.System) {
  const host = {
    fileExists: sys.fileExists,
    readFile: sys.readFile,
    directoryExists: sys.directoryExists,
    // The kernel's own vitlab is there for every notebook.
    getDirectories: (path: string) =>
      path.replace(/\/$/, "") === `${sys.getCurrentDirectory()}/node_modules`
        ? [...new Set([...sys.getDirectories(path), "vitlab"])]
        : sys.getDirectories(path),
    readDirectory: sys.readDirectory,
    getCurrentDirectory: sys.getCurrentDirectory,
    realpath: sys.realpath,
  };
  return (
    _host: object,
    program: ts.Program,
    log: () => void,
    file: ts.SourceFile,
    position: number,
    preferences: ts.UserPreferences,
    trigger: string | undefined,
    kind: ts.CompletionTriggerKind,
    cancellation: object,
  ): ts.CompletionInfo | undefined =>
    internals.Completions.getCompletionsAtPosition(
      { ...host, getCompilationSettings: () => program.getCompilerOptions() },
      program,
      log,
      file,
      position,
      preferences,
      trigger,
      kind,
      cancellation,
      undefined,
      true,
    );
}

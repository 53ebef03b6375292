import { basename, dirname } from "node:path";
import ts from "typescript";
import { GLOBAL_DECLARATIONS } from "../globals";
import { KeptProgram, type NotebookFiles } from "./kept-program";
import { moduleResolver } from "./module-resolutions";
import { SourceFiles } from "./source-files";
import { bound, internals, type Locals, programInternals } from "./typescript-internals";

/** What tslab's converter uses of TypeScript's builder programs. */
export interface Builder {
  getProgram(): ts.Program;
  getSourceFile(path: string): ts.SourceFile | undefined;
  getAllDependencies(file: ts.SourceFile): readonly string[];
  emit(
    file: ts.SourceFile,
    writeFile: ts.WriteFileCallback,
    cancellation: undefined,
    only: undefined,
    transformers: ts.CustomTransformers,
  ): ts.EmitResult;
}

export interface EmitHooks {
  /** What is to be done with a cell before TypeScript's and after tslab's own transformations. */
  readonly transformers: (
    program: ts.Program,
    cell: ts.SourceFile,
  ) => {
    readonly before: ts.TransformerFactory<ts.SourceFile>[];
    readonly after: ts.TransformerFactory<ts.SourceFile>[];
  };
  /** Is given the source map of the cell's JavaScript. */
  readonly map: (text: string) => void;
}

export interface NotebookHost {
  readonly roots: readonly string[];
  readonly options: ts.CompilerOptions;
  /** tslab's view of the disk: the cell and the declarations of earlier cells are files in it. */
  readonly sys: ts.System;
  readonly hooks: EmitHooks;
  afterProgramCreate?: (builder: Builder) => void;
}

/** The part of ts.WatchOfFilesAndCompilerOptions that tslab's converter uses, and what there is to do between two cells. */
export interface NotebookWatch {
  updateRootFileNames(roots: readonly string[]): void;
  close(): void;
  /** Parses the text of the declarations that the next program will have. */
  expect(declarations: string): void;
  /** Makes a new type checker in place of one that is kept for long. */
  renew(): void;
}

/**
 * Stands in for ts.createWatchProgram under tslab's converter: makes a program when one is asked for, without watching
 * files, without a reference map of all files, and with all that did not change taken from the program before.
 */
export function createNotebookProgram(host: NotebookHost): NotebookWatch {
  const { options, sys } = host;
  const cwd = sys.getCurrentDirectory();
  const globals = `${cwd}/__globals__.d.ts`;
  const virtual = new Set([...host.roots, globals]);
  const [declarationsPath, cellPath] = host.roots as [string, string];
  const files = new SourceFiles(options, (path) => disk.readFile(path));
  const globalsFile = ts.createSourceFile(globals, GLOBAL_DECLARATIONS, ts.ScriptTarget.Latest, true);
  // What tslab makes up lies in the notebook's folder. Elsewhere the disk itself is asked: tslab's paths take a fifth of the
  // time in which TypeScript finds what a library imports.
  const isHere = (path: string) => path.startsWith(cwd);
  const disk = {
    fileExists: (path: string) => (isHere(path) ? sys : ts.sys).fileExists(path),
    readFile: (path: string, encoding?: string) => (isHere(path) ? sys : ts.sys).readFile(path, encoding),
    directoryExists: (path: string) => (isHere(path) ? sys : ts.sys).directoryExists(path),
    getDirectories: (path: string) => ts.sys.getDirectories(path),
    realpath: (path: string) => ts.sys.realpath?.(path) ?? path,
  };
  // Which package.json each file that was met belongs to; imports are not looked up in it.
  const folders = ts.createModuleResolutionCache(cwd, (path) => path, options);
  let roots = host.roots;
  let lastProgram: ts.Program | undefined;
  let kept: KeptProgram | undefined;
  /** Declarations of earlier cells that were parsed ahead, or for the check before: until tslab cuts them down for the next cell. */
  let lastDeclarations: ts.SourceFile | undefined;
  let scheduled = false;

  const parseDeclarations = (text: string): ts.SourceFile => {
    if (lastDeclarations?.text !== text) lastDeclarations = parseCell(declarationsPath, text, options);
    return lastDeclarations;
  };

  const createBuilder = (): Builder => {
    const parsed = new Map<string, ts.SourceFile>([[globals, globalsFile]]);
    let program: ts.Program | undefined;
    const cellFile = (path: string): ts.SourceFile => {
      let file = parsed.get(path);
      if (!file) {
        const text = sys.readFile(path) ?? "";
        file = path === declarationsPath ? parseDeclarations(text) : parseCell(path, text, options);
        parsed.set(path, file);
      }
      return file;
    };
    const notebookFiles = (): NotebookFiles => ({ cell: cellFile(cellPath), declarations: cellFile(declarationsPath) });
    const compilerHost = {
      getSourceFile: (path: string, request: ts.ScriptTarget | ts.CreateSourceFileOptions) =>
        virtual.has(path) ? cellFile(path) : files.get(path, request),
      getDefaultLibLocation: () => dirname(ts.sys.getExecutingFilePath()),
      getDefaultLibFileName: () => `${dirname(ts.sys.getExecutingFilePath())}/lib.d.ts`,
      getCurrentDirectory: () => cwd,
      getCanonicalFileName: (path: string) => path,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => "\n",
      writeFile: () => {},
      ...disk,
      resolveModuleNameLiterals: moduleResolver(options, disk, cwd),
      getModuleResolutionCache: () => folders,
      // A local file that was missing may be there now; installed packages stay as they are.
      hasInvalidatedResolutions: (path: string) => !path.endsWith(".d.ts") && !path.includes("/node_modules/"),
    } satisfies ts.CompilerHost & { hasInvalidatedResolutions(path: string): boolean };
    const getProgram = (): ts.Program => {
      if (program) return program;
      if (kept?.take(notebookFiles())) {
        program = kept.program;
        return program;
      }
      kept?.retire();
      program = ts.createProgram({
        rootNames: [globals, ...roots],
        options,
        host: compilerHost,
        ...(lastProgram ? { oldProgram: lastProgram } : {}),
      });
      lastProgram = program;
      // With `@module` cells there are more files than these two.
      kept = roots.length === host.roots.length ? KeptProgram.keep(program, notebookFiles()) : undefined;
      return program;
    };
    return {
      getProgram,
      getSourceFile: (path) => (host.roots.includes(path) ? cellFile(path) : getProgram().getSourceFile(path)),
      // Local files are compiled by themselves; of the converter only the cell is wanted.
      getAllDependencies: () => [cellPath],
      emit: (file, writeFile, cancellation, only, transformers) => {
        const emitting = getProgram();
        lastDeclarations = undefined;
        const write: ts.WriteFileCallback = (path, text, mark) => {
          if (path.endsWith(".map")) host.hooks.map(text);
          else writeFile(`${options.outDir}/${basename(path).replace(/\d*(?=\.)/, "")}`, text, mark);
        };
        const { before, after } = host.hooks.transformers(emitting, file);
        const all = { ...transformers, before, after: [...(transformers.after ?? []), ...after] };
        // Declarations are wanted even where TypeScript can't name a type: nobody publishes them.
        return programInternals(emitting).emit(file, write, cancellation, only, all, true);
      },
    };
  };

  const rebuild = () => {
    scheduled = false;
    host.afterProgramCreate?.(createBuilder());
  };
  const schedule = () => {
    if (!scheduled) sys.setTimeout?.(rebuild, 0);
    scheduled = true;
  };
  for (const root of roots) sys.watchFile?.(root, schedule);
  rebuild();
  return {
    updateRootFileNames: (names) => {
      roots = names;
      kept?.retire();
      kept = undefined;
      schedule();
    },
    close: () => {},
    expect: (text) => void parseDeclarations(text),
    renew: () => {
      if (!kept?.isWorn) return;
      kept.retire();
      kept = undefined;
      createBuilder().getProgram().getTypeChecker();
    },
  };
}

/** Parses and binds a cell, with JSX where it can't be read without. */
function parseCell(path: string, text: string, options: ts.CompilerOptions): ts.SourceFile {
  const request: ts.CreateSourceFileOptions = {
    languageVersion: options.target ?? ts.ScriptTarget.Latest,
    setExternalModuleIndicator: internals.getSetExternalModuleIndicator(options),
    jsDocParsingMode: ts.JSDocParsingMode.ParseAll,
  };
  let file = ts.createSourceFile(path, text, request, true);
  if (bound(file).parseDiagnostics?.length) {
    const withJsx = ts.createSourceFile(path, text, request, true, ts.ScriptKind.TSX);
    if (bound(withJsx).parseDiagnostics?.length === 0) file = withJsx;
  }
  internals.bindSourceFile(file, options);
  const { locals } = bound(file);
  // `declare global` is no name that could be exported.
  locals?.delete("__global");
  if (locals && !file.isDeclarationFile) namesAsWritten(locals);
  return file;
}

/** TypeScript's tables have `__x` as `___x`; tslab exports what it is given here. */
function namesAsWritten(locals: Locals): void {
  const { forEach } = locals;
  locals.forEach = (visit) =>
    forEach.call(locals, (symbol, name) => visit(symbol, ts.unescapeLeadingUnderscores(name as ts.__String), locals));
}

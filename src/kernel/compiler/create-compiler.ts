import ts from "typescript";
import { isOnlyDeclared, markAmbient } from "./ambient";
import { completeness } from "./completeness";
import { describeCompletions } from "./completion";
import { carryOver, keepDeclarations, mergeDeclarations, namesOfUnfinished } from "./declarations";
import { cellDiagnostics } from "./diagnostics";
import { endBareGlobal } from "./global-statement";
import { hoistedDeclarations } from "./hoisted";
import { calleeAt, inspection } from "./inspection";
import { compileModule } from "./local-modules";
import { type CellProgram, mentions, nameUseAt, nameUseOf, originAt } from "./name-uses";
import { type CellText, objectCell } from "./object-cell";
import type { CompiledCell, CompiledModule, Compiler, RefusedCell } from "./protocol";
import { signaturesAt } from "./signatures";
import { lineMap } from "./source-map";
import { stripExports } from "./strip-exports";
import { hasTopLevelAwait } from "./top-level-await";
import { loadTslab, type TslabCompletions, type TslabConversion, type TslabConverter } from "./tslab";
import { type Conversion, typescriptForTslab } from "./tslab-typescript";
import { bound } from "./typescript-internals";
import { isInPlainString, openReceiver, untypedValue } from "./value-path";

/** What tslab's converter puts before a cell, one line, and what it calls the file. */
const PREFIX = "export {};\n";
const CELL_FILE = "__tslab__.ts";
const DECLARATIONS_FILE = "__prev__.d.ts";

export interface CompilerOptions {
  /** The notebook's folder. */
  readonly cwd: string;
}

export interface LocalCompiler extends Compiler {
  /** Looks up the libraries' types ahead of the first call. */
  prepare(): void;
  /** Reads the declarations that the next call will most likely have. */
  expect(previous: string): void;
  /** Makes a new type checker where the next calls would soon have to. */
  renew(): void;
}

/** A cell without errors. */
interface Converted {
  readonly ok: true;
  readonly converted: TslabConversion;
  readonly conversion: Conversion;
  readonly declarations: string;
  /** Lines before the cell's own. */
  readonly hidden: number;
}

/** Completions of a text that has `offset` characters before the cell's own, with the places that they have in the cell. */
function movedBack(found: TslabCompletions, offset: number): TslabCompletions {
  const span = found.original?.optionalReplacementSpan;
  if (span) span.start -= offset;
  return { ...found, start: found.start - offset, end: found.end - offset };
}

/** The text of a cell that goes through tslab. */
function cellText(code: string): CellText {
  return objectCell(stripExports(code));
}

/** What is wrong with the grammar of a cell by itself: tslab adds a line of its own, and errors there would mislead. */
function syntaxErrors(source: string): { file: ts.SourceFile; errors: readonly ts.Diagnostic[] } | null {
  const kinds = [ts.ScriptKind.TS, ts.ScriptKind.TSX];
  const parsed = kinds.map((kind) => ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true, kind));
  if (parsed.some((file) => !bound(file).parseDiagnostics?.length)) return null;
  const [file] = parsed as [ts.SourceFile];
  return { file, errors: bound(file).parseDiagnostics ?? [] };
}

/** A compiler for one notebook, in this process. */
export function createCompiler({ cwd }: CompilerOptions): LocalCompiler {
  const shim = typescriptForTslab(cwd.replaceAll("\\", "/"));
  const tslab = loadTslab(shim.typescript);
  const converter: TslabConverter = tslab.createConverter({ isJS: false, isBrowser: false });
  /** The local files as the child has them. */
  const sent = new Map<string, ts.SourceFile>();
  const moduleCells = new Set<string>();

  const modulesOf = ({ program, localFiles }: Conversion): CompiledModule[] =>
    localFiles
      .filter((file) => sent.get(file.fileName) !== file)
      .map((file) => {
        const compiled = compileModule(program, file, moduleCells.has(file.fileName) ? 1 : 0);
        sent.set(file.fileName, file);
        return compiled;
      });

  /** Checks a cell and turns it into JavaScript. */
  const convert = (code: string, name: string, previous: string): Converted | RefusedCell => {
    const source = cellText(endBareGlobal(code));
    const converted = converter.convert(previous, source.text);
    const conversion = shim.takeConversion();
    if (!conversion) throw new Error("tslab's converter checked no types: its hooks into TypeScript no longer hold.");
    const { cell, errors } = conversion;
    if (errors.length > 0) {
      const syntax = syntaxErrors(source.text);
      const found = syntax
        ? cellDiagnostics(syntax.errors, { cwd, name, code, file: syntax.file, hidden: source.lines })
        : cellDiagnostics(errors, { cwd, name, code, file: cell, hidden: 1 + source.lines });
      return { ok: false, diagnostics: found };
    }
    const declarations = carryOver(declarationsOf(converted.declOutput ?? "", conversion), previous);
    return { ok: true, converted, conversion, declarations, hidden: 1 + source.lines };
  };

  const compile = (code: string, name: string, previous: string): CompiledCell | RefusedCell => {
    // Without declarations nothing was run in the child, or it is a fresh one.
    if (previous === "") sent.clear();
    const result = convert(code, name, previous);
    if (!result.ok) return result;
    const { converted, conversion, declarations, hidden } = result;
    const output = converted.output ?? "";
    const lastExpression = converted.lastExpressionVar ?? conversion.lastExpression;
    return {
      ok: true,
      output: output.trim() === "" ? "" : `${output}\n//# sourceURL=${name}`,
      map: lineMap(conversion.map, hidden, code.split("\n").length),
      declarations,
      names: valueNames(conversion),
      hasTopLevelAwait: hasTopLevelAwait(conversion.cell),
      ...(lastExpression ? { lastExpression } : {}),
      imports: conversion.imports,
      modules: modulesOf(conversion),
    };
  };

  /** A cell that starts with `@module name` is a file that other cells import. */
  const addModule = (
    code: string,
    cell: string,
    module: string,
    jsx: boolean,
    previous: string,
  ): CompiledCell | RefusedCell => {
    moduleCells.add(`${cwd}/${module}.ts${jsx ? "x" : ""}`);
    const errors = converter.addModule(module, code, { jsx }) as readonly {
      readonly start: { readonly line: number; readonly character: number };
      readonly end: { readonly line: number; readonly character: number };
      readonly code: number;
      readonly messageText: string;
    }[];
    shim.takeConversion();
    const position = (place: { readonly line: number; readonly character: number }) => ({
      line: place.line + 1,
      column: place.character + 1,
    });
    if (errors.length > 0) {
      const diagnostics = errors.map(({ start, end, code: number, messageText }) => ({
        file: cell,
        start: position(start),
        end: position(end),
        code: number,
        message: messageText,
        source: code,
      }));
      return { ok: false, diagnostics };
    }
    return {
      ok: true,
      output: "",
      map: [],
      declarations: previous,
      names: [],
      hasTopLevelAwait: false,
      imports: [],
      modules: [],
    };
  };

  /** The checker of a cell that isn't to run, and where in its file the cell's own text begins. */
  const cellProgram = (code: string, previous: string): CellProgram => {
    const { text, offset } = cellText(code);
    converter.inspect(previous, text, 0);
    const program = shim.program();
    const declarations = program.getRootFileNames().find((name) => name.endsWith(DECLARATIONS_FILE))!;
    const hidden = PREFIX.length + offset;
    return { program, cell: cellOf(program), declarations: program.getSourceFile(declarations)!, hidden };
  };

  const quickInfo = (previous: string, source: string, position: number): ts.QuickInfo | undefined => {
    try {
      return converter.inspect(previous, source, position);
    } catch {
      return undefined;
    }
  };

  return {
    prepare: () => {
      shim.program();
    },
    expect: (previous) => shim.notebook().expect(PREFIX + previous),
    renew: () => shim.notebook().renew(),
    compile: async ({ code, cell, previous, debugged = false, shell = 0 }) => {
      shim.treat({ fastLoops: !debugged, shell });
      const { module, jsx } = tslab.getCodeMetadata(code);
      return module ? addModule(code, cell, module, jsx === true, previous) : compile(code, cell, previous);
    },
    keep: async (request) => keepDeclarations(request),
    merge: async (request) => mergeDeclarations(request),
    complete: async ({ code, cursor, previous }) => {
      try {
        const { text, offset } = cellText(code);
        const found = converter.complete(previous, text, cursor + offset);
        const program = shim.program();
        const hidden = PREFIX.length + offset;
        const completions = describeCompletions(movedBack(found, offset), { program, code, cursor, hidden });
        const [file, position] = [cellOf(program), cursor + hidden];
        const receiver = openReceiver(program, file, position);
        if (receiver) return { ...completions, receiver };
        const inString = completions.matches.length === 0 && isInPlainString(file, position);
        return inString ? { ...completions, inString } : completions;
      } catch {
        // What a person is in the middle of writing can be anything.
        return { matches: [], start: cursor, end: cursor };
      }
    },
    inspect: async ({ code, cursor, previous }) => {
      const { text, offset } = cellText(code);
      const position = cursor + offset;
      const callee = calleeAt(text, position);
      const info =
        quickInfo(previous, text, position) ?? (callee === undefined ? undefined : quickInfo(previous, text, callee));
      const program = shim.program();
      const untyped = untypedValue(program, cellOf(program), position + PREFIX.length);
      return { found: info ? inspection(info, tslab.printQuickInfo) : null, ...(untyped ? { untyped } : {}) };
    },
    isComplete: async ({ code }) => completeness(code, tslab),
    check: async ({ code, previous }) => {
      if (tslab.getCodeMetadata(code).module) return { diagnostics: [], declarations: previous };
      const converted = convert(code, "Cell", previous);
      if (converted.ok) return { diagnostics: [], declarations: converted.declarations };
      const own = converted.diagnostics.filter(({ file }) => file === "Cell");
      return { diagnostics: own, declarations: previous + namesOfUnfinished(code, previous) };
    },
    signatures: async ({ code, cursor, previous }) => {
      const { program, cell, hidden } = cellProgram(code, previous);
      return signaturesAt(program, cell, cursor + hidden);
    },
    origin: async ({ code, cursor, previous }) => {
      const where = cellProgram(code, previous);
      return originAt(where, cursor + where.hidden);
    },
    nameUse: async ({ code, previous, cursor, name }) => {
      const where = cellProgram(code, previous);
      return name === undefined ? nameUseAt(where, (cursor ?? 0) + where.hidden) : nameUseOf(where, name);
    },
    mentions: async ({ code, name }) => mentions(code, name),
  };
}

/** The file in which tslab has the cell. */
function cellOf(program: ts.Program): ts.SourceFile {
  return program.getSourceFile(program.getRootFileNames().find((name) => name.endsWith(CELL_FILE))!)!;
}

/** tslab's declarations, with those `var`s that it misses, and a mark before what the cell only declares. */
function declarationsOf(output: string, { program, cell }: Conversion): string {
  return markAmbient(`${hoistedDeclarations(program.getTypeChecker(), cell)}${withNamesAsWritten(output)}`, cell);
}

/** tslab declares a value whose type is gone by its name in TypeScript's tables, which have `__x` as `___x`. */
function withNamesAsWritten(output: string): string {
  return output.replace(/^let (\S+): any;$/gm, (_, name: ts.__String) => {
    return `declare let ${ts.unescapeLeadingUnderscores(name)}: any;`;
  });
}

/** The cell's names that have a value when it runs. */
function valueNames({ program, cell }: Conversion): readonly string[] {
  const checker = program.getTypeChecker();
  return [...(bound(cell).locals?.values() ?? [])].flatMap((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    // An import that can't be followed may well have a value.
    const hasValue = target.flags & ts.SymbolFlags.Value || target.declarations === undefined;
    return hasValue && !isOnlyDeclared(symbol) ? [symbol.name] : [];
  });
}

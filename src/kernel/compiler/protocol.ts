import type { SignatureHelp } from "../editing";

/** What the front asks of the compiler process, and what it gets: plain data, sent over Node's IPC channel ("advanced" serialization). */

/** A place in a text: `line` and `column` count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * A source map from the JavaScript that runs to the text that a person wrote, ready to look up: for each generated
 * line (from 0) flat triples `generatedColumn, sourceLine, sourceColumn` (all from 0), sorted by generatedColumn.
 */
export type LineMap = readonly (readonly number[])[];

export interface Diagnostic {
  /** The cell's name, or the path of a local file as seen from the notebook's folder. */
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
  /** TypeScript's number, as in TS2322. */
  readonly code: number;
  readonly message: string;
  /** The source of `file`'s line `start.line` and its neighbors is cut out of this. */
  readonly source: string;
}

/** A local TypeScript file that a cell imports, compiled to CommonJS; sent when it is new or was edited. */
export interface CompiledModule {
  /** Absolute path of the `.ts` file. Imports of local TypeScript files inside `code` are absolute paths, too. */
  readonly path: string;
  readonly code: string;
  readonly map: LineMap;
  readonly source: string;
  /** Specifiers of packages that it imports statically, as written. */
  readonly imports: readonly string[];
}

export interface CompiledCell {
  readonly ok: true;
  /** CommonJS to be run by tslab's executor; empty when the cell has nothing to run. */
  readonly output: string;
  readonly map: LineMap;
  /** Declarations of all cells up to this one, once it ran to its end. */
  readonly declarations: string;
  /** Names that the cell declares (values: variables, functions, classes, enums, imports). */
  readonly names: readonly string[];
  readonly hasTopLevelAwait: boolean;
  /** The property of `exports` that holds the value of the last expression. */
  readonly lastExpression?: string;
  /** Specifiers of packages that the cell imports statically, as written. */
  readonly imports: readonly string[];
  readonly modules: readonly CompiledModule[];
}

export interface RefusedCell {
  readonly ok: false;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Completion {
  readonly text: string;
  /** As JupyterLab colors it: function, class, property, keyword, module, variable, interface, type, … */
  readonly kind: string;
  /** A call signature or type, on one line, for the first entries. */
  readonly signature?: string;
  /** First paragraph of the docstring, for the first entries. */
  readonly documentation?: string;
}

export interface Completions {
  readonly matches: readonly Completion[];
  /** Offsets in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Whose members are completed, where TypeScript doesn't know them all (`any`, an index signature): the way from a variable to the value. */
  readonly receiver?: readonly string[];
  /** Set inside of a string that no type says anything about. */
  readonly inString?: true;
}

export interface Inspection {
  /** Signature and docstring as plain text. */
  readonly text: string;
  /** The same as Markdown, signature in a TypeScript code block. */
  readonly markdown: string;
}

export interface InspectionReply {
  /** Null where nothing is known of what stands there. */
  readonly found: Inspection | null;
  /** The way from a variable to the value, where its type says nothing of it: `any`, `unknown`, a member of such a value. */
  readonly untyped?: readonly string[];
}

/** What is wrong with a cell that is being written, and what the cells below it may count on. */
export interface Check {
  /** Those of the cell itself, not of files that it imports. */
  readonly diagnostics: readonly Diagnostic[];
  /** As of a compiled cell; of one with errors every new name is `any`. */
  readonly declarations: string;
}

/** Offsets in a text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a name comes from: this cell, an earlier one, or a file. */
export type Origin =
  | { readonly kind: "cell"; readonly span: Span }
  | { readonly kind: "notebook"; readonly name: string }
  /** `text` is the declaration with its documentation. */
  | {
      readonly kind: "file";
      readonly path: string;
      readonly start: Position;
      readonly end: Position;
      readonly text: string;
    };

/** A name in a cell: `notebook` where other cells know it, `local` where it is the cell's own, else what it is instead. */
export interface NameUse {
  readonly name: string;
  readonly span: Span;
  readonly scope: "notebook" | "local" | "elsewhere" | "property";
  /** All places in the cell that are the same name; `before` is what a new name there needs in front of it. */
  readonly uses: readonly (Span & { readonly before: string; readonly declares: boolean })[];
}

export type Completeness =
  | { readonly status: "complete" | "invalid" | "unknown" }
  | { readonly status: "incomplete"; readonly indent: string };

/** The calls of the compiler. `previous` is always the declarations of the cells so far (`CompiledCell.declarations`). */
export interface Compiler {
  /**
   * `cell` is the name that errors use, e.g. `Cell[3]`; where it is `debugged`, each line leaves all variables as they
   * are; `shell` is 0, or another number for each of the cells that run beside each other.
   */
  compile(request: {
    code: string;
    cell: string;
    previous: string;
    debugged?: boolean;
    shell?: number;
  }): Promise<CompiledCell | RefusedCell>;
  /**
   * The declarations after a cell that failed or was interrupted: those of `declarations` (of that cell) whose values
   * are in `ran`, the types that it declared, and those of `previous` for all other names.
   */
  keep(request: {
    declarations: string;
    previous: string;
    names: readonly string[];
    ran: readonly string[];
  }): Promise<string>;
  /** The declarations after a cell beside which others ran: they came from `previous`, where it began, to `current`. */
  merge(request: { declarations: string; previous: string; current: string }): Promise<string>;
  complete(request: { code: string; cursor: number; previous: string }): Promise<Completions>;
  inspect(request: { code: string; cursor: number; previous: string; detail: 0 | 1 }): Promise<InspectionReply>;
  isComplete(request: { code: string }): Promise<Completeness>;
  /** As `compile`, of a cell that is not to run. */
  check(request: { code: string; previous: string }): Promise<Check>;
  signatures(request: { code: string; cursor: number; previous: string }): Promise<SignatureHelp | null>;
  origin(request: { code: string; cursor: number; previous: string }): Promise<Origin | null>;
  /** The name at `cursor`, or the one of the notebook that is called `name`. */
  nameUse(request: { code: string; previous: string; cursor?: number; name?: string }): Promise<NameUse | null>;
  /** Whether a name stands in a text, as whatever. */
  mentions(request: { code: string; name: string }): Promise<boolean>;
}

export type CompilerRequest = {
  [M in keyof Compiler]: { id: number; method: M; argument: Parameters<Compiler[M]>[0] };
}[keyof Compiler];

export type CompilerReply =
  | { readonly ready: true; readonly typescript: string }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

/**
 * Globals that the compiler puts into a cell's JavaScript and the child defines:
 *
 * - `await e` becomes `__cell_resume__(await __cell_await__(e))`: an interrupt rejects it.
 * - `for await (const x of e)` becomes `for await (const x of __cell_iterate__(e))`.
 * - `import(e)` becomes `__cell_import__(e)`: a real dynamic import, as seen from the notebook's folder.
 * - The `require` of a static import becomes `__cell_module__`: the branch `import` of a package. In a local file, where
 *   that and import() are told the file's path as well, only for packages.
 * - `import.meta` becomes `__cell_meta__`.
 * - A loop that reads elements of arrays first asks `__cell_plain_arrays__` whether these are no Proxies.
 */
export const AWAIT = "__cell_await__";
export const RESUME = "__cell_resume__";
export const ITERATE = "__cell_iterate__";
export const IMPORT = "__cell_import__";
export const MODULE = "__cell_module__";
export const META = "__cell_meta__";
export const PLAIN_ARRAYS = "__cell_plain_arrays__";

import ts from "typescript";
import { exchangeFile } from "./exchange-file";
import { bound, internals } from "./typescript-internals";

/** So many texts go through one program: it remembers something of each. */
const MOST_TEXTS = 200;

export interface Transpiled {
  readonly outputText: string;
  readonly sourceMapText: string;
}

/** Turns the text of an ECMAScript module into one of another kind. */
export type Transpile = (text: string, transformers: ts.CustomTransformers) => Transpiled;

/**
 * As `ts.transpileModule` with `options` and a source map does it, but for the program and its type checker, which
 * are kept from one text to the next: they take half of its time.
 */
export function createTranspiler(options: ts.CompilerOptions): Transpile {
  const fixed = Object.fromEntries(
    internals.transpileOptionValueCompilerOptions.map((option) => [option.name, option.transpileOptionValue]),
  );
  const all: ts.CompilerOptions = {
    jsx: ts.JsxEmit.Preserve,
    ...options,
    ...fixed,
    sourceMap: true,
    suppressOutputPathCheck: true,
    allowNonTsExtensions: true,
    declaration: false,
    declarationMap: false,
    noLib: true,
  };
  const request: ts.CreateSourceFileOptions = {
    languageVersion: all.target ?? ts.ScriptTarget.Latest,
    setExternalModuleIndicator: internals.getSetExternalModuleIndicator(all),
    jsDocParsingMode: ts.JSDocParsingMode.ParseAll,
  };
  const parse = (name: string, text: string) => ts.createSourceFile(name, text, request);
  const newProgram = (file: ts.SourceFile) =>
    ts.createProgram([file.fileName], all, {
      getSourceFile: (name) => (name === file.fileName ? file : undefined),
      writeFile: () => {},
      getDefaultLibFileName: () => "lib.d.ts",
      useCaseSensitiveFileNames: () => true,
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => "",
      getNewLine: () => "\n",
      fileExists: (name) => name === file.fileName,
      readFile: () => "",
      directoryExists: () => true,
      getDirectories: () => [],
    });
  let program: ts.Program | undefined;
  let last: ts.SourceFile | undefined;
  let count = 0;

  return (text, transformers) => {
    const name = `module${count++ % MOST_TEXTS}.js`;
    const file = parse(name, text);
    if (!program || !last || count % MOST_TEXTS === 1) program = newProgram(file);
    else {
      internals.bindSourceFile(file, all);
      Object.assign(bound(file), { imports: [], moduleAugmentations: [], ambientModuleNames: [] });
      exchangeFile(program, last, file, name);
    }
    last = file;
    const found = { outputText: "", sourceMapText: "" };
    const write = (path: string, output: string) => {
      found[path.endsWith(".map") ? "sourceMapText" : "outputText"] = output;
    };
    program.emit(file, write, undefined, undefined, transformers);
    return found;
  };
}

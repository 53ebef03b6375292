import ts from "typescript";

/** A symbol table as the binder leaves it on a source file. */
export type Locals = Map<string, ts.Symbol>;

/** What TypeScript keeps on a source file beside the public fields. */
export interface BoundSourceFile {
  locals?: Locals;
  imports?: readonly ts.StringLiteralLike[];
  moduleAugmentations?: readonly ts.StringLiteral[];
  ambientModuleNames?: readonly string[];
  parseDiagnostics?: readonly ts.DiagnosticWithLocation[];
  version?: string;
}

export interface CompletionEntryWithSymbol extends ts.CompletionEntry {
  readonly symbol?: ts.Symbol;
}

interface Internals {
  readonly NodeFlags: { readonly PossiblyContainsDynamicImport: number };
  bindSourceFile(file: ts.SourceFile, options: ts.CompilerOptions): void;
  createModeAwareCache(): Resolutions;
  readonly transpileOptionValueCompilerOptions: readonly {
    readonly name: string;
    readonly transpileOptionValue: ts.CompilerOptionsValue;
  }[];
  getSetExternalModuleIndicator(options: ts.CompilerOptions): (file: ts.SourceFile) => void;
  getTouchingPropertyName(file: ts.SourceFile, position: number): ts.Node;
  findPrecedingToken(position: number, file: ts.SourceFile): ts.Node | undefined;
  findNextToken(previous: ts.Node, parent: ts.Node, file: ts.SourceFile): ts.Node | undefined;
  readonly SymbolDisplay: {
    getSymbolDisplayPartsDocumentationAndSymbolKind(
      checker: ts.TypeChecker,
      symbol: ts.Symbol,
      file: ts.SourceFile,
      enclosing: ts.Node | undefined,
      location: ts.Node,
    ): {
      symbolKind: ts.ScriptElementKind;
      displayParts: ts.SymbolDisplayPart[];
      documentation: ts.SymbolDisplayPart[];
      tags?: ts.JSDocTagInfo[];
    };
  };
  readonly SignatureHelp: {
    getSignatureHelpItems(
      program: ts.Program,
      file: ts.SourceFile,
      position: number,
      reason: undefined,
      cancellation: ts.CancellationToken,
    ): ts.SignatureHelpItems | undefined;
  };
  readonly GoToDefinition: {
    getDefinitionAtPosition(
      program: ts.Program,
      file: ts.SourceFile,
      position: number,
    ): readonly ts.DefinitionInfo[] | undefined;
  };
  readonly Completions: {
    getCompletionsAtPosition(
      host: object,
      program: ts.Program,
      log: (message: string) => void,
      file: ts.SourceFile,
      position: number,
      preferences: ts.UserPreferences,
      triggerCharacter: string | undefined,
      kind: ts.CompletionTriggerKind | undefined,
      cancellation: object,
      formatContext: undefined,
      includeSymbol: boolean,
    ): ts.CompletionInfo | undefined;
  };
}

/** What the imports of a file stand for, by specifier and by whether it is imported or required. */
export interface Resolutions {
  set(specifier: string, mode: ts.ResolutionMode, resolution: Resolved): unknown;
  forEach(visit: (resolution: Resolved, specifier: string, mode: ts.ResolutionMode) => void): void;
}

interface Resolved {
  readonly resolvedModule?: ts.ResolvedModuleFull;
}

interface ProgramInternals {
  readonly resolvedModules?: Map<string, Resolutions>;
  getFilesByNameMap(): Map<string, ts.SourceFile | false | undefined>;
  getResolvedModuleFromModuleSpecifier(specifier: ts.StringLiteralLike, file?: ts.SourceFile): Resolved | undefined;
  emit(
    file: ts.SourceFile,
    writeFile: ts.WriteFileCallback,
    cancellation: undefined,
    only: undefined,
    transformers: ts.CustomTransformers | undefined,
    forceDeclarations: boolean,
  ): ts.EmitResult;
}

/** Functions of TypeScript that its type declarations leave out. */
export const internals = ts as unknown as Internals;

/** The fields of a bound source file that TypeScript's type declarations leave out. */
export function bound(file: ts.SourceFile): BoundSourceFile {
  return file as unknown as BoundSourceFile;
}

/** The methods of a program that TypeScript's type declarations leave out. */
export function programInternals(program: ts.Program): ProgramInternals {
  return program as unknown as ProgramInternals;
}

/** What of TypeScript the kernel hangs on to and this version lacks; empty as long as everything holds. */
export function missingInternals(): readonly string[] {
  const functions: readonly [string, unknown][] = [
    ["bindSourceFile", internals.bindSourceFile],
    ["createModeAwareCache", internals.createModeAwareCache],
    ["getSetExternalModuleIndicator", internals.getSetExternalModuleIndicator],
    ["getTouchingPropertyName", internals.getTouchingPropertyName],
    ["findPrecedingToken", internals.findPrecedingToken],
    ["findNextToken", internals.findNextToken],
    [
      "SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind",
      internals.SymbolDisplay?.getSymbolDisplayPartsDocumentationAndSymbolKind,
    ],
    ["SignatureHelp.getSignatureHelpItems", internals.SignatureHelp?.getSignatureHelpItems],
    ["GoToDefinition.getDefinitionAtPosition", internals.GoToDefinition?.getDefinitionAtPosition],
    ["Completions.getCompletionsAtPosition", internals.Completions?.getCompletionsAtPosition],
  ];
  return functions.filter(([, value]) => typeof value !== "function").map(([name]) => name);
}

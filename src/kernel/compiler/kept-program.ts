import { isBuiltin } from "node:module";
import ts from "typescript";
import { exchangeFile } from "./exchange-file";
import { bound, internals, programInternals, type Resolutions } from "./typescript-internals";

/** So many cells in a row are checked by one program: what it learned of each stays in its memory. */
const MOST_CELLS = 100;
/** The same for the length of their texts, declarations of earlier cells with them, in characters. */
const MOST_TEXT = 1_000_000;

/** What a notebook's program is asked about: a cell, and the declarations of earlier cells. */
export interface NotebookFiles {
  readonly cell: ts.SourceFile;
  readonly declarations: ts.SourceFile;
}

/**
 * A program that is kept from cell to cell, with all that its type checker knows of the libraries. TypeScript makes a
 * program anew for each change: two thirds of the time of a small cell, and most of it where the cell uses large types.
 *
 * A new cell takes the place of the old one as long as nothing else can have changed: both are modules that add nothing
 * to the global scope, and import the same packages. Each has a file name of its own, since TypeScript keeps errors by
 * that name.
 */
export class KeptProgram {
  /** The imports of cell and declarations, as this program was made for. */
  readonly #imports: string;
  readonly #resolutions: Resolutions;
  #files: NotebookFiles;
  #cells = 0;
  #text = 0;

  private constructor(
    readonly program: ts.Program,
    files: NotebookFiles,
    imports: string,
    resolutions: Resolutions,
  ) {
    this.#files = files;
    this.#imports = imports;
    this.#resolutions = resolutions;
  }

  /** Keeps a program that was made for `files`; undefined where the next cell needs one of its own. */
  static keep(program: ts.Program, files: NotebookFiles): KeptProgram | undefined {
    const imports = importsOf(files, program.getCompilerOptions());
    if (imports === undefined) return undefined;
    const resolutions = internals.createModeAwareCache();
    let lasting = true;
    for (const { fileName } of [files.cell, files.declarations]) {
      programInternals(program)
        .resolvedModules?.get(fileName)
        ?.forEach((resolution, specifier, mode) => {
          resolutions.set(specifier, mode, resolution);
          const { resolvedFileName } = resolution.resolvedModule ?? {};
          // A file of the person's own may change at any time, and what was not found may be there by now.
          if (
            specifier.startsWith(".") ||
            !(resolvedFileName ? isDeclaration(resolvedFileName) : isBuiltin(specifier))
          ) {
            lasting = false;
          }
        });
    }
    return lasting ? new KeptProgram(program, files, keyOf(imports), resolutions) : undefined;
  }

  /** Whether there will soon be need of a new one. */
  get isWorn(): boolean {
    return this.#cells > MOST_CELLS / 2 || this.#text > MOST_TEXT / 2;
  }

  /** Puts `files` in the place of those before; false, and nothing is changed, where a new program is needed. */
  take(files: NotebookFiles): boolean {
    if (files.cell === this.#files.cell && files.declarations === this.#files.declarations) return true;
    const imports = importsOf(files, this.program.getCompilerOptions());
    if (imports === undefined || keyOf(imports) !== this.#imports) return false;
    this.#cells++;
    this.#text += files.cell.text.length;
    if (files.declarations !== this.#files.declarations) this.#text += files.declarations.text.length;
    if (this.#cells > MOST_CELLS || this.#text > MOST_TEXT) return false;
    this.#exchange(files, `${this.#cells}`);
    return true;
  }

  /** Gives the cell the name back under which the next program looks for it. */
  retire(): void {
    this.#exchange(this.#files, "");
  }

  #exchange(files: NotebookFiles, mark: string): void {
    const old = this.#files;
    const name = nameOf(old.cell);
    exchangeFile(this.program, old.cell, files.cell, name.replace(/\.ts$/, `${mark}.ts`), this.#resolutions);
    exchangeFile(this.program, old.declarations, files.declarations, files.declarations.fileName, this.#resolutions);
    // By which it is asked for.
    programInternals(this.program).getFilesByNameMap().set(name, files.cell);
    this.#files = files;
  }
}

/** The name of a cell's file without the mark that tells cells apart. */
function nameOf({ fileName }: ts.SourceFile): string {
  return fileName.replace(/\d*\.ts$/, ".ts");
}

function isDeclaration(path: string): boolean {
  return /\.d\.[cm]?ts$/.test(path);
}

/** What the two import, each once; undefined where one of them changes more than itself. */
function importsOf(
  { cell, declarations }: NotebookFiles,
  options: ts.CompilerOptions,
): ReadonlySet<string> | undefined {
  const imports = new Set<string>();
  for (const file of [cell, declarations]) {
    const literals = collectImports(file);
    if (!literals) return undefined;
    for (const literal of literals)
      imports.add(`${ts.getModeForUsageLocation(file, literal, options)} ${literal.text}`);
    const known = bound(file);
    known.imports ??= literals;
    known.moduleAugmentations ??= [];
    known.ambientModuleNames ??= [];
  }
  return imports;
}

function keyOf(imports: ReadonlySet<string>): string {
  return [...imports].sort().join("\n");
}

/** The modules that a file names, as TypeScript's programs collect them; undefined where it extends the global scope. */
function collectImports(file: ts.SourceFile): readonly ts.StringLiteralLike[] | undefined {
  const { referencedFiles, typeReferenceDirectives, libReferenceDirectives, languageVariant } = file;
  const references = [referencedFiles, typeReferenceDirectives, libReferenceDirectives];
  if (references.some(({ length }) => length > 0)) return undefined;
  // JSX may import a runtime that nobody wrote down.
  if (languageVariant === ts.LanguageVariant.JSX) return undefined;
  const found: ts.StringLiteralLike[] = [];
  const add = (specifier: ts.Node | undefined) => {
    if (specifier && ts.isStringLiteralLike(specifier) && specifier.text !== "") found.push(specifier);
  };
  for (const statement of file.statements) {
    if (ts.isModuleDeclaration(statement) && extendsOthers(statement)) return undefined;
    if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) add(statement.moduleSpecifier);
    else if (ts.isImportEqualsDeclaration(statement) && ts.isExternalModuleReference(statement.moduleReference)) {
      add(statement.moduleReference.expression);
    }
  }
  if (file.flags & internals.NodeFlags.PossiblyContainsDynamicImport) {
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0]);
      else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
}

/** `declare global` and `declare module "name"`. */
function extendsOthers({ name, flags }: ts.ModuleDeclaration): boolean {
  return ts.isStringLiteral(name) || (flags & ts.NodeFlags.GlobalAugmentation) !== 0;
}

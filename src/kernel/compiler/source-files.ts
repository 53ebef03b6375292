import { statSync } from "node:fs";
import ts from "typescript";
import { internals } from "./typescript-internals";

interface Entry {
  readonly file: ts.SourceFile;
  readonly format: ts.ResolutionMode;
  readonly mtime: number;
  readonly size: number;
}

/**
 * Parsed `.d.ts` files by path, for all compilers of this process (and in the V8 startup snapshot): the libraries' ASTs
 * and symbols don't depend on the options that notebooks differ in.
 */
const declarationFiles = new Map<string, Entry>();

/** Parses files once, and again only when their modification time or size changed. */
export class SourceFiles {
  readonly #own = new Map<string, Entry>();
  /** Files of installed packages are looked at once: replacing them needs a fresh kernel anyway, for what they run. */
  readonly #trusted = new Set<string>();

  constructor(
    private readonly options: ts.CompilerOptions,
    private readonly readFile: (path: string) => string | undefined,
  ) {}

  get(path: string, request: ts.ScriptTarget | ts.CreateSourceFileOptions): ts.SourceFile | undefined {
    const shared = /\.d\.[cm]?ts$/.test(path);
    const entries = shared ? declarationFiles : this.#own;
    const known = entries.get(path);
    const format = typeof request === "object" ? request.impliedNodeFormat : undefined;
    if (known && known.format === format && this.#trusted.has(path)) return known.file;
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat && path.includes("/node_modules/")) this.#trusted.add(path);
    if (known && stat && known.format === format && known.mtime === stat.mtimeMs && known.size === stat.size) {
      return known.file;
    }
    const text = this.readFile(path);
    if (text === undefined) {
      entries.delete(path);
      return undefined;
    }
    if (known && !stat && known.file.text === text) return known.file;
    const file = ts.createSourceFile(path, text, request, true);
    if (shared) internals.bindSourceFile(file, this.options);
    entries.set(path, { file, format, mtime: stat?.mtimeMs ?? 0, size: stat?.size ?? 0 });
    return file;
  }
}

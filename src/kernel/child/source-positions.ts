import { dirname, sep } from "node:path";
import type { LineMap, Position } from "../compiler/protocol";

/** What runs under a name of its own: a cell, or a local TypeScript file. */
export interface MappedSource {
  readonly map: LineMap;
  readonly source: string;
  /** How many characters stand before the code in its first line. */
  readonly prefix?: number;
  /** How many lines the JavaScript has; what comes after them was added to run it. */
  readonly lines?: number;
}

const sources = new Map<string, MappedSource>();
const KERNEL_FOLDER = dirname(__dirname) + sep;
const TSLAB_FOLDER = /[\\/]node_modules[\\/]tslab[\\/]dist[\\/]/;

/** Has positions in `name` be shown as those of the text that a person wrote. */
export function registerSource(name: string, source: MappedSource): void {
  sources.set(name, source);
}

export function findSource(name: string): MappedSource | undefined {
  return sources.get(name);
}

/** Whether a file is a part of the kernel, or of what runs the cells for it. */
export function isKernelFile(file: string): boolean {
  return file.startsWith(KERNEL_FOLDER) || TSLAB_FOLDER.test(file);
}

/** The place in the text that a person wrote for a place in the JavaScript that runs. */
export function originalPosition({ map, prefix = 0 }: MappedSource, { line, column }: Position): Position {
  const generated = column - 1 - (line === 1 ? prefix : 0);
  for (let at = Math.min(line, map.length) - 1; at >= 0; at--) {
    const triples = map[at]!;
    if (triples.length === 0) continue;
    // A line that the compiler added belongs to what stands before it.
    let found = at === line - 1 ? 0 : triples.length - 3;
    while (at === line - 1 && found + 3 < triples.length && triples[found + 3]! <= generated) found += 3;
    return { line: triples[found + 1]! + 1, column: triples[found + 2]! + 1 };
  }
  return { line, column: Math.max(1, generated + 1) };
}

/** Makes `error.stack` name the lines of cells and TypeScript files as they were written, without frames of the kernel. */
export function mapStacks(): void {
  // The frame of the user must not be lost under those of a deep library.
  Error.stackTraceLimit = 30;
  Error.prepareStackTrace = (error, sites) => {
    const start = sites.findIndex(runsCell);
    const lines = (start < 0 ? sites : sites.slice(0, start)).flatMap((site) => {
      const file = site.getFileName() ?? "";
      if (isKernelFile(file)) return [];
      const text = String(site);
      const source = sources.get(file);
      const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
      if (!source || line === null || column === null) return [`\n    at ${text}`];
      const original = originalPosition(source, { line, column });
      const place = `${file}:${line}:${column}`;
      const at = text.lastIndexOf(place);
      if (at < 0) return [`\n    at ${text}`];
      const mapped = `${file}:${original.line}:${original.column}`;
      return [`\n    at ${text.slice(0, at)}${mapped}${text.slice(at + place.length)}`];
    });
    return headline(error) + lines.join("");
  };
}

/** Whether this is the call that runs a cell: what called it is no matter of the user. */
function runsCell(site: NodeJS.CallSite): boolean {
  const source = sources.get(site.getFileName() ?? "");
  return source?.lines !== undefined && (site.getLineNumber() ?? 0) > source.lines;
}

function headline(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}

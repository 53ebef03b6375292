import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type ts from "typescript";

export interface TslabDiagnostic {
  readonly messageText: string;
  readonly code: number;
}

export interface TslabConversion {
  readonly output?: string;
  readonly declOutput?: string;
  readonly diagnostics: readonly TslabDiagnostic[];
  readonly lastExpressionVar?: string;
}

export interface TslabCompletions {
  readonly start: number;
  readonly end: number;
  readonly candidates: readonly string[];
  readonly original?: ts.CompletionInfo;
}

export interface TslabConverter {
  convert(previous: string, code: string): TslabConversion;
  inspect(previous: string, code: string, position: number): ts.QuickInfo | undefined;
  complete(previous: string, code: string, position: number): TslabCompletions;
  addModule(name: string, code: string, meta: { jsx?: boolean }): readonly TslabDiagnostic[];
  close(): void;
}

/** The parts of tslab that the kernel is built on. */
export interface Tslab {
  createConverter(options: { isJS: boolean; isBrowser: boolean }): TslabConverter;
  isCompleteCode(code: string): { completed: boolean; indent?: string };
  getCodeMetadata(code: string): { module?: string; jsx?: boolean; mode?: "node" | "browser" };
  printQuickInfo(info: ts.QuickInfo): string;
}

type Factory = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: object },
  file: string,
  dir: string,
) => void;

/** tslab's own package folder. */
export const TSLAB = dirname(require.resolve("tslab/package.json"));

const factories = new Map<string, Factory>();

/**
 * tslab's converter, metadata and inspection as published, on top of `typescript` in place of the TypeScript that tslab
 * brings along. Read from disk here, rather than by `require`, so that each compiler gets its own and a V8 startup
 * snapshot (where only built-in modules can be required) can hold them.
 */
export function loadTslab(typescript: object): Tslab {
  const loaded = new Map<string, { exports: object }>();
  const load = (file: string): unknown => {
    const known = loaded.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(file, module);
    const folder = dirname(file);
    const resolve = (id: string): unknown => {
      if (id === "@tslab/typescript-for-tslab") return typescript;
      // All that tslab asks of semver: which JavaScript this Node.js understands.
      if (id === "semver") return { major: (version: string) => Number.parseInt(version.replace(/^v/, ""), 10) };
      return id.startsWith(".") ? load(join(folder, `${basename(id)}.js`)) : require(id);
    };
    factory(file)(module.exports, resolve, module, file, folder);
    return module.exports;
  };
  const parts = ["converter", "metadata", "inspect"].map((name) => load(join(TSLAB, "dist", `${name}.js`)) as object);
  return Object.assign({}, ...parts) as Tslab;
}

function factory(file: string): Factory {
  let made = factories.get(file);
  if (!made) {
    const source = `${readFileSync(file, "utf8")}\n//# sourceURL=${file}`;
    made = new Function("exports", "require", "module", "__filename", "__dirname", source) as Factory;
    factories.set(file, made);
  }
  return made;
}

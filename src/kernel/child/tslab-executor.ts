import Module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import vm from "node:vm";
import type { MimeBundle } from "../jupyter";
import { publish } from "./publish";

/** A cell as tslab's converter would hand it to tslab's executor. */
interface Converted {
  readonly output: string;
  readonly hasToplevelAwait: boolean;
  readonly declOutput: string;
  readonly diagnostics: readonly never[];
}

interface TslabExecutor {
  execute(source: string): Promise<boolean>;
}

type CreateExecutor = (
  folder: string,
  converters: { readonly node: { convert(): Converted }; close(): void },
  console: { log(value: unknown): void; error(error: unknown): void },
) => TslabExecutor;

interface TslabGlobal {
  exports: Record<string, unknown>;
  require: NodeJS.Require;
}

export interface CellCode {
  readonly cell: string;
  readonly output: string;
  readonly hasTopLevelAwait: boolean;
}

export interface Executor {
  /** The `require` of the cells: it resolves from the notebook's folder and knows tslab. */
  readonly require: NodeJS.Require;
  /** Runs a cell; resolves when it came to its end, rejects with what it threw. */
  run(code: CellCode): Promise<void>;
}

/** What tslab's executor puts before the code, in the same line. */
export function executorPrefix(hasTopLevelAwait: boolean): string {
  return `(${hasTopLevelAwait ? "async " : ""}function(exports, require) { `;
}

/** Starts tslab's executor, without the TypeScript that comes with tslab: the cells are compiled elsewhere. */
export function startExecutor(folder: string, exports: Record<string, unknown>): Executor {
  const fromHere = createRequire(__filename);
  const dist = join(dirname(fromHere.resolve("tslab/package.json")), "dist");
  const typescript = createRequire(join(dist, "main.js")).resolve("@tslab/typescript-for-tslab");
  standIn(typescript, {
    get version() {
      return (fromHere("typescript/package.json") as { version: string }).version;
    },
  });
  standIn(join(dist, "metadata.js"), { getCodeMetadata: () => ({}) });
  standIn(join(dist, "jupyter.js"), { lastWriteDisplayData: showForTslab });

  const { createExecutor } = fromHere(join(dist, "executor.js")) as { createExecutor: CreateExecutor };
  let converted: Converted;
  const executor = createExecutor(
    folder,
    { node: { convert: () => converted }, close: () => {} },
    {
      log: () => {},
      // That it failed is what `execute` resolves to; several cells may be under way.
      error: () => {},
    },
  );
  const tslab = (globalThis as unknown as { __tslab__: TslabGlobal }).__tslab__;
  tslab.exports = exports;
  Object.defineProperty(globalThis, "__tslab__", { enumerable: false });
  return {
    require: tslab.require,
    run: async ({ cell, output, hasTopLevelAwait }) => {
      converted = { output, hasToplevelAwait: hasTopLevelAwait, declOutput: "", diagnostics: [] };
      const end: CellEnd = {};
      const running = underName(cell, end, () => executor.execute(""));
      if (await running) return;
      if (end.thrown) throw end.thrown.error;
      // Rejects with what the cell threw behind an await.
      await end.promise;
      throw new Error("tslab's executor says that the cell failed, and nothing was thrown: its hooks no longer hold.");
    },
  };
}

/** How the script of a cell ended: what it threw, or the promise of an asynchronous one. */
interface CellEnd {
  thrown?: { readonly error: unknown };
  promise?: unknown;
}

/**
 * Runs `execute`, whose script gets the name `cell` and Node's own import(). tslab would have it broken by SIGINT, for
 * which vm takes all listeners of that signal away while the script runs: a training run could not listen.
 */
function underName(cell: string, end: CellEnd, execute: () => Promise<boolean>): Promise<boolean> {
  const { runInThisContext } = vm;
  vm.runInThisContext = (code) => {
    vm.runInThisContext = runInThisContext;
    const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    try {
      const script = new vm.Script(code, { filename: cell, importModuleDynamically });
      // The traceback shows the line; vm would write it into the stack.
      end.promise = script.runInThisContext({ displayErrors: false });
      return end.promise;
    } catch (error) {
      end.thrown = { error };
      throw error;
    }
  };
  return execute();
}

/** Puts `exports` in the place of a module that is not to be loaded. */
function standIn(file: string, exports: object): void {
  const module = new Module(file);
  module.filename = file;
  module.loaded = true;
  module.exports = exports;
  require.cache[file] = module;
}

/** Where tslab's `display` writes. */
function showForTslab(
  content: { data: MimeBundle; metadata: Record<string, unknown>; transient?: { display_id?: string } },
  update?: boolean,
): void {
  const { data, metadata, transient } = content;
  const display_id = transient?.display_id;
  publish(update ? "update_display_data" : "display_data", {
    data,
    metadata,
    transient: display_id === undefined ? {} : { display_id },
  });
}

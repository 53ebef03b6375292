import { mkdtempSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import vm from "node:vm";
import { createCompiler } from "../../../src/kernel/compiler/create-compiler";
import {
  AWAIT,
  type CompiledModule,
  type Diagnostic,
  IMPORT,
  ITERATE,
  META,
  MODULE,
  RESUME,
} from "../../../src/kernel/compiler/protocol";

/** An empty folder, outside of every project. */
export function emptyFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "compiler-")));
}

/** A notebook without the kernel around it: cells are compiled by the real compiler and run right here. */
export function notebook(cwd: string = emptyFolder()) {
  const compiler = createCompiler({ cwd });
  const values: Record<string, unknown> = Object.create(null);
  const modules = new Map<string, CompiledModule>();
  const loaded = new Map<string, { exports: object }>();
  let previous = "";
  let count = 0;

  const load =
    (from: string) =>
    (id: string): unknown => {
      const code = modules.get(id);
      if (!code) return createRequire(from)(id);
      let module = loaded.get(id);
      if (!module) {
        module = { exports: {} };
        loaded.set(id, module);
        new Function("exports", "require", "__filename", "__dirname", code.code)(
          module.exports,
          load(id),
          id,
          dirname(id),
        );
      }
      return module.exports;
    };
  const require = load(join(cwd, "notebook.js"));
  const same = (value: unknown) => value;
  const globals = {
    [AWAIT]: same,
    [RESUME]: same,
    [ITERATE]: same,
    [IMPORT]: async (id: string) => require(id),
    [MODULE]: require,
  };
  Object.assign(globalThis, globals, { [META]: { url: "the notebook" } });

  const compile = (code: string) => compiler.compile({ code, cell: `Cell[${++count}]`, previous });

  /** Runs a cell and resolves to the value of its last expression. */
  const run = async (code: string): Promise<unknown> => {
    const cell = await compile(code);
    if (!cell.ok) throw new Error(cell.diagnostics.map(({ message }) => message).join("\n"));
    for (const module of cell.modules) {
      modules.set(module.path, module);
      loaded.delete(module.path);
    }
    const open = cell.hasTopLevelAwait ? "(async function" : "(function";
    await vm.runInThisContext(`${open}(exports, require) { ${cell.output}\n})`)(values, require);
    previous = cell.declarations;
    return cell.lastExpression ? values[cell.lastExpression] : undefined;
  };

  const errors = async (code: string): Promise<readonly Diagnostic[]> => {
    const cell = await compile(code);
    return cell.ok ? [] : cell.diagnostics;
  };
  return { cwd, compiler, values, compile, run, errors, previous: () => previous };
}

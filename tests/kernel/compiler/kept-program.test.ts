import { writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { createCompiler } from "../../../src/kernel/compiler/create-compiler";
import { emptyFolder, notebook } from "./notebook";

/** TypeScript counts what it does, where it is asked to. */
const counts = (ts as unknown as { performance: { enable(): void; disable(): void; getCount(mark: string): number } })
  .performance;

/** How many programs TypeScript made while `work` ran. */
async function programs(work: () => Promise<unknown>): Promise<number> {
  counts.enable();
  await work();
  const count = counts.getCount("beforeProgram");
  counts.disable();
  return count;
}

/** Compiles the cells in turn by one compiler; each result must be what a compiler says that saw no other cell. */
async function expectAsFresh(folder: string, cells: readonly string[]): Promise<void> {
  const compiler = createCompiler({ cwd: folder });
  let previous = "";
  for (const [i, code] of cells.entries()) {
    const request = { code, cell: `Cell[${i + 1}]`, previous };
    const { modules, ...found } = { modules: [], ...(await compiler.compile(request)) };
    const fresh = await createCompiler({ cwd: folder }).compile(request);
    const { modules: _, ...expected } = { modules: [], ...fresh };
    expect(found, code).toEqual(expected);
    if (fresh.ok) previous = fresh.declarations;
    compiler.expect(previous);
  }
}

describe("a program that is kept from cell to cell", () => {
  it.each<[string, readonly string[]]>([
    ["values and types", ["const a = 1", "type T = { a: typeof a }", "const t: T = { a: 2 }", "t.a = 'x'", "t.a"]],
    ["the same error again and again", ["let n = 1", "n = 'a'", "n = 'a'", "n = 2", "n = 'a'"]],
    [
      "a name that becomes something else",
      ["let v = 1", "v", "let v = 'text'", "v.length", "v + 1", "class v {}; new v()"],
    ],
    [
      "classes of one name",
      ["class A { x = 1 }", "const old = new A()", "class A { y = 'b' }", "old", "const a: A = old", "new A().y"],
    ],
    ["a name that is declared anew as it was", ["let k: string = 'a'", "let k: string = 'b'", "k", "k.length"]],
    [
      "generics and overloads",
      ["function id<T>(x: T) { return x }", "id(id)('a').length", "id<string>(1)", "[1, 2].map(id)"],
    ],
    [
      "imports that come and go",
      ["1", "import fs from 'node:fs'", "fs.existsSync('a')", "import { join } from 'path'", "join('a', 1)"],
    ],
    ["an import that is not there", ["import x from 'no-such-package'", "1", "import x from 'no-such-package'"]],
    [
      "dynamic imports",
      ["const m = await import('node:os')", "m.cpus().length", "(await import('node:path')).sep", "m.nothing"],
    ],
    ["types by import()", ["let s: import('node:fs').Stats | null = null", "s", "s = 1"]],
    [
      "what is declared for everybody",
      ["declare global { interface Array<T> { last(): T } }", "[1].last()", "[1].first()"],
    ],
    ["namespaces and enums", ["namespace N { export const k = 1 }", "enum E { A, B }", "N.k + E.B", "N.j", "E.C"]],
    [
      "destructuring and var",
      ["var { p, q = 2 } = { p: 1 } as { p: number; q?: number }", "p + q", "var p = 'a' as any", "p.x"],
    ],
    [
      "await, async and using",
      ["async function f() { return 1 }", "await f()", "for await (const x of [f()]) x", "(await f()).a"],
    ],
    [
      "errors that are expected",
      ["// @ts-expect-error\nlet e: number = 'a'", "// @ts-expect-error\nlet g = 1", "let g = 1"],
    ],
    ["JSX", ["const React = { createElement: (...a: any[]) => a }", "<div id={1} />", "1 + 1"]],
    ["this, arguments and labels", ["const o = { f() { return this } }", "o.f().f", "a: for (;;) break a", "o.g"]],
    ["unions of literals", ["type U = 'b' | 'a'", "type W = 'a' | 'b'", "let w: W = 'c'", "const x: U = 'a'; x"]],
  ])("says of %s what a new one would say", async (_, cells) => {
    await expectAsFresh(emptyFolder(), cells);
  });

  it("sees that a local file changed", async () => {
    const folder = emptyFolder();
    const compiler = createCompiler({ cwd: folder });
    const say = async (code: string) => (await compiler.compile({ code, cell: "Cell[1]", previous: "" })).ok;
    writeFileSync(join(folder, "local.ts"), "export const x = 1;");
    expect(await say("import { x } from './local'; const y: number = x;")).toBe(true);
    writeFileSync(join(folder, "local.ts"), "export const x = 'longer text';");
    expect(await say("import { x } from './local'; const y: number = x;")).toBe(false);
  });

  it("refuses what it was asked about before, while it was written", async () => {
    const { compiler } = notebook();
    const code = "const wrong: number = 'a';";
    await compiler.complete({ code, cursor: code.length - 4, previous: "" });
    await compiler.inspect({ code, cursor: 8, previous: "", detail: 0 });
    for (let i = 0; i < 3; i++) {
      const { ok } = await compiler.compile({ code, cell: "Cell[1]", previous: "" });
      expect(ok).toBe(false);
    }
  });

  it("serves a hundred cells, then a new one goes on", async () => {
    const { compiler } = notebook();
    let previous = "";
    const run = async (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        const result = await compiler.compile({ code: `const v${i} = ${i}; v${i}`, cell: "Cell[1]", previous });
        if (result.ok) previous = result.declarations;
      }
    };
    await run(0, 1);
    expect(await programs(() => run(1, 90))).toBe(0);
    expect(await programs(() => run(90, 130))).toBe(1);
    const refused = await compiler.compile({ code: "const t: string = v3 + v129;", cell: "Cell[2]", previous });
    expect(refused).toMatchObject({ ok: false, diagnostics: [{ code: 2322 }] });
  });

  it("is renewed between two cells, where there is time", async () => {
    const folder = emptyFolder();
    const compiler = createCompiler({ cwd: folder });
    const run = async (count: number) => {
      for (let i = 0; i < count; i++) await compiler.compile({ code: `${i}`, cell: "Cell[1]", previous: "" });
    };
    await run(60);
    expect(await programs(async () => compiler.renew())).toBe(1);
    expect(await programs(async () => compiler.renew())).toBe(0);
    expect(await programs(() => run(60))).toBe(0);
  });
});

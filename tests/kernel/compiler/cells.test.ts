import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { notebook } from "./notebook";

async function last(cells: readonly string[]): Promise<unknown> {
  const { run } = notebook();
  let value: unknown;
  for (const cell of cells) value = await run(cell);
  return value;
}

describe("a variable of an earlier cell is seen", () => {
  const x = "const x = 5;";
  const uses: [string, string[], unknown][] = [
    ["as the shorthand property { x }", [x, "({ x })"], { x: 5 }],
    ["in nested functions", [x, "(() => (() => ({ x, in: { x } }))())()"], { x: 5, in: { x: 5 } }],
    ["in a destructuring default", [x, "const { y = x } = {} as { y?: number }; y"], 5],
    ["in a parameter's default", [x, "function f({ x: y = x } = {} as { x?: number }) { return y }\nf()"], 5],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the cell is what has the template.
    ["in a template string", [x, "`${x}`"], "5"],
    ["by typeof", [x, "typeof x"], "number"],
    ["in a class, its fields and its static fields", [x, "class A { a = x; static b = x }\n[new A().a, A.b]"], [5, 5]],
    ["as a base class", ["class A { a() { return 1 } }", "class B extends A {}\nnew B().a()"], 1],
    ["as a tag", ["const tag = (s: TemplateStringsArray) => s[0];", "tag`a`"], "a"],
    ["as an enum", ["enum E { A, B }\nconst enum C { D = 7 }", "E.B + C.D"], 8],
    ["as a namespace, two cells later too", ["namespace N { export const k = 1 }", "1", "N.k"], 1],
    [
      "as a decorator",
      [
        "let seen = ''; function d(_: unknown, c: ClassMethodDecoratorContext) { seen = String(c.name) }",
        "class A { @d m() {} }\nseen",
      ],
      "m",
    ],
    [
      "as a JSX factory, component and attribute",
      [
        "declare global { namespace JSX { interface IntrinsicElements { a: object } } }\nconst React = { createElement: (...all: any[]) => all }; const F = 1 as any; const x = 2;",
        "<a b={x}><F x={x}/></a>",
      ],
      ["a", { b: 2 }, [1, { x: 2 }]],
    ],
    ["when it is declared anew with another type", [x, "const x = 'text'; x.length"], 4],
  ];
  it.each(uses)("%s", async (_, cells, value) => expect(await last(cells)).toEqual(value));

  it("and a property of the same name is not taken for it", async () => {
    const cells = [
      "interface P { x: number }\nconst p: P = { x: 1 }; let x = 9;",
      "const { x: a } = p; let b = 0; ({ x: b } = p); [a, b]",
    ];
    expect(await last(cells)).toEqual([1, 1]);
  });

  it("and functions are called without a this", async () => {
    expect(await last(["function f(this: unknown) { 'use strict'; return this }", "f() === undefined"])).toBe(true);
  });
});

describe("a name that no cell defines", () => {
  const global = globalThis as Record<string, unknown>;
  it.each([
    ["declare const ambientA: number;", "ambientA"],
    [
      "/** A number. */\ndeclare const ambientA: number, other: number;",
      "({ ambientA }).ambientA + [ambientA][0]! - 5",
    ],
    ["declare global { var ambientA: number }", "ambientA"],
    ["declare namespace ambientB { const c: number }", "ambientB.c"],
    ["declare function ambientF(): number;", "ambientF()"],
  ])("stays a global in later cells: %s", async (declaration, use) => {
    Object.assign(global, { ambientA: 5, ambientB: { c: 5 }, ambientF: () => 5 });
    expect(await last([declaration, "1", use])).toBe(5);
    expect(await last([`${declaration} ${use}`])).toBe(5);
    expect(await notebook().compile(declaration)).toMatchObject({ names: [] });
  });

  it("stays a global after a cell that failed", async () => {
    Object.assign(global, { ambientA: 5 });
    const { compiler, run, previous } = notebook();
    await run("declare const ambientA: number, ambientZ: number; const mine = 1;");
    const kept = await compiler.keep({ declarations: previous(), previous: "", names: ["ambientZ"], ran: [] });
    const cell = await compiler.compile({ code: "ambientA", cell: "Cell[2]", previous: kept });
    expect(cell).toMatchObject({ ok: true, output: expect.stringContaining("= ambientA;") });
  });

  it("becomes a variable when a cell defines it", async () => {
    expect(await last(["declare const ambientA: number;", "const ambientA = 'mine';", "ambientA"])).toBe("mine");
  });

  it("keeps its name when a cell adds to its type", async () => {
    const cells = [
      "declare global { interface Array<T> { last1(): T } }\nArray.prototype.last1 = function () { return this.at(-1) };",
      "const made = Array.from([1, 2]); [made.last1(), new Array(3).length, { Array }.Array === Array]",
    ];
    expect(await last(cells)).toEqual([2, 3, true]);
  });
});

describe("a variable that is declared anew", () => {
  it.each([
    ["const", "const rate = 0.1; function step() { return rate }", "const rate = 0.2;", "step()", 0.2],
    ["an arrow function", "const f = () => 1; const g = () => f();", "const f = () => 2;", "g()", 2],
    ["a function", "function f() { return 1 } function g() { return f() }", "function f() { return 2 }", "g()", 2],
    [
      "a function that calls itself",
      "function f(n: number): number { return n && f(n - 1) }\nconst old = f;",
      "function f(n: number) { return n + 10 }",
      "old(1)",
      10,
    ],
    [
      "a class",
      "class A { a = 1 } class B { a = new A() } const g = () => new B().a.a;",
      "class A { a = 2 }",
      "g()",
      2,
    ],
    ["an enum", "enum E { A = 1 } function g() { return Object.keys(E).length }", "enum E { A, B, C }", "g()", 6],
    [
      "a namespace",
      "namespace N { export const a = 1 } const g = () => ({ N }).N.a;",
      "namespace N { export const a = 2 }",
      "g()",
      2,
    ],
    [
      "const { a }",
      "const { a, b: [c] } = { a: 1, b: [2] }; const g = () => [a, c];",
      "const { a } = { a: 5 };",
      "g()",
      [5, 2],
    ],
    [
      "let [a]",
      "let [a, b = () => a] = [1] as [number]; const g = () => [a, b(), b.name];",
      "let [a] = [5];",
      "g()",
      [5, 5, "b"],
    ],
    ["a function by a variable", "function f() { return 1 } const g = () => f();", "const f = () => 2;", "g()", 2],
    ["an import", "import { join } from 'node:path'; const f = () => join;", "const join = 3;", "join", 3],
  ])("is seen by functions of earlier cells: %s", async (_, first, second, use, value) => {
    expect(await last([first, second, use])).toEqual(value);
  });

  const own: [string, unknown][] = [
    ["g(); function g() { return f() } function f() { return 1 }\ng()", 1],
    ["let [n, m] = [1, 2]; n++; [n, m] = [m, n]; const g = () => { n += 10 }; g(); [n, m]", [12, 2]],
    [
      "class A { static made = 0; static make() { A.made++; return new A() } }\nA.make(); [A.made, A.make() instanceof A]",
      [1, true],
    ],
    ["function over(a: 1): 1; function over(a: 2): 2; function over(a: number) { return a }\n(() => over(2))()", 2],
    ["async function* f() { yield 1 }\nlet sum = 0; for await (const x of f()) sum += x; sum", 1],
    ["const enum C { D = 7 }\n(() => C.D)()", 7],
    ["function f(this: unknown) { 'use strict'; return this }\n(() => f() === undefined)()", true],
    ["using r = { [Symbol.dispose]() {} }; class A { a = 3 } function f() { return new A().a }\nf()", 3],
    ["function f(n = 1) { return n }\nconst g = ({ n = f(), h = f } = {}) => [n, h(2)]; g()", [1, 2]],
    ["class A {} function f<T extends typeof A>(a: T): a is T { return new a() instanceof A }\nf(A)", true],
  ];
  it.each(own)("is what it was to its own cell: %s", async (cell, value) => expect(await last([cell])).toEqual(value));

  it("stays itself inside of a class", async () => {
    const first =
      "class A { static isOne(a: unknown) { return a instanceof A } } const old = A.isOne; const a: unknown = new A();";
    expect(await last([first, "class A {}", "old(a)"])).toBe(true);
  });

  it("changes for the functions of its own cell when it is assigned: let { a }", async () => {
    expect(await last(["let { a } = { a: 1 }; const g = () => a;", "a = 5; g()"])).toBe(5);
  });

  it.each(["const f = () => 1;", "let f = (function () {});", "const f = class {};"])(
    "names the function it is given: %s",
    async (cell) => expect(await last([cell, "f.name"])).toBe("f"),
  );
});

describe("a var in a loop or a block", () => {
  it.each([
    ["for (var i = 0; i < 3; i++) {}", "i", 3],
    ["if (true) { var hoisted = 4 }", "hoisted.toFixed(1)", "4.0"],
    ["for (var [k, v] of [['a', 1]] as [string, number][]) {}", "k.length + v", 2],
    ["var top1 = 1; for (var top1 = 5; top1 < 6; top1++) {}", "top1", 6],
  ])("belongs to the notebook: %s", async (cell, use, value) => expect(await last([cell, "1", use])).toBe(value));
});

describe("a let variable of an earlier cell", () => {
  const assignments: [string, unknown][] = [
    ["a++; a", 2],
    ["[a, b] = [b, a]; [a, b]", [2, 1]],
    ["({ a } = { a: 3 }); a", 3],
    ["({ a = b } = {} as { a?: number }); a", 2],
    ["for (a of [7, 8]);\na", 8],
  ];
  it.each(assignments)("is assigned by %s", async (cell, value) => {
    expect(await last(["let a = 1, b = 2;", cell])).toEqual(value);
  });

  it("changes for the functions of its own cell, too", async () => {
    expect(await last(["let rate = 0.1; const step = () => rate;", "rate = 0.5; step()"])).toBe(0.5);
  });

  it("shows what functions of its cell did to it", async () => {
    expect(await last(["let n = 0; function inc() { n++ }", "inc(); inc(); n"])).toBe(2);
  });

  it("is undefined again when it is declared anew without a value", async () => {
    expect(await last(["let a: number | undefined = 1;", "let a: number | undefined;", "a"])).toBeUndefined();
  });

  it("is no result", async () => expect(await last(["let a = 1;"])).toBeUndefined());
});

describe("a cell", () => {
  it("keeps the variables of earlier cells when it fails", async () => {
    const { run, values } = notebook();
    await run("const a = 1;");
    await expect(run("throw new Error('no'); const a = 2;")).rejects.toThrow("no");
    expect(values.a).toBe(1);
  });

  it.each([
    ["export const a = 1; a", 1],
    ["export default 5", 5],
    ["export { join } from 'node:path'; typeof join", "function"],
    ["export default function () { return 1 }", expect.any(Function)],
  ])("may export: %s", async (cell, value) => expect(await last([cell])).toEqual(value));

  it.each([
    ["await 1", true],
    ["for await (const x of [1]) x", true],
    ["await using r = { async [Symbol.asyncDispose]() {} };", true],
    ["async () => { await 1 }", false],
    ["1", false],
  ])("that waits at its top level says so: %s", async (cell, waits) => {
    expect(await notebook().compile(cell)).toMatchObject({ ok: true, hasTopLevelAwait: waits });
  });

  it.each([
    ["let ended = 0; using r = { [Symbol.dispose]() { ended++ } }; ended + 1", 1],
    ["await using r = { async [Symbol.asyncDispose]() {} };\nconst tsLastExpr = 1; tsLastExpr + 1", 2],
    ["using r = { a: 5, [Symbol.dispose]() {} }; let { a } = r; a", 5],
  ])("shows its result beside using: %s", async (cell, value) => expect(await last([cell])).toBe(value));

  it.each(["x => x", "(function () {})", "class {}"])("leaves a result without a name nameless: %s", async (cell) => {
    expect(await last([cell.startsWith("class") ? `(${cell})` : cell])).toHaveProperty("name", "");
  });

  it("of types alone has nothing to run", async () => {
    expect(await notebook().compile("interface A { a: number }")).toMatchObject({ output: "", names: [] });
  });

  it("says which values it declares and which packages it imports", async () => {
    const cell = await notebook().compile(
      "import fs from 'node:fs'; type T = 1; let a = 1; const [b] = [1]; class C {} function d() {}",
    );
    expect(cell).toMatchObject({ names: ["d", "fs", "a", "b", "C"], imports: [] });
  });

  it("makes awaits, dynamic imports and import.meta what the kernel needs", async () => {
    const cell = await notebook().compile(
      "await f(1); import('node:os'); import.meta.url; async function f(x: number) { return await x }",
    );
    const output = cell.ok ? cell.output : "";
    expect(output).toContain("__cell_resume__(await __cell_await__(f(1)))");
    expect(output).toContain("return __cell_resume__(await __cell_await__(x))");
    expect(output).toContain("__cell_import__('node:os')");
    expect(output).toContain("__cell_meta__.url");
    expect(output).toMatch(/\/\/# sourceURL=Cell\[1\]$/);
  });

  it("asks for a package's branch import in static imports, and leaves require() alone", async () => {
    const { compile, cwd } = notebook();
    for (const name of ["one", "two", "three"]) {
      mkdirSync(join(cwd, "node_modules", name), { recursive: true });
      writeFileSync(
        join(cwd, "node_modules", name, "index.d.ts"),
        "declare const a: 1; export default a; export { a as b };",
      );
    }
    writeFileSync(
      join(cwd, "local.ts"),
      "import { b } from 'two'; import type { b as B } from 'three';\nexport const c: typeof B = b; export { b };",
    );
    const cell = await compile("import a from 'one'; import { b } from './local'; require('two'); [a, b]");
    const output = cell.ok ? cell.output : "";
    expect(output).toContain('__importDefault(__cell_module__("one"))');
    expect(output).toContain("require('two')");
    expect(cell).toMatchObject({ imports: ["one"], modules: [{ imports: ["two"] }] });
  });

  it("knows the types of vitlab in a folder without one", async () => {
    const { errors } = notebook();
    expect(await errors("import { openComm } from 'vitlab/kernel'; openComm(1)")).toMatchObject([{ code: 2345 }]);
  });

  it("is mapped to the text as it was written", async () => {
    const code = "interface A { a: 1 }\n\nexport const f = (): number => {\n  throw new Error('x');\n};";
    const cell = await notebook().compile(code);
    if (!cell.ok) throw new Error("refused");
    const line = cell.output.split("\n").findIndex((text) => text.includes("throw"));
    expect(cell.map[line]?.slice(0, 3)).toEqual([cell.output.split("\n")[line]?.indexOf("throw"), 3, 2]);
  });
});

describe("errors", () => {
  it("are all told, at their places, in one cell", async () => {
    const errors = await notebook().errors("export const a: number = 'x';\n  const b: string = 1;");
    expect(errors).toMatchObject([
      { file: "Cell[1]", code: 2322, start: { line: 1, column: 14 }, end: { line: 1, column: 15 } },
      { file: "Cell[1]", code: 2322, start: { line: 2, column: 9 } },
    ]);
  });

  it("are not made of types that nobody could publish", async () => {
    expect(await notebook().errors("export const A = class { private a = 1 };")).toEqual([]);
  });

  it("know the globals of Node.js and of the kernel, and no browser's", async () => {
    const { errors } = notebook();
    expect(await errors("console.log(process.pid, [1].toSorted(), input, display, fetch)")).toEqual([]);
    expect(await errors("document")).toHaveLength(1);
  });
});

describe("the types", () => {
  const newer: [string, boolean][] = [
    ["/^\\p{Emoji}$/v.test('a'); 'a'.isWellFormed()", true],
    ["Object.groupBy([1, 2], (x) => x % 2); Map.groupBy([1], (x) => x)", "groupBy" in Object],
    ["Promise.withResolvers<number>()", "withResolvers" in Promise],
    ["new ArrayBuffer(8).transfer(4)", "transfer" in ArrayBuffer.prototype],
    ["new Set([1]).union(new Set([2])).size", "union" in Set.prototype],
    ["[1, 2].values().map((x) => x * 2).toArray(); Iterator.from([1])", "Iterator" in globalThis],
    ["await Array.fromAsync([1])", "fromAsync" in Array],
    ["Promise.try(() => 1)", "try" in Promise],
    ["RegExp.escape('.')", "escape" in RegExp],
    ["new Float16Array(1); Math.f16round(1)", "Float16Array" in globalThis],
    ["new Map([[1, 2]]).getOrInsert(1, 3)", "getOrInsert" in Map.prototype],
    ["Error.isError(1)", "isError" in Error],
    ["new Uint8Array(1).toBase64()", "toBase64" in Uint8Array.prototype],
    ["Temporal.Now.instant().epochMilliseconds", "Temporal" in globalThis],
  ];
  it("are of what this Node.js has, and not of what it lacks", async () => {
    const { errors } = notebook();
    for (const [code, isThere] of newer) expect([code, (await errors(code)).length === 0]).toEqual([code, isThere]);
    const missing = newer.find(([code, isThere]) => !isThere && /^[A-Z]\w+\.\w+\(/.test(code));
    if (missing)
      expect((await errors(missing[0]))[0]?.message).toMatch(/Node\.js [\d.]+, which runs this notebook, lacks/);
  });

  it("are as loose as a notebook wants them, where no project says otherwise", async () => {
    expect(await notebook().errors("function f(x) { return x }\nconst n: number = null; f(n)")).toEqual([]);
  });
});

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { notebook } from "./notebook";

/** Splits at `§`, where the cursor is. */
function at(text: string): { code: string; cursor: number } {
  const cursor = text.indexOf("§");
  return { code: text.replace("§", ""), cursor };
}

describe("completion", () => {
  const { compiler } = notebook();
  const complete = (text: string, previous = "") => compiler.complete({ ...at(text), previous });

  it("offers members with kind, signature and the docstring's first paragraph", async () => {
    const { matches, start, end } = await complete("Math.sq§");
    expect(matches[0]).toMatchObject({ text: "sqrt", kind: "method", signature: "sqrt(x: number): number" });
    expect(matches[0]?.documentation).toMatch(/square root/);
    expect([start, end]).toEqual([5, 7]);
  });

  it("offers variables of earlier cells with their docstrings", async () => {
    const previous = "/** How many. */\ndeclare const countOfThings: number;\n";
    const { matches } = await complete("countOf§", previous);
    expect(matches[0]).toEqual({
      text: "countOfThings",
      kind: "variable",
      signature: "number",
      documentation: "How many.",
    });
  });

  it("replaces what is typed inside of a string", async () => {
    const { matches, start, end } = await complete('const a: "abc" | "xyz" = "a§"');
    expect(matches).toEqual([{ text: "abc", kind: "text" }]);
    expect([start, end]).toEqual([26, 27]);
  });

  it.each([
    ["import { readFi§ } from 'node:fs'", "readFile"],
    ["import { openC§ } from 'vitlab/kernel'", "openComm"],
    ["import { join, base§ } from 'node:path'", "basename"],
    ["import { § } from 'node:path'", "basename"],
    ["import {  § } from 'node:path'", "join"],
  ])("offers what a module exports: %s", async (text, name) => {
    expect((await complete(text)).matches.map((match) => match.text)).toContain(name);
  });

  it.each([
    ["import fs from 'fs/p§", "promises"],
    ["import fs from 'f§", "fs"],
    ["require('pat§')", "path"],
    ["import('./hel§", "helper"],
    ["import a from './deep/in§'", "inner"],
    ["import a from '§'", "package"],
    ["import a from '@scope/o§'", "one"],
    ["import { slider } from 'vit§'", "vitlab"],
  ])("replaces what is typed of a module's name: %s", async (text, name) => {
    const { cwd, compiler } = notebook();
    for (const folder of ["deep", "node_modules/.bin", "node_modules/package", "node_modules/@scope/one"]) {
      mkdirSync(join(cwd, folder), { recursive: true });
    }
    for (const file of ["helper.ts", "other.ts", "deep/inner.ts", "deep/other.ts"]) writeFileSync(join(cwd, file), "");
    const { code, cursor } = at(text);
    const { matches, start, end } = await compiler.complete({ code, cursor, previous: "" });
    const names = matches.map((match) => match.text);
    expect(names).toContain(name);
    expect(names.filter((found) => !found.startsWith(code.slice(start, end)) || found.startsWith("."))).toEqual([]);
    expect([code[start - 1], end]).toEqual([expect.stringMatching(/['/]/), cursor]);
  });

  it("leaves out what only the kernel uses", async () => {
    const previous = "declare function __cell_magic__(): void;\n";
    expect((await complete("§", previous)).matches.filter(({ text }) => text.startsWith("__cell"))).toEqual([]);
  });

  it.each([")(*&^ {§", "§", "class { §", "`text §", "import { § } from 'nowhere'"])(
    "never throws: %s",
    async (text) => {
      expect((await complete(text)).start).toBeGreaterThanOrEqual(0);
    },
  );
});

describe("inspection", () => {
  const { compiler } = notebook();
  const inspect = (text: string) => compiler.inspect({ ...at(text), previous: "", detail: 0 });
  const add =
    "/** Adds.\n * @param a the first\n * @returns the sum\n * @example add(1)\n */\nfunction add(a: number) { return a }\n";

  it("gives the signature, docstring and tags as text and as Markdown", async () => {
    const { found } = await inspect(`${add}ad§d`);
    expect(found?.text).toMatch(/^function add\(a: number\): number\n\nAdds\./);
    expect(found?.markdown).toContain("```typescript\nfunction add(a: number): number\n```\n\nAdds.");
    expect(found?.markdown).toContain("*@param* `a` — the first");
    expect(found?.markdown).toContain("**Example**\n\n```typescript\nadd(1)\n```");
  });

  it.each([
    "add(§)",
    "add(§",
    "add(1, §)",
    "add(1, §",
    "add( §",
    "add(1,\n  §",
    "if (x) { add(1, §",
    "[1].map(x => add(§))",
  ])("inside of %s is about the function", async (call) => {
    expect((await inspect(add + call)).found?.text).toMatch(/^function add/);
  });

  it("finds nothing where nothing is", async () => {
    expect(await inspect("1 + §")).toEqual({ found: null });
    expect(await inspect(`${add}add(1) §`)).toEqual({ found: null });
    expect(await inspect("§")).toEqual({ found: null });
  });
});

describe("completeness", () => {
  const { compiler } = notebook();
  const status = async (code: string) => (await compiler.isComplete({ code })).status;

  it.each([
    "1 + 1",
    "",
    "const f = <T,>(x: T) => x",
    "<any>x",
    "<a>text</a>",
    "if (x) {\n}",
    "x.const",
    "declare function f(): 1",
    "function f(): 1;",
  ])("complete: %j", async (code) => {
    expect(await status(code)).toBe("complete");
  });

  it.each([
    "for (;;) {",
    "f(1,",
    "const x =",
    "if (x)",
    "`text",
    "/* text",
    "<a>",
    "x.",
    "a ? b",
    "class A {\n  b() {",
    "const",
    "await",
    "const a = await",
    "import",
    "export",
    "export const",
    "1\nlet ",
    "async function f()",
    "function f(a: number): number",
  ])("incomplete: %j", async (code) => expect(await status(code)).toBe("incomplete"));

  it.each(["const 1x = 3;", "let x = ;", "}", "'text", "f())"])("invalid: %j", async (code) => {
    expect(await status(code)).toBe("invalid");
  });

  it.each([
    ["function f() {\n", "  "],
    ["class A {\n  m() {\n", "    "],
    ["if (a) {\n  b();\n  ", "  "],
  ])("indents the line after one that is empty: %j", async (code, indent) => {
    expect(await compiler.isComplete({ code })).toEqual({ status: "incomplete", indent });
  });

  it("indents the next line", async () => {
    expect(await compiler.isComplete({ code: "if (a) {\n  for (;;) {" })).toEqual({
      status: "incomplete",
      indent: "    ",
    });
  });
});

describe("the declarations after a cell that did not end", () => {
  it("are those that ran, its types, and those of before for all other names", async () => {
    const { compiler } = notebook();
    const kept = await compiler.keep({
      declarations:
        "declare const a: 1, b: 2;\ninterface I { i: 1 }\nimport x, { y } from 'z';\ndeclare const old: 1;\n",
      previous:
        "declare const old: 1;\ndeclare const b: 'before';\ninterface I { i: 0 }\ndeclare let x: 'before', q: 3;\n",
      names: ["a", "b", "x", "y"],
      ran: ["a", "y"],
    });
    const lines = kept.split("\n").filter((line) => line !== "");
    expect(lines.sort()).toEqual([
      "declare const a: 1;",
      "declare const b: 'before';",
      "declare const old: 1;",
      "declare let x: 'before';",
      "import { y } from 'z';",
      "interface I { i: 1 }",
    ]);
  });
});

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createCompiler } from "../../../src/kernel/compiler/create-compiler";
import type { CellText, Edit, EditingReply, EditingRequest, NotebookEdit } from "../../../src/kernel/editing";
import { NotebookEditing } from "../../../src/kernel/typescript/notebook-editing";
import { emptyFolder } from "../compiler/notebook";

type Ask = EditingRequest extends infer R ? (R extends unknown ? Omit<R, "id" | "cells"> : never) : never;

/** A notebook that is being written, of cells `0`, `1`, …; nothing in it has run but what `run` says. */
function written(...sources: string[]) {
  const folder = emptyFolder();
  const compiler = createCompiler({ cwd: folder });
  const ran = new Map<string, string>();
  let known = "";
  let checks = 0;
  const editing = new NotebookEditing({
    compiler: {
      ...compiler,
      check: (request) => {
        checks++;
        return compiler.check(request);
      },
    },
    folder,
    known: async () => known,
    hasRun: ({ id, source }) => ran.get(id) === source,
  });
  const cells = (): CellText[] => sources.map((source, index) => ({ id: String(index), source }));
  let id = 0;
  const ask = async (request: Ask): Promise<EditingReply[]> => {
    const replies: EditingReply[] = [];
    await editing.answer({ ...request, id: ++id, cells: cells() } as EditingRequest, (reply) => replies.push(reply));
    expect(replies.every((reply) => reply.id === id)).toBe(true);
    return replies;
  };
  const answer = async (request: Ask) => {
    const [reply] = await ask(request);
    if (reply && "error" in reply) throw new Error(reply.error);
    return reply && "result" in reply ? reply.result : undefined;
  };
  /** The place of `|` in a cell, where a person's cursor is. */
  const at = (cell: number, marked: string) => {
    const before = marked.slice(0, marked.indexOf("|")).split("\n");
    return { cell: String(cell), place: { line: before.length - 1, character: before.at(-1)!.length } };
  };
  return {
    folder,
    sources,
    ran,
    editing,
    at,
    answer,
    ask,
    checks: () => checks,
    /** Runs a cell as it stands, or as it stood. */
    run: async (cell: number, source = sources[cell]!) => {
      const compiled = await compiler.compile({ code: source, cell: "Cell[1]", previous: known });
      if (!compiled.ok) throw new Error("the cell doesn't compile");
      known = compiled.declarations;
      ran.set(String(cell), source);
    },
    /** What is underlined in each cell, and why. */
    errors: async (first?: string) => {
      const replies = await ask({ method: "diagnostics", ...(first === undefined ? {} : { first }) });
      const told: Record<string, string[]> = {};
      for (const reply of replies) {
        if (!("diagnostics" in reply)) continue;
        const lines = sources[Number(reply.cell)]!.split("\n");
        told[reply.cell] = reply.diagnostics.map(({ range: { start, end }, message }) => {
          const text = start.line === end.line ? lines[start.line]!.slice(start.character, end.character) : "…";
          return `${start.line}: ${text}: ${message}`;
        });
      }
      return told;
    },
    renamed: async (cell: number, marked: string, newName: string) => {
      const edits = (await answer({ method: "rename", ...at(cell, marked), newName })) as NotebookEdit;
      return sources.map((source, index) => edited(source, edits[String(index)] ?? []));
    },
  };
}

function edited(source: string, edits: readonly Edit[]): string {
  const lines = source.split("\n");
  for (const { range, newText } of [...edits].sort((a, b) => b.range.start.character - a.range.start.character)) {
    const { line, character } = range.start;
    lines[line] = lines[line]!.slice(0, character) + newText + lines[line]!.slice(range.end.character);
  }
  return lines.join("\n");
}

describe("errors of a notebook that is being written", () => {
  it("cells that have not run count as they stand there", async () => {
    const { errors } = written("const a: number = 1;", "let b: string = a;\nlet c = b + nope;", "a.toFixed() + c");
    expect(await errors()).toEqual({
      0: [],
      1: ["0: b: Type 'number' is not assignable to type 'string'.", "1: nope: Cannot find name 'nope'."],
      2: [],
    });
  });

  it("what ran counts as it ran, edited since then as it stands there", async () => {
    const book = written("let a: number = 1;", "a.toFixed()");
    await book.run(0, "let a: string = 'one';");
    expect(await book.errors()).toEqual({ 0: [], 1: [] });
    book.sources[0] = "let a: string = 'one';";
    expect(await book.errors()).toEqual({ 0: [], 1: [expect.stringContaining("toFixed")] });
  });

  it("marks neither a const that is declared again, nor node:, nor magics, nor another language", async () => {
    const { errors } = written(
      "const a = 1;",
      "const a = 'again';\na.toUpperCase()",
      'import { readFileSync } from "node:fs";\nreadFileSync("x").length',
      "%cd .\n!ls -la\nawait Promise.resolve(a)",
      "%%bash\nfor x in 1 2; do echo $x; done",
      "a?",
      "{ a, b: 1 }",
      "const files = await import('node:fs/promises');\nfiles.readFile",
    );
    for (const told of Object.values(await errors())) expect(told).toEqual([]);
  });

  it("finds the place in a line with a magic, and in an object", async () => {
    const { errors } = written("%timeit -n 3 nope(1)", "%%time\nlet a: string = 1;", "{ a: '😀', b: nope }");
    expect(await errors()).toEqual({
      0: ["0: nope: Cannot find name 'nope'."],
      1: ["1: a: Type 'number' is not assignable to type 'string'."],
      2: ["0: nope: Cannot find name 'nope'."],
    });
  });

  it("marks a magic that is misused at its line", async () => {
    const { errors } = written("const a = 1;\n%nosuchmagic a", "%%nosuch\nx");
    const told = await errors();
    expect(told[0]).toEqual([expect.stringMatching(/^1: %nosuchmagic a: .*%nosuchmagic/)]);
    expect(told[1]).toEqual([expect.stringMatching(/^0: %%nosuch: .*%%nosuch/)]);
  });

  it("knows what magics declare and what a file does that is run", async () => {
    const book = written("%%capture output\nconsole.log(1)", "output.stdout", "%run helpers.ts", "helped + 1");
    mkdirSync(book.folder, { recursive: true });
    writeFileSync(join(book.folder, "helpers.ts"), "export const helped = 41;\n");
    for (const told of Object.values(await book.errors())) expect(told).toEqual([]);
  });

  it("a mistake above isn't told again below", async () => {
    const { errors } = written(
      "const a: string = 1;\ninterface Point { x: number }\nfunction f(x: number { return x }",
      "const { first, rest: [second] } = nope();",
      "f(a); const p: Point = { x: 1 }; first + second;",
    );
    const told = await errors();
    expect(told[0]).not.toEqual([]);
    expect(told[1]).toEqual(["0: nope: Cannot find name 'nope'."]);
    expect(told[2]).toEqual([]);
  });

  it("a mistake in what ran before leaves its types as they ran", async () => {
    const book = written("const a = 1; oops(", "a.toUpperCase()");
    await book.run(0, "const a = 1;");
    expect((await book.errors())[1]).toEqual([expect.stringContaining("toUpperCase")]);
  });

  it("%reset forgets", async () => {
    const { errors } = written("const a = 1;", "%reset\nconst b = 2;", "b + a");
    expect(await errors()).toEqual({ 0: [], 1: [], 2: ["0: a: Cannot find name 'a'."] });
  });

  it("tells of the cell in which a person types before those that ran", async () => {
    const book = written("const a = 1;", "const b = 2;", "nope");
    await book.run(0);
    await book.run(1);
    const replies = await book.ask({ method: "diagnostics", first: "2" });
    expect(replies.map((reply) => ("cell" in reply ? reply.cell : "end"))).toEqual(["2", "0", "1", "end"]);
  });

  it("checks again only what changed and what comes after", async () => {
    const book = written("const a = 1;", "const b = a;", "b + a");
    await book.errors();
    const before = book.checks();
    await book.errors();
    expect(book.checks()).toBe(before);
    book.sources[2] = "b + a + 1";
    await book.errors();
    expect(book.checks()).toBe(before + 1);
  });

  it("a later request ends an earlier one", async () => {
    const { editing } = written();
    const cells = [1, 2, 3, 4].map((n) => ({ id: String(n), source: `const v${n} = ${n};` }));
    const told: EditingReply[][] = [[], []];
    await Promise.all(
      [1, 2].map((id) => editing.answer({ id, method: "diagnostics", cells }, (reply) => told[id - 1]!.push(reply))),
    );
    expect(told[0]!.length).toBeLessThan(2);
    expect(told[1]!.length).toBe(5);
  });
});

describe("what others meet", () => {
  it("a cell above that was edited counts, and what ran below it in its order", async () => {
    const book = written("let a = 'x';", "let a = 1;", "a.toFixed()");
    for (const cell of [0, 1, 2]) await book.run(cell);
    book.sources[0] = "let a = 'y';";
    expect(await book.errors()).toEqual({ 0: [], 1: [], 2: [] });
  });

  it("a %reset that ran has forgotten what stands above it", async () => {
    const book = written("const a = 1;", "%reset\nconst b = 2;", "b + a");
    await book.run(1, "const b = 2;");
    book.ran.set("1", book.sources[1]!);
    expect((await book.errors())[2]).toEqual(["0: a: Cannot find name 'a'."]);
  });

  it("a magic with code behind it is what it runs as", async () => {
    const { errors } = written(
      "%%timeit const q = 1;\nq + 1",
      "%%time const w = 1;\nw",
      "%%timeit\nreturn 1",
      "%time 1\n(1 + 2)",
      "%time 1\n{ a: 1, b: 2 }",
      "%time nope\n1",
    );
    const told = await errors();
    for (const cell of [0, 1, 2, 3, 4]) expect(told[cell]).toEqual([]);
    expect(told[5]).toEqual(["0: nope: Cannot find name 'nope'."]);
  });

  it("a local file that changes is looked at again", async () => {
    const book = written('import { h } from "./help";\nh.toFixed()');
    expect((await book.errors())[0]).toHaveLength(1);
    writeFileSync(join(book.folder, "help.ts"), "export const h = 1;\n");
    expect(await book.errors()).toEqual({ 0: [] });
  });

  it("a cell that is a module is there for those below it before it has run", async () => {
    const { errors } = written("/** @module mm */ export const inm = 1;", "import { inm } from './mm';\ninm");
    expect(await errors()).toEqual({ 0: [], 1: [] });
  });

  it("a cell that the compiler can't look at keeps the others' errors from nobody", async () => {
    const book = written(`${"[".repeat(3000)}${"]".repeat(3000)}`, "nope");
    expect((await book.errors())[1]).toEqual(["0: nope: Cannot find name 'nope'."]);
  });

  it("what is no request is ignored", async () => {
    const { editing } = written("1");
    const replies: unknown[] = [];
    for (const data of [undefined, null, 7, {}, { id: 1 }, { id: 1, method: "diagnostics", cells: [null] }])
      await editing.answer(data, (reply) => replies.push(reply));
    expect(replies).toEqual([]);
  });
});

describe("signatures", () => {
  it("tells the parameters of a call that is being written, and which one is next", async () => {
    const { answer, at } = written(
      "/** Cuts.\n * @param side pixels */\nfunction cut(side: number, patch = 4) { return side / patch; }",
      "cut(32, ",
    );
    expect(await answer({ method: "signatureHelp", ...at(1, "cut(32, |") })).toEqual({
      signatures: [
        {
          label: "cut(side: number, patch?: number): number",
          documentation: "Cuts.",
          parameters: [
            { label: [4, 16], documentation: "pixels" },
            { label: [18, 32], documentation: "" },
          ],
        },
      ],
      activeSignature: 0,
      activeParameter: 1,
    });
    expect(await answer({ method: "signatureHelp", ...at(1, "c|ut(32, ") })).toBeNull();
  });

  it("and behind a magic", async () => {
    const { answer, at } = written("%timeit Math.max(1, ");
    expect(await answer({ method: "signatureHelp", ...at(0, "%timeit Math.max(1, |") })).toMatchObject({
      signatures: [{ label: "max(...values: number[]): number" }],
    });
  });
});

describe("definitions", () => {
  const book = () =>
    written(
      "const a = 1;",
      "const a = 2;\nfunction f() { return a; }",
      "f() + a",
      'import { join } from "node:path";',
      "join('x')",
    );

  it("are in the cell above that comes next, in the cell itself, in a library", async () => {
    const { answer, at } = book();
    expect(await answer({ method: "definition", ...at(2, "f() + a|") })).toEqual({
      cell: "1",
      range: { start: { line: 0, character: 6 }, end: { line: 0, character: 7 } },
    });
    expect(await answer({ method: "definition", ...at(1, "const a = 2;\nfunction f() { return |a; }") })).toMatchObject(
      {
        cell: "1",
        range: { start: { line: 0, character: 6 } },
      },
    );
    expect(await answer({ method: "definition", ...at(4, "jo|in('x')") })).toMatchObject({
      path: expect.stringMatching(/path\.d\.ts$/),
      text: expect.stringMatching(/Join all arguments[\s\S]*join\(\.\.\.paths: string\[\]\): string/),
    });
  });

  it("there is none of a keyword", async () => {
    const { answer, at } = book();
    expect(await answer({ method: "definition", ...at(0, "con|st a = 1;") })).toBeNull();
  });
});

describe("renaming", () => {
  it("reaches all cells, and whatever is short for two names", async () => {
    const book = written(
      'import { join } from "node:path";\nconst count = 4;',
      "const all = { count, join };\nconst { length: size } = [count];",
      "function f(count: number) { return count; }\nf(count)",
      "%timeit count * 2",
      "console.log(String(count), 'count') // count",
    );
    expect(await book.renamed(1, "const all = { coun|t", "patches")).toEqual([
      'import { join } from "node:path";\nconst patches = 4;',
      "const all = { count: patches, join };\nconst { length: size } = [patches];",
      "function f(count: number) { return count; }\nf(patches)",
      "%timeit patches * 2",
      "console.log(String(patches), 'count') // count",
    ]);
    expect((await book.renamed(0, "import { joi|n }", "glue")).slice(0, 2)).toEqual([
      'import { join as glue } from "node:path";\nconst count = 4;',
      "const all = { count, join: glue };\nconst { length: size } = [count];",
    ]);
  });

  it("keeps to the cell where the name is the cell's own, and to a type", async () => {
    const book = written(
      "interface Size { w: number }\n[1].map((n) => n + 1)",
      "const n: Size = { w: 1 };\n[2].map((n) => n)",
    );
    expect(await book.renamed(0, "interface Size { w: number }\n[1].map((|n", "value")).toEqual([
      "interface Size { w: number }\n[1].map((value) => value + 1)",
      book.sources[1],
    ]);
    expect(await book.renamed(1, "const n: Si|ze", "Extent")).toEqual([
      "interface Extent { w: number }\n[1].map((n) => n + 1)",
      "const n: Extent = { w: 1 };\n[2].map((n) => n)",
    ]);
  });

  it("takes what a destructuring takes out", async () => {
    const book = written("const { a, b: c } = { a: 1, b: 2 };", "a + c");
    expect(await book.renamed(1, "a| + c", "x")).toEqual(["const { a: x, b: c } = { a: 1, b: 2 };", "x + c"]);
  });

  it.each([
    ["a property", 0, "const o = { w|: 1 };", "x", /w is a property/],
    ["what is declared elsewhere", 1, "con|sole.log(o)", "x", /console is declared outside of this notebook/],
    ["no name", 1, "console.log(o)|", "x", /here is no name/],
    ["a new name that is taken", 1, "console.log(o|)", "taken", /taken stands in cell 1 of .* already: choose another/],
    ["a word of the language", 1, "console.log(o|)", "class", /"class" can't be a name/],
    ["no word", 1, "console.log(o|)", "a b", /"a b" can't be a name/],
  ] as const)("refuses %s in a sentence", async (_, cell, marked, newName, sentence) => {
    const book = written("const o = { w: 1 }; const taken = 2; o.w", "console.log(o)");
    await expect(book.renamed(cell, marked, newName)).rejects.toThrow(sentence);
  });

  it("keeps a name that is a type of one cell and a value of another together", async () => {
    const book = written("interface P { x: number }", "const P: P = { x: 1 };", "const q: P = P;\nq.x");
    expect(await book.renamed(2, "const q: P| = P;", "R")).toEqual([
      "interface R { x: number }",
      "const R: R = { x: 1 };",
      "const q: R = R;\nq.x",
    ]);
  });

  it.each<[string, string[], [number, string], string, RegExp]>([
    [
      "a name of a cell that doesn't use the old one",
      ["const a = 1;", 'const b = "b";\nb.length', "a"],
      [0, "const a|"],
      "b",
      /b stands in cell 2/,
    ],
    [
      "a global that another cell uses",
      ["const a = 1;", "console.log(2)", "a"],
      [0, "const a|"],
      "console",
      /console stands in cell 2/,
    ],
    [
      "a global of all cells",
      ["const a = 1;", "a"],
      [0, "const a|"],
      "Math",
      /Math is a global of the language already/,
    ],
    [
      "a type that has the name of one of the language's",
      ["type A = 1;"],
      [0, "type A|"],
      "string",
      /"string" can't be a name/,
    ],
    [
      "a member of a namespace",
      ["namespace N { export const q = 1 }", "N.q"],
      [0, "namespace N { export const q|"],
      "r",
      /q is a property/,
    ],
    [
      "a global of one's own",
      ["declare global { var gg: number }", "1"],
      [0, "declare global { var gg|"],
      "hh",
      /gg is a property/,
    ],
    [
      "what stands in a module",
      ["/** @module mm */ export const inm = 1;"],
      [0, "/** @module mm */ export const inm|"],
      "x",
      /this cell is a module/,
    ],
    [
      "what a magic's line uses",
      ["const x = 1;", "%%timeit const q = x;\nq + x"],
      [0, "const x|"],
      "y",
      /cell 2 .* would have an error by it/,
    ],
    [
      "a cast's variable into one that is there",
      ["const a = 1;", "const t = <number>a;\nconst b = 2;\nb"],
      [0, "const a|"],
      "b",
      /b stands in cell 2/,
    ],
    [
      "what moves before it is compiled",
      ["export default function () { return 1 }\nconst x = 1;\nx + x", "x"],
      [1, "x|"],
      "yy",
      /can't be found in the text of its cell/,
    ],
  ])("refuses %s", async (_, sources, [cell, marked], newName, sentence) => {
    await expect(written(...sources).renamed(cell, marked, newName)).rejects.toThrow(sentence);
  });

  it("and back again, though the kernel knows the old name", async () => {
    const book = written("const a = 1;", "a + 1");
    await book.run(0);
    book.sources.splice(0, 2, ...(await book.renamed(0, "const a|", "b")));
    await book.run(0);
    expect(await book.renamed(0, "const b|", "a")).toEqual(["const a = 1;", "a + 1"]);
  });

  it("says which text it would change", async () => {
    const { answer, at } = written("const count = 4;");
    expect(await answer({ method: "prepareRename", ...at(0, "const co|unt") })).toEqual({
      start: { line: 0, character: 6 },
      end: { line: 0, character: 11 },
    });
  });
});

it("refuses what it doesn't know", async () => {
  const { answer, at } = written("1");
  await expect(answer({ method: "format", ...at(0, "|1") } as never)).rejects.toThrow(
    /doesn't know the request "format"/,
  );
  await expect(answer({ method: "definition", ...at(7, "|") })).rejects.toThrow(/no cell 7/);
  const nowhere = /names no cell, or no place in it by line and character/;
  await expect(answer({ method: "definition", cell: "0" } as never)).rejects.toThrow(nowhere);
  await expect(answer({ method: "definition", cell: {}, place: { line: 0, character: 0 } } as never)).rejects.toThrow(
    nowhere,
  );
  await expect(answer({ method: "rename", ...at(0, "|1"), newName: {} } as never)).rejects.toThrow(
    "the new name is no text",
  );
  expect(await answer({ method: { toString: 1 } } as never)).toBeUndefined();
});

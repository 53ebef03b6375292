import { describe, expect, it } from "vitest";
import { notebook } from "./notebook";

describe("a cell that is an object", () => {
  const { run, errors, compile, compiler, previous } = notebook();

  const objects: [string, unknown][] = [
    ["{ a: 1, b: 2 }", { a: 1, b: 2 }],
    ["{ a: 1 }", { a: 1 }],
    ["{ 'text': [1, 2], nested: { deep: true } }", { text: [1, 2], nested: { deep: true } }],
    ["{}", {}],
    ["{ ...{ a: 1 }, b: 2, }", { a: 1, b: 2 }],
    ["// before\n  { a: 1 /* within */ } // after", { a: 1 }],
    ["{ a: 1 }['a']", 1],
    ["{ a: 1, b: 2 }\n  .b", 2],
    ["{ a: 1 } as { a?: number }", { a: 1 }],
    ["{ async f() { return await 1 } }", { f: expect.any(Function) }],
    ["{ a: await Promise.resolve(1), get b() { return 2 } }", { a: 1, b: 2 }],
  ];
  it.each(objects)("is shown: %s", async (cell, value) => expect(await run(cell)).toEqual(value));

  it("sees variables, and magics before it", async () => {
    await run("const name = 'cat'; const count = 1; (globalThis as any).__cell_magic__ = { cd() {} };");
    expect(await run("{ name, count }")).toEqual({ name: "cat", count: 1 });
    expect(await run("{ name }")).toEqual({ name: "cat" });
    expect(await run('__cell_magic__.cd("..");\n\n{ name }')).toEqual({ name: "cat" });
  });

  const blocks: [string, unknown][] = [
    ["{ a: 1 };", undefined],
    ["{ const q = 4; }", undefined],
    ["{ a: for (;;) break a; }", undefined],
    ["let found = 0;\n{ found }", undefined],
    ["{ found = 1 }\nfound", 1],
    ["{ found }\n[found, 2].map((x) => x * 2)", [2, 4]],
  ];
  it.each(blocks)("is a block where it reads as one alone: %s", async (cell, value) => {
    expect(await run(cell)).toEqual(value);
  });

  it("has errors at the places where they are", async () => {
    expect(await errors("{ a: 1, b: missing }")).toMatchObject([{ code: 2304, start: { line: 1, column: 12 } }]);
    expect(await errors("// here\n{ a: 1,\n  b: 2 +* 3 }")).toMatchObject([
      { code: 1109, start: { line: 3, column: 9 } },
    ]);
    expect(await errors('__cell_magic__.cd("..");\n { a: missing, b: 1 }')).toMatchObject([
      { code: 2304, start: { line: 2, column: 7 }, end: { line: 2, column: 14 } },
    ]);
  });

  it("is mapped to the text as it was written", async () => {
    const cell = await compile("{ a: 1,\n  b: missing() }".replace("missing", "String"));
    const places = cell.ok ? cell.map.flatMap((line) => [...line]) : [];
    expect(places.join()).toMatch(/,1,5,/);
  });

  it.each([
    ["{ a: 1, b: 2 }", "complete"],
    ["{ a: 1, b:", "incomplete"],
    ["{ a: 1,", "incomplete"],
    ["{ a: 1, b: 2 };", "invalid"],
    ["{ const q = 4;", "incomplete"],
    ["{", "incomplete"],
  ])("is complete when its brace is closed: %s", async (code, status) => {
    expect(await compiler.isComplete({ code })).toMatchObject({ status });
  });

  it("is completed and documented inside", async () => {
    for (const code of ["{ a: 1, b: Math.sq }", "{ a: 1, b: Math.sq", "{\n  a: 1,\n  b: Math.sq\n}"]) {
      const cursor = code.indexOf("sq") + 2;
      const found = await compiler.complete({ code, cursor, previous: previous() });
      expect(found).toMatchObject({
        matches: expect.arrayContaining([expect.objectContaining({ text: "sqrt" })]),
        start: cursor - 2,
        end: cursor,
      });
      const path = code.replace("Math.sq", 'require("pat")');
      const inText = await compiler.complete({ code: path, cursor: path.indexOf("pat") + 3, previous: previous() });
      expect(inText).toMatchObject({
        matches: expect.arrayContaining([expect.objectContaining({ text: "path" })]),
      });
      const inspected = await compiler.inspect({
        code: code.replace("sq", "sqrt("),
        cursor: cursor + 3,
        previous: previous(),
        detail: 0,
      });
      expect(inspected.found?.text).toContain("sqrt(x: number): number");
    }
  });
});

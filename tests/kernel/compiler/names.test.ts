import { describe, expect, it } from "vitest";
import { notebook } from "./notebook";

describe("a name that begins with underscores", () => {
  it.each([2, 3, 4].map((count) => "_".repeat(count)))("is one like others: %s", async (_) => {
    const { run, errors, compiler, previous } = notebook();
    expect(await run(`const ${_}x = 1; ${_}x`)).toBe(1);
    expect(await run(`${_}x`)).toBe(1);
    expect(await run(`function ${_}f(${_}a: number) { return ${_}a + ${_}x }\n${_}f(1)`)).toBe(2);
    expect(await run(`class ${_}C { ${_}field = ${_}f(2) }\nnew ${_}C().${_}field`)).toBe(3);
    await run(`type ${_}T = number; interface ${_}I<${_}P> { ${_}m: ${_}P } enum ${_}E { A = 5 }`);
    expect(await run(`const typed: ${_}I<${_}T> = { ${_}m: ${_}E.A }; typed.${_}m`)).toBe(5);
    expect(await errors(`const wrong: ${_}T = "text"`)).toHaveLength(1);
    expect(await run(`namespace ${_}N { export const a = 6 }\n${_}N.a`)).toBe(6);
    await run(
      `import ${_}path, { join as ${_}join } from "node:path"; import type { ParsedPath as ${_}Parsed } from "node:path"`,
    );
    expect(await run(`const parsed: ${_}Parsed = ${_}path.parse(${_}join("a", "b")); [parsed.base, ${_}N.a]`)).toEqual([
      "b",
      6,
    ]);
    expect(await run(`const { ${_}z, ...${_}rest } = { ${_}z: 4, b: 1 }; [${_}z, ${_}rest]`)).toEqual([4, { b: 1 }]);
    expect(await run(`({ ${_}z, ${_}rest })`)).toEqual({ [`${_}z`]: 4, [`${_}rest`]: { b: 1 } });
    const found = await compiler.complete({ code: `${_}joi`, cursor: _.length + 3, previous: previous() });
    expect(found).toMatchObject({ matches: [{ text: `${_}join` }], start: 0, end: _.length + 3 });
    const inspected = await compiler.inspect({ code: `${_}f`, cursor: 1, previous: previous(), detail: 0 });
    expect(inspected.found?.text).toContain(`function ${_}f(${_}a: number): number`);
  });

  it("keeps its value when its type is declared anew", async () => {
    const { run } = notebook();
    await run("class __A { static a = 1 } class ___B { static a = 2 }");
    await run("type __A = string; type ___B = string;");
    expect(await run("[__A.a, ___B.a]")).toEqual([1, 2]);
    expect(await run("const a: __A = 'text'; [__A.a, ___B.a]")).toEqual([1, 2]);
  });

  it("may be that of an object's prototype", async () => {
    const { run } = notebook();
    expect(await run("const __proto__ = 5; let __defineGetter__ = 6; __proto__ + __defineGetter__")).toBe(11);
    expect(await run("const made = { __proto__ }; [Object.keys(made), __proto__]")).toEqual([["__proto__"], 5]);
    expect(await run("function __proto__() { return 7 }\n__proto__()")).toBe(7);
    expect(await run("[__proto__(), __defineGetter__]")).toEqual([7, 6]);
  });
});

describe("a name of Node.js' own", () => {
  it.each(["global", "globalThis", "module", "exports", "require", "process", "console", "Buffer", "Symbol"])(
    "may be a variable's: %s",
    async (name) => {
      const { run } = notebook();
      expect(await run(`const ${name} = 1; ${name}`)).toBe(1);
      expect(await run(`const size = 1\n${name}`)).toBe(1);
      expect(await run(`${name}\nsize`)).toBe(1);
      expect(await run(`typeof ${name}`)).toBe("number");
      expect(await run(`let ${name} = 2\n${name}++\n(() => ${name})()`)).toBe(3);
      expect(await run(`import ${name}, { join } from "node:path"\njoin("a", typeof ${name})`)).toBe("a/object");
      expect(await run(`${name}.join("b", join("c", "d"))`)).toBe("b/c/d");
    },
  );

  it.each(["global", "globalThis", "module", "process", "Buffer"])(
    "may be a function's or class's: %s",
    async (name) => {
      const { run } = notebook();
      expect(await run(`function ${name}() { return 1 }\n${name}()`)).toBe(1);
      expect(await run(`class ${name} {}\n${name}.name`)).toBe(name);
      expect(await run(`new ${name}() instanceof ${name}`)).toBe(true);
      expect(await run(`const [${name}] = [5];\n${name}`)).toBe(5);
      expect(await run(`import * as ${name} from "node:path"; ${name}.sep`)).toBe("/");
      expect(await run(`${name}.sep`)).toBe("/");
    },
  );

  it("is refused in one sentence where a cell could not run with it", async () => {
    const { run, errors } = notebook();
    const messages = async (code: string) => (await errors(code)).map(({ message, start }) => [start.column, message]);
    const own = expect.stringContaining(
      'which only a variable can hide: write "const exports = …", or choose another name.',
    );
    expect(await messages("function exports() {}")).toEqual([[10, own]]);
    expect(await messages("const { a, exports } = { a: 1, exports: 2 };")).toEqual([[12, own]]);
    expect(await messages("for (const x of [1]) { var exports }")).toEqual([[28, own]]);
    expect(await messages("function require() {}")).not.toEqual([]);
    expect(await messages("import * as exports from 'node:path'")).toEqual([[13, own]]);
    expect(await messages("const NaN = 1;")).toEqual([
      [7, expect.stringContaining("can't declare NaN, a constant of JavaScript")],
    ]);
    expect(await messages("let undefined: any")).not.toEqual([]);
    expect(await run("interface exports { a: number } const made: exports = { a: 1 }; made.a")).toBe(1);
  });

  it("leaves the places of errors behind it where they are", async () => {
    const { run, errors } = notebook();
    await run("const global = 1;");
    expect(await errors("global\nmissing\nglobal")).toMatchObject([
      { start: { line: 2, column: 1 }, end: { line: 2, column: 8 } },
    ]);
  });
});

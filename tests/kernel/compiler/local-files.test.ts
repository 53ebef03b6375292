import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyFolder, notebook } from "./notebook";

function project(files: Readonly<Record<string, string>>) {
  const root = emptyFolder();
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries({ "nb/.keep": "", ...files })) write(path, text);
  return { root, write, ...notebook(join(root, "nb")) };
}

describe("a local TypeScript file", () => {
  it("is imported from the notebook's folder and, through it, from outside", async () => {
    const { run } = project({
      "nb/a.ts": 'import { b } from "../lib/b";\nexport const a = b + 1;',
      "lib/b.tsx": "export const b = 41;",
    });
    expect(await run('import { a } from "./a"; a')).toBe(42);
    expect(await run('const { b } = await import("../lib/b"); b')).toBe(41);
  });

  it("is imported through the paths of tsconfig.json", async () => {
    const tsconfig = '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } } // mine';
    const { run } = project({ "tsconfig.json": tsconfig, "lib/b.ts": "export enum E { A = 7 }" });
    expect(await run('import { E } from "@lib/b"; E.A')).toBe(7);
  });

  it("is sent once, and again when it was edited", async () => {
    const { root, run, compile, write } = project({ "nb/a.ts": "export const a = 1;" });
    expect(await run('import { a } from "./a"; a')).toBe(1);
    expect(await compile('import { a } from "./a"; a')).toMatchObject({ modules: [] });
    write("nb/a.ts", "export const a = 22;");
    utimesSync(join(root, "nb/a.ts"), 1, 1);
    expect(await run('import { a } from "./a"; a')).toBe(22);
  });

  it("is found once it is there", async () => {
    const { errors, run, write } = project({});
    expect(await errors('import { a } from "./a"; a')).toMatchObject([{ code: 2307 }]);
    write("nb/a.ts", "export const a = 1;");
    expect(await run('import { a } from "./a"; a')).toBe(1);
  });

  it("has its errors told with its path", async () => {
    const { errors } = project({ "lib/b.ts": "\nexport const b: number = 'x';" });
    expect(await errors('import { b } from "../lib/b";')).toMatchObject([
      { file: join("..", "lib", "b.ts"), code: 2322, start: { line: 2, column: 14 } },
    ]);
  });

  it("is told not to await at its top level", async () => {
    const { errors } = project({ "nb/a.ts": "export const one = 1;\nexport const a = await Promise.resolve(5);" });
    expect(await errors('import { a } from "./a"; await a')).toMatchObject([
      {
        file: "a.ts",
        code: 1309,
        start: { line: 2, column: 18 },
        message: expect.stringMatching(/can't await at its/),
      },
    ]);
  });

  it("is mapped to its text and knows its place", async () => {
    const { run, compile } = project({ "nb/a.ts": "type T = 1;\nexport const at = import.meta.dirname;" });
    const cell = await compile('import { at } from "./a";');
    const [module] = cell.ok ? cell.modules : [];
    const line = module?.code.split("\n").findIndex((text) => text.startsWith("exports.at = (")) ?? -1;
    expect(module?.map[line]?.slice(1, 2)).toEqual([1]);
    expect(await run('import { at } from "./a"; at')).toMatch(/nb$/);
  });

  it("may be a cell that starts with @module", async () => {
    const { run, errors } = project({});
    await run("/** @module shapes */\nexport const sides = 3;");
    expect(await run('import { sides } from "./shapes"; sides')).toBe(3);
    expect(await errors("/** @module shapes */\nexport const sides: string = 3;")).toMatchObject([
      { start: { line: 2 } },
    ]);
  });
});

describe("the tsconfig.json above the notebook", () => {
  it("decides how strict types are, and adds libraries", async () => {
    const { errors } = project({
      "tsconfig.json": '{ "compilerOptions": { "strict": true, "lib": ["es2022", "dom"] } }',
    });
    expect(await errors("let s: string = null;")).toHaveLength(1);
    expect(await errors("document.title; [1].toSorted()")).toEqual([]);
  });

  it("does no harm when it is broken", async () => {
    const { run } = project({ "tsconfig.json": "{ this is no JSON" });
    expect(await run("1 + 1")).toBe(2);
  });
});

describe("a package", () => {
  const exportsOnly = (main: string) =>
    JSON.stringify({ name: "p", type: "module", exports: { "./sub": { types: "./i.d.ts", default: main } } });

  it("with nothing but an exports map, ESM inside, has its types found", async () => {
    const { run, compile } = project({
      "nb/node_modules/p/package.json": exportsOnly("./i.js"),
      "nb/node_modules/p/i.js": "export const p = 1;",
      "nb/node_modules/p/i.d.ts": "export const p: number;",
    });
    expect(await compile('import { p } from "p/sub"; const q: number = p;')).toMatchObject({ imports: ["p/sub"] });
    expect(await run('import { p } from "p/sub"; p')).toBe(1);
  });

  it("linked into node_modules is required as a package", async () => {
    const { root, run } = project({
      "elsewhere/package.json": '{ "name": "p", "main": "i.js", "types": "i.d.ts" }',
      "elsewhere/i.js": "exports.p = 1;",
      "elsewhere/i.d.ts": "export const p: number;",
    });
    mkdirSync(join(root, "nb/node_modules"));
    symlinkSync(resolve(root, "elsewhere"), join(root, "nb/node_modules/p"));
    expect(await run('import { p } from "p"; p')).toBe(1);
  });
});

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CompiledModule } from "../../../src/kernel/compiler/protocol";
import { type Driver, drive, identityMap } from "./drive";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "vitlab-modules-")));
const file = (name: string) => join(folder, name);
const compiled = (name: string, code: string): CompiledModule => {
  return { path: file(name), code, map: identityMap(code), source: code };
};
const required = (name: string) => `require(${JSON.stringify(file(name))})`;

let child: Driver;
beforeAll(() => {
  const esm = file("node_modules/only-import");
  mkdirSync(esm, { recursive: true });
  const exports = { ".": { import: "./index.js" } };
  writeFileSync(join(esm, "package.json"), JSON.stringify({ name: "only-import", type: "module", exports }));
  writeFileSync(join(esm, "index.js"), "await 0; export const named = 1; export default 2;");
  child = drive({ cwd: folder });
});
afterAll(() => {
  child.close();
  rmSync(folder, { recursive: true });
});

const value = async (code: string, more?: Parameters<Driver["run"]>[1]) => {
  const done = await child.run(`exports.last = ${code}`, more);
  return done.result?.data["text/plain"] ?? done.error;
};

describe("a local TypeScript file", () => {
  it("runs once, with names and a folder of its own", async () => {
    const code = "globalThis.runs = (globalThis.runs ?? 0) + 1; exports.where = [__filename, __dirname];";
    const modules = [compiled("a.ts", code)];
    await child.run(`${required("a.ts")}; ${required("a.ts")};`, { modules });
    expect(await value(`${required("a.ts")}.where.join()`)).toBe(`'${file("a.ts")},${folder}'`);
    expect(await value("globalThis.runs")).toBe("1");
  });

  it("is run anew when it was edited, as is what required it", async () => {
    const modules = [
      compiled("leaf.ts", "exports.value = 1;"),
      compiled("middle.ts", `exports.value = ${required("leaf.ts")}.value * 10;`),
    ];
    expect(await value(`${required("middle.ts")}.value`, { modules })).toBe("10");
    const edited = [compiled("leaf.ts", "exports.value = 2;")];
    expect(await value(`${required("middle.ts")}.value`, { modules: edited })).toBe("20");
  });

  it("may be part of a cycle", async () => {
    const modules = [
      compiled("x.ts", `exports.early = 1; exports.sum = ${required("y.ts")}.late + 1;`),
      compiled("y.ts", `exports.late = ${required("x.ts")}.early + 1;`),
    ];
    expect(await value(`${required("x.ts")}.sum`, { modules })).toBe("3");
  });

  it("is named in the traceback of what it throws", async () => {
    const modules = [compiled("thrower.ts", "exports.go = () => {\n  null.x;\n};")];
    const { error } = await child.run(`${required("thrower.ts")}.go()`, { modules, cell: "Cell[5]" });
    expect(error!.traceback.join("\n")).toMatch(/thrower\.ts:2:8[\s\S]*Cell\[5\]:1/);
  });
});

describe("a local file of JavaScript or JSON", () => {
  const write = (name: string, text: string) => writeFileSync(file(name), text);

  it.each([
    ["data.json", '{ "v": "old" }', '{ "v": "newer" }'],
    ["script.js", "exports.v = 'old';", "exports.v = 'newer';"],
    ["common.cjs", "exports.v = 'old';", "exports.v = 'newer';"],
  ])("is loaded anew when it was edited: %s", async (name, before, after) => {
    const load = `require("./${name}").v`;
    write(name, before);
    expect(await value(load)).toBe("'old'");
    write(name, after);
    expect(await value(load)).toBe("'newer'");
  });

  it("is loaded anew with what it requires, and with the TypeScript that requires it", async () => {
    write("below.cjs", "exports.v = 1;");
    write("above.js", `exports.v = require("./below.cjs").v * 10;`);
    const modules = [compiled("on-top.ts", `exports.v = ${required("above.js")}.v + 1;`)];
    expect(await value(`${required("on-top.ts")}.v`, { modules })).toBe("11");
    write("below.cjs", "exports.v = 1 + 1;");
    expect(await value(`${required("on-top.ts")}.v`)).toBe("21");
  });

  it("is imported anew when it was edited", async () => {
    const load = `(await __cell_import__("./module.mjs")).v`;
    write("module.mjs", "export const v = 'old';");
    expect(await value(load)).toBe("'old'");
    write("module.mjs", "export const v = 'newer';");
    expect(await value(load)).toBe("'newer'");
  });

  it("keeps its state while nobody edits it", async () => {
    write("counter.cjs", "exports.count = 0;");
    expect(await value(`++require("./counter.cjs").count`)).toBe("1");
    expect(await value(`++require("./counter.cjs").count`)).toBe("2");
  });

  it("of a package is left alone", async () => {
    const path = "node_modules/common/index.js";
    mkdirSync(file("node_modules/common"), { recursive: true });
    write(path, "exports.v = 'old';");
    expect(await value(`require("common").v`)).toBe("'old'");
    write(path, "exports.v = 'newer';");
    expect(await value(`require("common").v`)).toBe("'old'");
  });
});

describe("a package that only import can load", () => {
  it("is there for the static imports of a cell", async () => {
    const more = { imports: ["only-import"] };
    expect(await value(`[require("only-import").default, require("only-import").named].join()`, more)).toBe("'2,1'");
  });

  it("can be imported dynamically, as seen from the notebook's folder", async () => {
    const load = `__cell_resume__(await __cell_await__(__cell_import__("only-import")))`;
    expect(await value(`${load}.default`)).toBe("2");
  });

  it("that is missing fails in the cell, with its name", async () => {
    const { error } = await child.run(`require("no-such-package")`, { imports: ["no-such-package"] });
    expect(error!.evalue).toContain("Cannot find module 'no-such-package'");
  });
});

describe("import.meta and its relatives", () => {
  it("are those of the notebook's folder", async () => {
    expect(await value("[__dirname, __cell_meta__.dirname].join()")).toBe(`'${folder},${folder}'`);
    expect(await value(`__cell_meta__.resolve("node:fs")`)).toBe("'node:fs'");
  });

  it("find the kernel's interface where vitlab is not installed", async () => {
    expect(await value(`typeof require("vitlab/kernel").openComm`)).toBe("'function'");
  });
});

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CompiledModule } from "../../../src/kernel/compiler/protocol";
import { type Driver, drive, identityMap } from "./drive";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "vitlab-modules-")));
const file = (name: string) => join(folder, name);
const write = (name: string, text: string) => {
  mkdirSync(dirname(file(name)), { recursive: true });
  writeFileSync(file(name), text);
};
const compiled = (name: string, code: string): CompiledModule => {
  return { path: file(name), code, map: identityMap(code), source: code, imports: [] };
};
const required = (name: string) => `require(${JSON.stringify(file(name))})`;

let child: Driver;
beforeAll(() => {
  const esm = file("node_modules/only-import");
  mkdirSync(esm, { recursive: true });
  const exports = { ".": { import: "./index.js" } };
  writeFileSync(join(esm, "package.json"), JSON.stringify({ name: "only-import", type: "module", exports }));
  writeFileSync(join(esm, "index.js"), "await 0; export const named = 1; export default 2;");
  write("node_modules/dual/package.json", JSON.stringify({ exports: { import: "./i.mjs", require: "./r.cjs" } }));
  write(
    "node_modules/dual/i.mjs",
    "export const kind = 'import'; export const token = Symbol(); export default () => 3;",
  );
  write("node_modules/dual/r.cjs", "exports.kind = 'require'; exports.token = Symbol();");
  write("node_modules/broken/package.json", JSON.stringify({ exports: { import: "./i.mjs", require: "./r.cjs" } }));
  write("node_modules/broken/i.mjs", "throw new Error('broken');");
  write("node_modules/broken/r.cjs", "");
  write("node_modules/marked/package.json", JSON.stringify({ main: "main.js" }));
  write("node_modules/marked/main.js", "exports.__esModule = true; exports.default = 4; exports['na' + 'med'] = 5;");
  write("node_modules/undeclared/package.json", JSON.stringify({ main: "main.js" }));
  write("node_modules/undeclared/main.js", "await 0;\nexport const a = 6;");
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
    expect(
      await value(`[__cell_module__("only-import").default, __cell_module__("only-import").named].join()`, more),
    ).toBe("'2,1'");
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

describe("a static import of a package", () => {
  const imports = ["dual", "marked", "undeclared", "broken"];

  it("takes its branch import, which import() takes as well, and require() the other", async () => {
    const code = `[__cell_module__("dual").kind, __cell_module__("dual").default(), require("dual").kind].join()`;
    expect(await value(code, { imports })).toBe("'import,3,require'");
    const same = `(await __cell_import__("dual")).token === __cell_module__("dual").token`;
    expect(await value(same, { imports })).toBe("true");
    expect(await value(`__cell_meta__.resolve("dual").slice(-6)`)).toBe("'/i.mjs'");
  });

  it("takes CommonJS as it is, and what only its text shows to be a module", async () => {
    const marked = `[__cell_module__("marked").default, __cell_module__("marked").named].join()`;
    expect(await value(marked, { imports })).toBe("'4,5'");
    expect(await value(`__cell_module__("undeclared").a`, { imports })).toBe("6");
  });

  it("is the same in a local file", async () => {
    const path = JSON.stringify(file("below/local.ts"));
    const code = `const { kind, token } = __cell_module__("dual", ${path});
      Object.assign(exports, { kind, token, later: () => __cell_import__("dual", undefined, ${path}) });`;
    write("below/node_modules/dual/package.json", JSON.stringify({ exports: { import: "./i.mjs" } }));
    write("below/node_modules/dual/i.mjs", "await 0; export const kind = 'below'; export const token = Symbol();");
    const modules = [{ ...compiled("below/local.ts", code), imports: ["dual"] }];
    const local = required("below/local.ts");
    expect(await value(`[${local}.kind, (await ${local}.later()).token === ${local}.token].join()`, { modules })).toBe(
      "'below,true'",
    );
  });

  it("fails with what the package throws, not over to the other branch", async () => {
    const { error } = await child.run(`__cell_module__("broken")`, { imports });
    expect(error!.evalue).toBe("broken");
  });
});

describe("vitlab", () => {
  it("is the kernel's own where none is installed", async () => {
    expect(await value(`require("vitlab/nn").Linear === require("vitlab").Linear`)).toBe("true");
    expect(await value(`typeof require("vitlab/kernel").openComm`)).toBe("'function'");
    const imports = ["vitlab"];
    const same = `__cell_module__("vitlab").slider === (await __cell_import__("vitlab")).slider`;
    expect(await value(`${same} && require("vitlab").slider === __cell_module__("vitlab").slider`, { imports })).toBe(
      "true",
    );
  });

  it("is the folder's where one is installed", async () => {
    write("below/node_modules/vitlab/index.js", "exports.own = 1;");
    const path = JSON.stringify(file("below/user.ts"));
    const modules = [
      { ...compiled("below/user.ts", `exports.own = __cell_module__("vitlab", ${path}).own`), imports: ["vitlab"] },
    ];
    expect(await value(`${required("below/user.ts")}.own`, { modules })).toBe("1");
  });
});

describe("import.meta and its relatives", () => {
  it("are those of the notebook's folder", async () => {
    expect(await value("[__dirname, __cell_meta__.dirname].join()")).toBe(`'${folder},${folder}'`);
    expect(await value(`__cell_meta__.resolve("node:fs")`)).toBe("'node:fs'");
  });
});

import { createRequire } from "node:module";
import ts from "typescript";
import { expect, it } from "vitest";
import { missingInternals } from "../../../src/kernel/compiler/typescript-internals";
import { notebook } from "./notebook";

const { devDependencies } = createRequire(__filename)("../../../package.json");
const tslab = createRequire(__filename)("tslab/package.json");

it("TypeScript and tslab are the pinned versions that the compiler's hooks were written for: after an update, run these tests, look at the cells, then change the versions here", () => {
  const { typescript } = devDependencies;
  expect({ typescript, tslab: devDependencies.tslab }).toEqual({ typescript: ts.version, tslab: tslab.version });
  expect([ts.version, tslab.version]).toEqual(["6.0.3", "1.0.22"]);
});

it("TypeScript still has the internal functions that the compiler calls: adapt typescript-internals.ts to those that it lacks", () => {
  expect(missingInternals()).toEqual([]);
});

it("tslab's converter still goes through the compiler's stand-ins for program, check, emit and CommonJS", async () => {
  const { compile, run, errors } = notebook();
  expect(await compile("const a = 1; a")).toMatchObject({
    ok: true,
    declarations: "declare const a = 1;\n",
    lastExpression: "tsLastExpr",
  });
  expect(await run("const a = 1; ({ a })")).toEqual({ a: 1 });
  expect(await errors("const a: string = 1;")).toHaveLength(1);
});

import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type typescript from "typescript";
import { describe, expect, it } from "vitest";

const root = path.join(__dirname, "..", "..");

/** The compiler of tslab's kernel: TypeScript 5.0, which knows no `exports` of a package. */
const ts = require("@tslab/typescript-for-tslab") as typeof typescript;

/** Read once: nothing but the cell is another from one program to the next. */
const sources = new Map<string, typescript.SourceFile | undefined>();

/** What a notebook beside this project would be told about a cell. */
function complaints(cell: string): string[] {
  const file = path.join(root, "notebooks", "cell.ts");
  const options: typescript.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    esModuleInterop: true,
    types: ["node"],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? cell : readFile(name));
  host.getSourceFile = (name, ...rest) => {
    if (name === file) return ts.createSourceFile(name, cell, ts.ScriptTarget.ES2022);
    if (!sources.has(name)) sources.set(name, getSourceFile(name, ...rest));
    return sources.get(name);
  };
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("the package", () => {
  it("is found by its name from the project's root", () => {
    const code = `const { useEngine, tf, ViT, presets, fit, evaluate, cifar10, shapes, show } = require("vitlab");
      console.log(typeof tf.tensor, [useEngine, ViT, fit, evaluate, cifar10, shapes, show].every((f) => typeof f === "function"));
      console.log(new ViT(presets.articleSimpleViT).parameterCount().total);`;
    const printed = execFileSync(process.execPath, ["-e", code], { cwd: root, encoding: "utf8" });
    expect(printed).toBe("function true\n279018\n");
  });

  it("writes nothing to stderr when the engine starts", () => {
    const code = `const { tf, useEngine } = require("vitlab");
      useEngine().then(() => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])).dataSync());`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", code], { cwd: root, encoding: "utf8" });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^vitlab: engine (native|wasm) .*\n$/);
    expect(stderr).toBe("");
  });

  it("has types that a notebook's compiler reads", () => {
    const cell = `import { fit, presets, shapes, tf, ViT } from "vitlab";
      const model = new ViT({ ...presets.articleSimpleViT, dim: 64 });
      const { logits, trace } = model.run(tf.zeros([1, 32, 32, 3]) as tf.Tensor4D);
      const total: number = model.parameterCount().total + logits.shape[1] + trace.get("patches").size;
      const run = fit(model, { train: shapes({ count: 10 }), epochs: 1 });
      export const plan: Promise<{ parameters: number }> = run.plan;
      export { total };`;
    expect(complaints(cell)).toEqual([]);
  });

  it("has a README whose cells a notebook's compiler takes", () => {
    const readme = fs.readFileSync(path.join(root, "README.md"), "utf8");
    const cells = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, cell]) => cell as string);
    expect(cells.length).toBeGreaterThan(1);
    for (const cell of cells) expect(complaints(cell)).toEqual([]);
  });

  it("has types that catch a mistake in a notebook", () => {
    const cell = `import { presets, ViT } from "vitlab";
      export const model = new ViT({ ...presets.articleSimpleViT, pool: "max" });`;
    expect(complaints(cell).join("\n")).toContain(
      `Type '"max"' is not assignable to type '"cls" | "mean" | undefined'`,
    );
  });
});

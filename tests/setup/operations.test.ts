import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { load } from "./load";

test("compiled operations are kept under a name that is the same as long as nothing changes", async () => {
  const { operationsKey } = await load("native/operations.mjs");
  expect(operationsKey()).toMatch(/^[0-9a-f]{16}$/);
  expect(operationsKey()).toBe(operationsKey());
});

test("a compiler that fails is quoted in one sentence, and leaves no file", async () => {
  const { compileOperations } = await load("native/operations.mjs");
  const folder = mkdtempSync(path.join(tmpdir(), "vitlab-operations-"));
  const compiler = path.join(folder, "compiler.js");
  writeFileSync(compiler, "console.error('note: x\\nproduct.h:3: error: no such register'); process.exit(1);");
  try {
    const failed = compileOperations({ cxx: `${process.execPath} ${compiler}`, folder });
    await expect(failed).rejects.toThrow(/they do not compile with .* \(.*no such register\)/);
    expect(readdirSync(folder)).toEqual(["compiler.js"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

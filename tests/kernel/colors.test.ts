import { stripVTControlCharacters } from "node:util";
import { afterEach, expect, it, vi } from "vitest";
import { drive } from "./child/drive";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

const place = { line: 2, column: 7 };
const finding = {
  file: "Cell[1]",
  source: 'const a = 1;\nconst n: number = "three";\nn;',
  start: place,
  end: { line: 2, column: 8 },
  code: 2322,
  message: "Type 'string' is not assignable to type 'number'.",
};

/** What the kernel says of a type error and of an error that was thrown, when it was started with this `NO_COLOR`. */
async function said(noColor: string): Promise<string> {
  vi.stubEnv("NO_COLOR", noColor);
  vi.resetModules();
  const { diagnosticsReport } = await import("../../src/kernel/typescript/diagnostics.js");
  const { describeError } = await import("../../src/kernel/child/traceback.js");
  const thrown = Object.assign(new RangeError("too deep", { cause: new Error("below") }), { depth: 3 });
  // Frames name the line of this file that asked.
  const lines = [...diagnosticsReport([finding]).traceback, ...describeError(thrown).traceback];
  return lines.filter((line) => !/^\s+at /.test(stripVTControlCharacters(line))).join("\n");
}

it("colors errors, also where NO_COLOR is empty", async () => {
  expect(await said("")).toContain("\u001b[36mCell[1]:2:7\u001b[0m - \u001b[31merror\u001b[0m");
});

it("writes the same errors without an escape where NO_COLOR is not empty, whatever it says", async () => {
  const plain = stripVTControlCharacters(await said(""));
  expect(plain).toContain('> 2 | const n: number = "three";\n    |       ^');
  expect(await said("1")).toBe(plain);
  expect(await said("0")).toBe(plain);
});

it("holds in the process of the cells", async () => {
  const traceback = async (noColor: string) => {
    const child = drive({ env: { NO_COLOR: noColor } });
    try {
      return (await child.run("null.x;")).error?.traceback.join("\n") ?? "";
    } finally {
      child.close();
    }
  };
  const colored = await traceback("");
  expect(colored).toContain("\u001b[31mTypeError\u001b[0m");
  expect(await traceback("1")).toBe(stripVTControlCharacters(colored));
});

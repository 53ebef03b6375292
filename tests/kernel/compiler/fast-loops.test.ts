import { describe, expect, it } from "vitest";
import { definePlainArrays } from "../../../src/kernel/child/plain-arrays";
import { notebook } from "./notebook";

definePlainArrays();

/** The JavaScript of a cell. */
async function javascript(code: string, debugged = false): Promise<string> {
  const { compiler } = notebook();
  const compiled = await compiler.compile({ code, cell: "Cell[1]", previous: "", debugged });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join("\n"));
  return compiled.output;
}

const isFast = async (code: string) => (await javascript(code)).includes("++round");

describe("a loop at the top level of a cell", () => {
  it.each([
    "let s = 0; for (let i = 0; i < 9; i++) s += i;",
    "let s = 0, k = 0; while (k < 9) { k++; if (k % 3 === 0) continue; s -= k; }",
    "let s = 0; do { s++; } while (s < 5);",
    "let s = 0; outer: for (let i = 0; i < 9; i++) for (let j = 0; j < 9; j++) { if (j > i) continue outer; s += j; }",
    "let s = 0; for (let i = 0; i < 9; i++) s += Math.sqrt(i) * Math.PI;",
    "let t = ''; for (let i = 0; i < 3; i++) t += i + ',';",
    "const a = [1, 2, 3]; let s = 0; for (let i = 0; i < a.length; i++) s += a[i] ?? 0;",
    "const a = new Float64Array(3); let s = 0; for (const x of a) s += x; ",
    "let n = 0; for (let i = 0; i < 4; i++) { switch (i) { case 1: n += 2; break; default: n++; } }",
    "let big = 1n; for (let i = 0n; i < 5n; i++) big *= i + 1n;",
    "let q = 1; if (q) { for (;;) { q *= 2; if (q > 99) break; } }",
  ])("keeps variables for itself: %s", async (code) => {
    expect(await isFast(code)).toBe(true);
  });

  it.each([
    ["calls a function", "let s = 0; const f = () => s; for (let i = 0; i < 3; i++) s += f();"],
    ["reads a property", "let s = 0; const o = { get x() { return s } }; for (let i = 0; i < 3; i++) s += o.x;"],
    [
      "turns an object into a number",
      "let s = 0; const o: any = { valueOf: () => s }; for (let i = 0; i < 3; i++) s += o;",
    ],
    ["makes a function", "let s = 0; for (let i = 0; i < 3; i++) { (() => s++)(); }"],
    ["awaits", "let s = 0; for (let i = 0; i < 3; i++) { s++; await null; }"],
    [
      "takes another Math",
      "let s = 0; { const Math = { sqrt: (x: number) => s }; for (let i = 0; i < 3; i++) s += Math.sqrt(i); }",
    ],
    ["goes through what is iterable", "let s = 0; for (const x of new Set([1, 2])) s += x;"],
    ["has elements of elements", "let s = 0; const m = [[1]]; for (let i = 0; i < 1; i++) s += m[i]![0]!;"],
    ["assigns the array that it reads", "let a = [1]; let s = 0; for (let i = 0; i < 2; i++) { s += a[0]!; a = [s]; }"],
    ["is in a function", "function f() { let s = 0; for (let i = 0; i < 3; i++) s += i; return s; }"],
    ["assigns nothing of the notebook's", "const a = [1]; for (let i = 0; i < 3; i++) a[i] = i;"],
    ["uses what is imported", "import { sep } from 'node:path'; let s = ''; for (let i = 0; i < 3; i++) s += sep;"],
    ["disposes of something", "let s = 0; for (let i = 0; i < 3; i++) { using r = null; s++; }"],
  ])("that %s leaves them where everybody sees them", async (_, code) => {
    expect(await isFast(code)).toBe(false);
  });

  it("is left alone while a debugger looks on", async () => {
    expect(await javascript("let s = 0; for (;;) { s++; if (s > 3) break; }", true)).not.toContain("++round");
  });

  it.each<[string, unknown]>([
    ["let s = 0; for (let i = 0; i < 100; i++) s += i; s", 4950],
    ["let a = 1, b = 1; for (let i = 0; i < 10; i++) { const c = a + b; a = b; b = c; } [a, b]", [89, 144]],
    [
      "let s = 0; out: for (let i = 0; i < 9; i++) for (let j = 0; j < 9; j++) { if (i * j > 20) break out; s += i * j; } s",
      171,
    ],
    [
      "const v = [3, 1, 2]; let max = -Infinity, at = -1; for (let i = 0; i < v.length; i++) if (v[i]! > max) { max = v[i]!; at = i; } [max, at]",
      [3, 0],
    ],
    [
      "const w = new Float32Array(4); let last = 0; for (let i = 0; i < 4; i++) { w[i] = i / 2; last = w[i]!; } [...w, last]",
      [0, 0.5, 1, 1.5, 1.5],
    ],
    ["let t = ''; for (const c of [1, 2]) t += '<' + c + '>'; t", "<1><2>"],
    ["let e = 0; for (let i = 0; i < 0; i++) e = 1; e", 0],
    ["let k = 0; for (let i = 0; i < 200_000; i++) k++; k", 200_000],
    ["var u; for (let i = 0; i < 3; i++) u = i; u", 2],
    ["let x = 5; do x--; while (x > 2); x", 2],
  ])("comes to the same: %s", async (code, expected) => {
    const { run } = notebook();
    expect(await run(code)).toEqual(expected);
  });

  it("goes on with variables of earlier cells, which functions see afterwards", async () => {
    const { run } = notebook();
    await run("let total = 1; function double() { return 2 * total; }");
    await run("for (let i = 1; i <= 3; i++) total *= i;");
    expect(await run("double()")).toBe(12);
  });

  it("leaves what it came to where it throws", async () => {
    const { run, values } = notebook();
    await run("let n = 0; let b: bigint | number = 0;");
    await expect(run("for (;;) { n++; if (n === 7) b = 1n; b = (b as number) + 1; }")).rejects.toThrow(TypeError);
    expect(values.n).toBe(7);
  });

  it("sees through a Proxy that passes for an array", async () => {
    const { run } = notebook();
    await run(
      "let seen = 0; const a: number[] = new Proxy([1, 2, 3], { get: (t, k) => (k === '1' ? seen : Reflect.get(t, k)) });",
    );
    expect(await run("for (let i = 0; i < 3; i++) seen += a[i]!; seen")).toBe(1 + 1 + 3);
  });

  it("shows those who stop it how far it came", async () => {
    for (const code of [
      "let i = 0; for (;;) i++;",
      "let i = 0; while (true) i++;",
      "let i = 0; while (true) { i++; continue; }",
    ]) {
      expect(await javascript(code)).toMatch(/\+\+round\w* & 65535\) === 0[^;]*exports\.i = i/);
    }
  });
});

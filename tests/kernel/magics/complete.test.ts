import { describe, expect, it } from "vitest";
import { completeMagic } from "../../../src/kernel/magics/complete";

function complete(code: string): string[] | null {
  return completeMagic(code, code.length)?.matches.map(({ text }) => text) ?? null;
}

describe("completeMagic", () => {
  it("offers magics of lines and cells in the first line", () => {
    expect(complete("%ti")).toEqual(["%time", "%timeit", "%%time", "%%timeit"]);
  });

  it("offers magics of cells after two signs", () => {
    expect(complete("%%ht")).toEqual(["%%html"]);
  });

  it("offers magics of lines below code", () => {
    expect(complete("f();\n  %ti")).toEqual(["%time", "%timeit"]);
  });

  it("replaces the signs, too", () => {
    expect(completeMagic("f();\n%who + 1", 9)).toMatchObject({ start: 5, end: 9 });
  });

  it("tells how a magic is used", () => {
    expect(completeMagic("%cd", 3)?.matches).toEqual([
      { text: "%cd", kind: "magic", signature: "%cd FOLDER", documentation: "Changes the working folder." },
    ]);
  });

  it.each(["a %ti", "`\n%ti", "f(\n%ti", "const c = a\n  %ti", "ti"])("offers none in %j", (code) => {
    expect(complete(code)).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { completeMagic } from "../../../src/kernel/magics/complete";

function complete(code: string): string[] | null {
  const found = completeMagic(code, code.length);
  return found && "matches" in found ? found.matches.map(({ text }) => text) : null;
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
    expect(completeMagic("%cd", 3)).toMatchObject({
      matches: [{ text: "%cd", kind: "magic", signature: "%cd FOLDER", documentation: "Changes the working folder." }],
    });
  });

  it.each([
    ["%cd /tm", "/tm"],
    ["%load mod", "mod"],
    ["%run no", "no"],
    ["%%writefile w", "w"],
    ["!ls -l wi", "wi"],
    ["!ls ", ""],
    ["f();\n!cat ./a", "./a"],
    ["%%bash\ncat no", "no"],
    ["%%script sh\n\ncat a\\ b", "a\\ b"],
  ])("offers paths in %j", (code, typed) => {
    expect(completeMagic(code, code.length)).toEqual({ typed, start: code.length - typed.length });
  });

  it.each(["%%html\n<b", "%%latex x", "%env HO", "%memory x"])("offers nothing of TypeScript in %j", (code) => {
    expect(complete(code)).toEqual([]);
  });

  it.each(["%%time\nf", "%timeit f", "!don", "!flag && fo", "!a - f", "%%capture out\nconsole.lo"])(
    "leaves %j to TypeScript",
    (code) => {
      expect(complete(code)).toBeNull();
    },
  );

  it.each(["a %ti", "`\n%ti", "f(\n%ti", "const c = a\n  %ti", "ti"])("offers none in %j", (code) => {
    expect(complete(code)).toBeNull();
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(__dirname, "../..");
const kernel = join(root, "src/kernel");

/** What the files of a folder load or name: packages, and paths from `src/kernel`, as `front/message` or `../base/node/folder`. */
function importsOf(folder: string): readonly string[] {
  const files = readdirSync(join(kernel, folder), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith(".ts"),
  );
  const found = files.flatMap((entry) => {
    const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
    const ids = [...text.matchAll(/(?:\bfrom |\bimport |\bimport\(|\brequire\()"([^"]+)"/g)].map(([, id]) => id!);
    return ids.map((id) => (id.startsWith(".") ? relative(kernel, resolve(entry.parentPath, id)) : id));
  });
  return [...new Set(found)].sort();
}

/** Those of another folder. */
function elsewhere(folder: string): readonly string[] {
  return importsOf(folder).filter((id) => !id.startsWith("node:") && !id.startsWith(`${folder}/`));
}

describe("the parts of the kernel", () => {
  it("the front knows no language: what is behind it is an interface", () => {
    expect(elsewhere("front")).toEqual([
      "../base/is-deeper",
      "encode-json",
      "jupyter",
      "kernel-error",
      "make-folder",
      "processes",
      "zeromq",
    ]);
  });

  it("knows nothing of vitlab's library", () => {
    const outside = ["front", "typescript", "compiler", "child", "magics"]
      .flatMap(elsewhere)
      .filter((id) => id.startsWith(".."));
    expect(outside.filter((id) => !id.startsWith("../base/"))).toEqual([]);
  });

  it("the compiler and the cells don't know who asks them", () => {
    for (const folder of ["compiler", "child"]) {
      expect(elsewhere(folder).filter((id) => /^(front|typescript)\//.test(id))).toEqual([]);
    }
  });
});

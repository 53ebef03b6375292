import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

interface Cell {
  cell_type: string;
  source: string[];
  execution_count?: number | null;
  outputs?: { output_type: string; name?: string; data?: Record<string, unknown> }[];
}

const folder = path.join(__dirname, "..", "notebooks");
// Others are the reader's own.
const files = fs.readdirSync(folder).filter((name) => /^\d\d-.*\.ipynb$/.test(name));

describe.each(files)("notebook %s, as committed", (name) => {
  const text = fs.readFileSync(path.join(folder, name), "utf8");
  const cells = (JSON.parse(text) as { cells: Cell[] }).cells;
  const code = cells.filter((cell) => cell.cell_type === "code");

  it("was executed from top to bottom", () => {
    expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, i) => i + 1));
  });

  it("shows every figure as a picture that needs no extension", () => {
    const shown = code.flatMap((cell) => cell.outputs ?? []).filter((output) => output.data);
    const pictures = shown.filter(({ data }) => data?.["image/png"] || data?.["image/svg+xml"]);
    expect(pictures.length).toBeGreaterThan(0);
    const plots = shown.filter(({ data }) => Object.keys(data!).some((type) => /^application\/vnd\..*plot/.test(type)));
    expect(plots.every(({ data }) => data?.["image/svg+xml"])).toBe(true);
  });

  it("has no error and nothing on stderr", () => {
    const bad = code
      .flatMap((cell) => cell.outputs ?? [])
      .filter((o) => o.output_type === "error" || o.name === "stderr");
    expect(bad).toEqual([]);
  });

  it("names no folder of the machine it ran on", () => {
    expect(text.match(/(?<![\w.])\/(home|root|Users|tmp|work)\/[^"\s]*/g)).toBeNull();
  });

  it("links only to notebooks that are there", () => {
    for (const [, target] of text.matchAll(/\]\(([\w-]+\.ipynb)\)/g)) expect(files).toContain(target);
  });
});

interface Changes {
  works: { change?: Record<string, string>; then?: string[] }[];
  refuses: { change: Record<string, string>; says: string }[];
}

const changes: Record<string, Changes> = JSON.parse(
  fs.readFileSync(path.join(__dirname, "notebooks", "changes.json"), "utf8"),
);

// That the cells bear or refuse them is seen when the notebooks are executed, after these tests.
describe.each(files)("the changes to try in notebook %s", (name) => {
  const { cells } = JSON.parse(fs.readFileSync(path.join(folder, name), "utf8")) as { cells: Cell[] };
  const code = cells.filter((cell) => cell.cell_type === "code").map((cell) => cell.source.join(""));
  const { works, refuses } = changes[name] ?? { works: [], refuses: [] };

  it("are three at least that it works with", () => {
    expect(works.filter(({ change }) => change).length).toBeGreaterThanOrEqual(3);
  });

  it("are of texts that are there once", () => {
    for (const old of [...works, ...refuses].flatMap(({ change = {} }) => Object.keys(change)))
      expect([old, code.join("\n").split(old).length - 1]).toEqual([old, 1]);
  });
});

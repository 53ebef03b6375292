import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { codeOf, folder, ownNames, readNotebook, textOf } from "./notebooks/notebook";
import { problemsOfNotebook } from "./notebooks/prose-numbers";

const chinese = path.join(folder, "zh");
const names = ownNames();
const files = [...names, ...ownNames(chinese).map((name) => path.join("zh", name))];

describe.each(files)("notebook %s, as committed", (name) => {
  const text = fs.readFileSync(path.join(folder, name), "utf8");
  const notebook = readNotebook(path.join(folder, name));
  const code = codeOf(notebook);

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

  it("links only to files that are there", () => {
    const prose = notebook.cells.filter((cell) => cell.cell_type === "markdown").map(textOf);
    const targets = prose.flatMap((cell) => [...cell.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target));
    const missing = targets.filter(
      (target) => !/^https?:/.test(target!) && !fs.existsSync(path.join(folder, path.dirname(name), target!)),
    );
    expect(missing).toEqual([]);
  });

  it("tells no number of its own that a cell doesn't measure", () => {
    expect(problemsOfNotebook(notebook)).toEqual([]);
  });

  it("has no cell that is too long to read, and imports from vitlab alone", () => {
    const long = code.filter((cell) => cell.source.length > 25).map(({ id, source }) => [id, source.length]);
    expect(long).toEqual([]);
    const from = code.flatMap((cell) => [...textOf(cell).matchAll(/\bfrom "([^"]+)"/g)].map(([, module]) => module));
    expect([...new Set(from)]).toEqual(["vitlab"]);
  });

  it("has cells that tools can name", () => {
    expect([notebook.nbformat, notebook.nbformat_minor]).toEqual([4, 5]);
    const ids = notebook.cells.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^\d\d-\d\d$/.test(id))).toBe(true);
  });
});

it("all notebooks together stay small enough to be cloned: below 12 MB", () => {
  const bytes = files.map((name) => fs.statSync(path.join(folder, name)).size);
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(12e6);
});

describe.each(ownNames(chinese))("notebook %s in Chinese", (name) => {
  const [ours, theirs] = [readNotebook(path.join(folder, name)), readNotebook(path.join(chinese, name))];

  it("has the same cells as the English one, and its own prose", () => {
    const cells = (of: typeof ours) =>
      of.cells.map((cell) => [cell.id, cell.cell_type, cell.metadata, cell.cell_type === "code" ? textOf(cell) : ""]);
    expect(cells(theirs)).toEqual(cells(ours));
    const prose = theirs.cells.filter((cell) => cell.cell_type === "markdown").map(textOf);
    expect(prose.filter((cell) => !/\p{Script=Han}/u.test(cell))).toEqual([]);
  });

  it("tells the same numbers", () => {
    const marks = (of: typeof ours) =>
      of.cells.map((cell) => [...textOf(cell).matchAll(/<!-- measured: \S+ -->/g)].map(([mark]) => mark).sort());
    expect(marks(theirs)).toEqual(marks(ours));
  });
});

interface Changes {
  works: { change?: Record<string, string>; then?: string[] }[];
  refuses: { change: Record<string, string>; says: string }[];
}

const changes: Record<string, Changes> = JSON.parse(
  fs.readFileSync(path.join(__dirname, "notebooks", "changes.json"), "utf8"),
);

// That the cells bear or refuse them is seen by `npm run notebooks -- --check`.
describe.each(names)("the changes to try in notebook %s", (name) => {
  const code = codeOf(readNotebook(path.join(folder, name))).map(textOf);
  const { works, refuses } = changes[name] ?? { works: [], refuses: [] };

  it("are three at least that it works with", () => {
    expect(works.filter(({ change }) => change).length).toBeGreaterThanOrEqual(3);
  });

  it("are of texts that are there once", () => {
    for (const old of [...works, ...refuses].flatMap(({ change = {} }) => Object.keys(change)))
      expect([old, code.join("\n").split(old).length - 1]).toEqual([old, 1]);
  });
});

describe.each(["", "zh"])("the page of contents in notebooks/%s", (language) => {
  const page = fs.readFileSync(path.join(folder, language, "README.md"), "utf8");
  const links = [...page.matchAll(/\]\(([\w-]+\.ipynb)(?:#([^)]+))?\)/g)];

  it("has every notebook, and no other", () => {
    expect([...new Set(links.map(([, name]) => name))].sort()).toEqual(ownNames(path.join(folder, language)));
  });

  it("leads for every claim of the article to a heading that is there", () => {
    const missing = links.filter(([, name, anchor]) => {
      const prose = readNotebook(path.join(folder, language, name!))
        .cells.map(textOf)
        .join("\n");
      // As JupyterLab makes anchors of headings.
      const anchors = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!.replaceAll(" ", "-"));
      return anchor !== undefined && !anchors.includes(decodeURIComponent(anchor));
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { load } from "../load";
import { type Cell, codeCell, markdownCell, write } from "./notebook";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vitlab-site-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function about(...lines: string[]) {
  return read([markdownCell(...lines), codeCell("1")]);
}

async function read(content: string | readonly Cell[]) {
  write(folder, "03-a.ipynb", content);
  const { readNotebook } = await load("site/read-notebook.mjs");
  const { makeMarkdown } = await load("site/markdown.mjs");
  return readNotebook(join(folder, "03-a.ipynb"), makeMarkdown({ highlight: (code: string) => code }));
}

describe("a notebook's first cell", () => {
  test("says its number, its title, what one learns and how long it takes", async () => {
    const read = await about(
      "# 3 · From patches to *tokens*",
      "",
      "You will learn",
      "",
      "* what a [token](02-b.ipynb) is;",
      "* what it costs.",
      "",
      "It takes about half an hour. Run a cell with Shift + Enter.",
    );
    expect(read).toMatchObject({ name: "03-a", number: "3", title: "From patches to <em>tokens</em>" });
    expect(read.learns).toEqual(['what a <span class="path" title="02-b.ipynb">token</span> is;', "what it costs."]);
    expect(read.time).toBe("It takes about half an hour.");
  });

  test("says it in Chinese", async () => {
    const read = await about("# 3 · 标记", "", "- 一件事。", "", "先读文章。大约需要 20 分钟。再做练习。");
    expect(read).toMatchObject({ number: "3", title: "标记", learns: ["一件事。"], time: "大约需要 20 分钟。" });
  });

  test("may lack a list, a time, a number and a title", async () => {
    expect(await about("# Notes", "", "A paragraph.", "", "Another.")).toMatchObject({
      number: "",
      title: "Notes",
      learns: ["A paragraph."],
      time: "",
    });
    expect(await read([])).toMatchObject({ number: "", title: "03-a", learns: [], time: "" });
  });

  test("is asked of a notebook alone", async () => {
    await expect(read("{")).rejects.toThrow(/03-a\.ipynb is no notebook/);
    await expect(read('{"nbformat": 3}')).rejects.toThrow(/no notebook of format 4/);
  });
});

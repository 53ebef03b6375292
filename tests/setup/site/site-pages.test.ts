import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { load } from "../load";
import { codeCell, markdownCell, shown, stream, write } from "./notebook";

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="120"><rect width="9" height="9"/></svg>';
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==";
const PLOT = "application/vnd.vitlab.plot.v1+json";
const WIDGET = { "application/vnd.jupyter.widget-view+json": { model_id: "a" }, "text/plain": "VBox(children=…)" };

let folder = "";
let files: Map<string, string | Buffer>;

const page = (path: string): string => `${files.get(path)}`;
/** What stands below the code of a cell of the first notebook. */
const outputOf = (code: string): string =>
  page("01-first.html").split(`>${code}<`)[1]!.split("</pre>").slice(1).join("</pre>").split("</section>")[0]!.trim();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vitlab-site-"));
  write(folder, "src/nn/attention.ts", "export const heads = 4;\nexport const dim = 32;\n");
  write(folder, "README.md", "# About\n\n[attention](src/nn/attention.ts), [nothing](src/other.ts), ![](docs/a.svg)");
  write(folder, "docs/a.svg", SVG);
  write(folder, "notebooks/01-first.ipynb", [
    markdownCell("# 1 · First & foremost", "", "* one thing;", "", "Time: 5 minutes."),
    markdownCell(
      "## Attention",
      "",
      "[source](../src/nn/attention.ts), [about](../README.md), [next](02-second.ipynb#Here)",
    ),
    codeCell("printed", stream(["a\n", "b"]), stream("c\n"), stream("oh\n", "stderr")),
    codeCell(
      "plot",
      shown({ [PLOT]: { data: [], layout: { title: "</script>" } }, "image/svg+xml": SVG, "text/plain": "a plot" }),
    ),
    codeCell(
      "picture",
      shown({ "image/png": PNG, "text/plain": ["a ", "picture"] }, { "image/png": { width: 20, height: 30 } }),
    ),
    codeCell("table", shown({ "text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "1" })),
    codeCell("value", { output_type: "execute_result", data: { "text/plain": "<42>" }, metadata: {} }),
    codeCell("failure", {
      output_type: "error",
      ename: "E",
      evalue: "e",
      traceback: ["\u001b[31mError\u001b[0m: no", "  at"],
    }),
    codeCell("alone", shown(WIDGET)),
    codeCell("both", shown({ "text/html": '<div class="vitlab-still">still</div>' }), shown(WIDGET)),
    codeCell("within", shown({ ...WIDGET, "image/svg+xml": SVG })),
    codeCell("explorer(model, images)", shown({ "text/html": "still" }), shown(WIDGET)),
    codeCell("my.explorer(1)", stream("no explorer")),
    codeCell(""),
    markdownCell("## Here", "", "![it](attachment:x.png)"),
  ]);
  write(folder, "notebooks/02-second.ipynb", [markdownCell("# 2 · Second", "", "A paragraph.")]);
  write(folder, "notebooks/zh/02-second.ipynb", [markdownCell("# 2 · 第二", "", "- 一件事。")]);
  write(folder, "notebooks/Untitled.ipynb", [markdownCell("# A reader's own")]);
  const { makeHighlight } = await load("site/highlight.mjs");
  const { makeMarkdown } = await load("site/markdown.mjs");
  const { sitePages } = await load("site/site-pages.mjs");
  const highlight = await makeHighlight();
  files = sitePages({ root: folder, highlight, markdown: makeMarkdown({ highlight }) });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the site's pages", () => {
  test("are the project's notebooks, an index in each language, and the files that notebooks name", () => {
    const pages = [...files.keys()].filter((path) => path.endsWith(".html"));
    expect(pages.sort()).toEqual([
      "01-first.html",
      "02-second.html",
      "index.html",
      "source/README.md.html",
      "source/src/nn/attention.ts.html",
      "zh/02-second.html",
      "zh/index.html",
    ]);
  });

  test("ask nothing of a network", () => {
    for (const [path, content] of files)
      if (path.endsWith(".html")) expect(`${content}`).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  test("an index lists what there is: title, what one learns, time", () => {
    const index = page("index.html");
    expect(index).toContain('<a href="01-first.html">First &amp; foremost</a>');
    expect(index).toContain("<p>one thing;</p>");
    expect(index).toContain('<p class="time">Time: 5 minutes.</p>');
    expect(index).toContain('<iframe src="assets/explorer-vit-shapes.html?language=en"');
    const chinese = page("zh/index.html");
    expect(chinese).toContain('<html lang="zh-CN">');
    expect(chinese).toContain('<a href="02-second.html">第二</a>');
    expect(chinese).toContain('<a href="../01-first.html">First &amp; foremost</a>（英文）');
    expect(chinese).toContain('<iframe src="../assets/explorer-vit-shapes.html?language=zh"');
  });

  test("lead on, back, and to the other language; where there is none of it, to its index", () => {
    expect(page("01-first.html")).toContain('<a rel="next" class="next" href="02-second.html">');
    expect(page("01-first.html")).not.toContain('rel="prev"');
    expect(page("01-first.html")).toContain('<a href="zh/index.html" lang="zh-CN"');
    expect(page("02-second.html")).toContain('<a rel="prev" class="previous" href="01-first.html">');
    expect(page("02-second.html")).toContain('<a href="zh/02-second.html" lang="zh-CN"');
    expect(page("zh/02-second.html")).toContain('<a href="../02-second.html" lang="en"');
  });

  test("have the title, the headings, and links to pages", () => {
    const first = page("01-first.html");
    expect(first).toContain("<title>1 · First &#38; foremost – vitlab</title>");
    expect(first).toContain('<li><a href="#Attention">Attention</a></li><li><a href="#Here">Here</a></li>');
    expect(first).toContain('<a href="source/src/nn/attention.ts.html">source</a>');
    expect(first).toContain('<a href="02-second.html#Here">next</a>');
  });

  test("show sources with their lines, and Markdown as text whose links are the site's", () => {
    expect(page("source/src/nn/attention.ts.html")).toContain('<span class="line" id="L2">');
    const about = page("source/README.md.html");
    expect(about).toContain('<a href="src/nn/attention.ts.html">attention</a>');
    expect(about).toContain('<span class="path" title="src/other.ts">nothing</span>');
    expect(about).toMatch(/<img src="\.\.\/pictures\/[0-9a-f]{16}\.svg"/);
  });
});

describe("a cell's outputs", () => {
  test("prints stand as they were, pieces of one together", () => {
    expect(outputOf("printed")).toBe('<pre class="printed stdout">a\nbc</pre>\n<pre class="printed stderr">oh</pre>');
  });

  test("a plot is its picture, and the spec that draws it", () => {
    const html = outputOf("plot");
    const [, path] = html.match(
      /^<figure class="picture plot"><img src="(pictures\/.*?\.svg)" width="300" height="120" alt="a plot" loading="lazy">/,
    )!;
    expect(page(path!)).toBe(SVG);
    const [, spec] = html.match(/<script type="application\/json">(.*?)<\/script>/)!;
    expect(JSON.parse(spec!)).toEqual({ data: [], layout: { title: "</script>" } });
  });

  test("a picture is a file, in the size that the notebook says", () => {
    const html = outputOf("picture");
    expect(html).toMatch(/<img src="pictures\/.*\.png" width="20" height="30" alt="a picture" loading="lazy">/);
  });

  test("tables are tables, values text, and failures what they say", () => {
    expect(outputOf("table")).toContain('<div class="wide"><table><tr><td>1</td></tr></table></div>');
    expect(outputOf("value")).toBe('<pre class="printed value">&#60;42&#62;</pre>');
    expect(outputOf("failure")).toBe(
      '<pre class="printed error"><span class="ansi-color-1">Error</span>: no\n  at</pre>',
    );
  });

  test("a control is what stands beside it, else a sentence", () => {
    expect(outputOf("alone")).toMatch(/^<p class="note">A control, which needs a kernel/);
    expect(outputOf("both")).toBe('<div class="html"><div class="vitlab-still">still</div></div>');
    expect(outputOf("within")).toMatch(/^<figure class="picture"><img/);
  });

  test("an explorer is that of the model that its cell names, where the site has it", async () => {
    const { explorerFrame } = await load("site/explorer-frame.mjs");
    const frame = explorerFrame("zh/09-inside.html", "zh", "vit-needle");
    expect(frame).toContain(
      '<iframe src="../assets/explorer-vit-needle.html?language=zh" title="vit-needle 的探索面板"',
    );
  });

  test("an explorer is alive", () => {
    const html = page("01-first.html").split("my.")[0]!;
    expect(html).toContain(
      '<iframe src="assets/explorer-vit-shapes.html?language=en" title="The explorer of vit-shapes" loading="lazy"',
    );
    expect(html).not.toContain(">still<p");
    expect(page("01-first.html").match(/<iframe/g)).toHaveLength(1);
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import { load } from "../load";

let markdown: { render(source: string, env?: object): string };

beforeAll(async () => {
  const { makeHighlight } = await load("site/highlight.mjs");
  const { makeMarkdown } = await load("site/markdown.mjs");
  markdown = makeMarkdown({ highlight: await makeHighlight() });
}, 60_000);

describe("Markdown of a cell", () => {
  test("has JupyterLab's anchors at its headings, each once", () => {
    const headings: object[] = [];
    const html = markdown.render("## The *class* `token`\n\n## Cost\n\n## Cost", { headings, ids: new Set() });
    expect(html).toContain('<h2 id="The-class-token">');
    expect(html).toContain('<h2 id="Cost">');
    expect(html).toContain('<h2 id="Cost-1">');
    expect(headings[0]).toEqual({ level: 2, id: "The-class-token", text: "The class token" });
  });

  test("has other anchors in files, as code hosts make them", async () => {
    const { fileAnchor } = await load("site/markdown.mjs");
    const html = markdown.render("## The explorer, as a `page`: 10 %\n\n## 写在最后", {
      anchor: fileAnchor,
      ids: new Set(),
    });
    expect(html).toContain('<h2 id="the-explorer-as-a-page-10-">');
    expect(html).toContain('<h2 id="写在最后">');
  });

  test("takes HTML as it is, Markdown inside it as well, and shows no comments", () => {
    const html = markdown.render(
      "<details><summary>Why?</summary>\n\nBecause *so*, 67.4 %<!-- measured: accuracy -->.\n\n</details>\n\n<!-- cell -->",
    );
    expect(html).toContain("<details><summary>Why?</summary>");
    expect(html).toContain("<p>Because <em>so</em>, 67.4 %.</p>");
    expect(html).not.toContain("<!--");
  });

  test("asks where its links lead; words of one that leads nowhere stand alone", () => {
    const link = (href: string) => (href.startsWith("a") ? `${href}.html` : undefined);
    const html = markdown.render('[*one*](a) and [two](b), <a href="b">three</a>', { link });
    expect(html).toBe(
      '<p><a href="a.html"><em>one</em></a> and <span class="path" title="b">two</span>, <a>three</a></p>\n',
    );
  });

  test("asks for its pictures, in HTML too", () => {
    const image = (src: string) => (src === "a.png" ? "p/a.png" : undefined);
    const html = markdown.render('![alt](a.png) ![gone](b.png) <img src="a.png">', { image });
    expect(html).toContain('<img src="p/a.png" alt="alt" loading="lazy">');
    expect(html).toContain(' gone <img src="p/a.png">');
  });

  test("colors code by its language, and leaves another as it is", () => {
    const html = markdown.render("```ts\nconst a = 1;\n```\n\n```python\nimport torch\n```\n\n```fish\na < b\n```");
    expect(html).toContain('<span style="color:var(--code-token-keyword)">const</span>');
    expect(html).toContain('<span style="color:var(--code-token-keyword)">import</span>');
    expect(html).toContain('<pre class="code"><code>a &#60; b</code></pre>');
  });

  test("lets a wide table scroll within itself", () => {
    expect(markdown.render("| a |\n|---|\n| 1 |")).toMatch(/^<div class="wide"><table>[\s\S]*<\/table><\/div>$/m);
  });
});

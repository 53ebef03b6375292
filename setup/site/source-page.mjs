import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { escapeHtml } from "./escape-html.mjs";
import { frame } from "./frame.mjs";
import { fileAnchor } from "./markdown.mjs";
import { putPicture } from "./pictures.mjs";

/** The page of a file of the project that a notebook names: Markdown as text, anything else as code with its lines. */
export function sourcePage(file, page, { root, files, links, markdown, highlight }) {
  const source = readFileSync(join(root, file), "utf8");
  const ending = extname(file).slice(1);
  const env = {
    ids: new Set(["text"]),
    anchor: fileAnchor,
    link: (href) => links.resolve(href, { from: file, page, known: true }),
    image: (href) => {
      const found = links.picture(href, { from: file });
      return found && putPicture(files, { ...found, page });
    },
  };
  const content =
    ending === "md"
      ? `<section class="prose">\n${markdown.render(source, env)}</section>\n`
      : `<section class="source">\n${highlight(source.replace(/\n$/, ""), ending, { numbered: true })}</section>\n`;
  const heading = `<p class="file"><code>${escapeHtml(file)}</code></p>\n`;
  const versions = { en: "index.html", zh: "zh/index.html" };
  return frame({ page, language: "en", versions, title: `${file} – vitlab`, body: heading + content });
}

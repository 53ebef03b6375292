import { cellOutputs } from "./cell-outputs.mjs";
import { escapeHtml } from "./escape-html.mjs";
import { EXPLORED, explorerFrame } from "./explorer-frame.mjs";
import { frame } from "./frame.mjs";
import { putPicture } from "./pictures.mjs";
import { plainText } from "./plain-text.mjs";
import { textOf } from "./read-notebook.mjs";
import { relativeHref } from "./relative-href.mjs";
import { WORDS } from "./words.mjs";

/** Made by `explorer(model, images)`, with a picture or a live panel to take the place of. */
const EXPLORER = /(?<![\w.])explorer\(/;

/**
 * The page of a notebook as it ran.
 *
 * @param notebook what `readNotebook` gives, with its `path` in the project, its `page`, `language` and `versions`
 * @param previous the notebooks beside it, undefined at the ends, and `next`
 * @param site what all pages share: `files`, `links`, `markdown`, `highlight`
 */
export function notebookPage(notebook, { previous, next }, { files, links, markdown, highlight }) {
  const { path, page, language, versions } = notebook;
  const words = WORDS[language];
  const headings = [];
  const env = {
    headings,
    // Ids of the page itself.
    ids: new Set(["text"]),
    link: (href) => links.resolve(href, { from: path, page }),
  };
  const cells = notebook.cells.map((cell) => {
    const source = textOf(cell.source);
    if (cell.cell_type === "markdown") {
      const image = (href) => {
        const found = attached(cell, href) ?? links.picture(href, { from: path });
        return found && putPicture(files, { ...found, page });
      };
      return `<section class="prose">\n${markdown.render(source, { ...env, image })}</section>\n`;
    }
    if (cell.cell_type !== "code" || source.trim() === "") return "";
    const outputs = cellOutputs(cell.outputs, { files, page, markdown, words });
    const explored = EXPLORED.find((model) => source.includes(model));
    const shown = EXPLORER.test(source) && outputs !== "" ? explorerFrame(page, language, explored) : outputs;
    return `<section class="cell">\n${highlight(source, "typescript")}\n${shown}</section>\n`;
  });
  const body = [
    ...cells,
    `<nav class="turn" aria-label="${words.previous}, ${words.next}">`,
    turn(page, previous, "previous", words),
    turn(page, next, "next", words),
    "</nav>\n",
    `<footer>${words.ran(path)}</footer>\n`,
  ].join("");
  const title = `${notebook.number ? `${notebook.number} · ` : ""}${plainText(notebook.title)} – ${words.site}`;
  return frame({ page, language, versions, title, body, aside: contentsOf(headings, words) });
}

/** A picture that a cell holds itself. */
function attached(cell, href) {
  if (!href.startsWith("attachment:")) return undefined;
  const kinds = cell.attachments?.[decodeURI(href.slice("attachment:".length))] ?? {};
  const [mime] = Object.keys(kinds);
  return mime && { mime, data: Buffer.from(textOf(kinds[mime]), "base64") };
}

function turn(page, notebook, direction, words) {
  if (!notebook) return "";
  const name = `${notebook.number ? `${notebook.number} · ` : ""}${notebook.title}`;
  return `<a rel="${direction === "next" ? "next" : "prev"}" class="${direction}" href="${relativeHref(page, notebook.page)}"><small>${words[direction]}</small>${name}</a>`;
}

/** The page's headings, beside the text where there is room. */
function contentsOf(headings, words) {
  const listed = headings.filter(({ level }) => level === 2);
  if (listed.length < 2) return "";
  const items = listed.map(({ id, text }) => `<li><a href="#${encodeURIComponent(id)}">${escapeHtml(text)}</a></li>`);
  return `<nav class="contents" aria-label="${words.onThisPage}"><p>${words.onThisPage}</p><ol>${items.join("")}</ol></nav>\n`;
}

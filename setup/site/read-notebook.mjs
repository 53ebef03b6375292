import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { SetupError } from "../setup-error.mjs";

/** A notebook as `{ name, number, title, learns, time, cells }`; what it says of itself stands in its first cell. */
export function readNotebook(file, markdown) {
  const { cells, nbformat } = parsed(file);
  if (nbformat !== 4) throw new SetupError(`${file} is no notebook of format 4: write it anew with Jupyter`);
  const first = cells.find(({ cell_type }) => cell_type === "markdown");
  return { name: basename(file, ".ipynb"), cells, ...aboutIn(textOf(first?.source ?? ""), markdown, file) };
}

function parsed(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new SetupError(`${file} is no notebook: ${error.message}`);
  }
}

/** A text of a notebook: it may be a list of lines. */
export function textOf(value) {
  return Array.isArray(value) ? value.join("") : `${value}`;
}

/** "about 15 minutes", "half an hour", and in Chinese. */
const DURATION = /(\d|\b(an?|two|three|five|ten|fifteen|twenty|thirty|forty|fifty))\s+(minutes?|hours?)\b|分钟|小时/;

/** Of a first cell: `# 2 · Patches`, what one learns (its list, else its first paragraph) and how long it takes. */
function aboutIn(source, markdown, file) {
  const tokens = markdown.parse(source);
  const inlineAt = (i) => tokens[i + 1].content;
  const heading = tokens.findIndex(({ type, tag }) => type === "heading_open" && tag === "h1");
  const whole = heading < 0 ? basename(file, ".ipynb") : inlineAt(heading);
  const [, number = "", title] = whole.match(/^(?:(\d+)\s*·\s*)?(.*)$/s);
  const start = tokens.findIndex(({ type }) => type === "bullet_list_open");
  const end = tokens.findIndex(({ type, level }, i) => i > start && type === "bullet_list_close" && level === 0);
  const items = start < 0 ? [] : tokens.slice(start, end).filter(({ type }) => type === "inline");
  const paragraph = tokens.findIndex(({ type }) => type === "paragraph_open");
  const learns = items.length > 0 ? items.map(({ content }) => content) : paragraph < 0 ? [] : [inlineAt(paragraph)];
  const sentences = tokens
    .filter(({ type }) => type === "inline")
    .flatMap(({ content }) => content.split(/(?<=[.。！!]["”]?)\s+|(?<=。)/));
  const time = sentences.find((text) => DURATION.test(text)) ?? "";
  // In a list of contents, which is itself a link, nothing else is one.
  const inline = (text) => markdown.renderInline(text.trim(), { link: () => undefined });
  return { number, title: inline(title), learns: learns.map(inline), time: inline(time) };
}

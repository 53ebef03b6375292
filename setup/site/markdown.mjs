import MarkdownIt from "markdown-it";
import { escapeHtml } from "./escape-html.mjs";

const COMMENT = /<!--.*?-->/gs;

/**
 * Makes a reader of Markdown as JupyterLab has it: HTML in it counts, headings have its anchors, comments don't show.
 *
 * `render(source, { link, image, headings, anchor, ids })`: `link` gives the address for one in the text, undefined where there is
 * nothing to open, so that the words stand alone; `image` likewise; `headings` is filled with `{ level, id, text }`, whose ids
 * `anchor` makes, as JupyterLab's unless said; `ids` is filled with what must not be used again in the page.
 */
export function makeMarkdown({ highlight }) {
  const md = new MarkdownIt({
    html: true,
    highlight: (code, language) => highlight(code.replace(/\n$/, ""), language),
  });
  const { rules } = md.renderer;
  const asItIs = (tokens, i, options, self) => self.renderToken(tokens, i, options);

  rules.heading_open = (tokens, i, options, env, self) => {
    const text = textOf(tokens[i + 1]);
    const id = freshId((env.anchor ?? jupyterAnchor)(text), env.ids);
    tokens[i].attrSet("id", id);
    env.headings?.push({ level: Number(tokens[i].tag.slice(1)), id, text });
    return asItIs(tokens, i, options, self);
  };
  rules.link_open = (tokens, i, options, env, self) => {
    const href = tokens[i].attrGet("href");
    const found = (env.link ?? same)(href);
    const close = closing(tokens, i);
    if (found === undefined) {
      tokens[close].tag = "span";
      return `<span class="path" title="${escapeHtml(href)}">`;
    }
    tokens[i].attrSet("href", found);
    return asItIs(tokens, i, options, self);
  };
  const image = rules.image;
  rules.image = (tokens, i, options, env, self) => {
    const found = (env.image ?? same)(tokens[i].attrGet("src"));
    if (found === undefined) return escapeHtml(tokens[i].content);
    tokens[i].attrSet("src", found);
    tokens[i].attrSet("loading", "lazy");
    return image(tokens, i, options, env, self);
  };
  const html = (tokens, i, _, env) => htmlIn(tokens[i].content, env);
  rules.html_block = html;
  rules.html_inline = html;
  // Wide ones scroll within themselves.
  rules.table_open = () => '<div class="wide"><table>\n';
  rules.table_close = () => "</table></div>\n";
  return {
    render: (source, env = {}) => md.render(source, { ids: new Set(), ...env }),
    renderInline: (source, env = {}) => md.renderInline(source, env).replace(COMMENT, ""),
    parse: (source) => md.parse(source, {}),
  };
}

const same = (href) => href;

const jupyterAnchor = (text) => text.replaceAll(" ", "-");

/** The anchor of a heading where code hosts show Markdown, by which files of the project name it. */
export function fileAnchor(text) {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** HTML of a cell: its links and pictures are the page's. */
function htmlIn(content, env) {
  return content
    .replace(COMMENT, "")
    .replace(/(<a\b[^>]*?\shref=")([^"]*)"/gi, (all, start, href) => {
      const found = (env.link ?? same)(href);
      return found === undefined ? all.replace(/\shref="[^"]*"/i, "") : `${start}${found}"`;
    })
    .replace(/(<img\b[^>]*?\ssrc=")([^"]*)"/gi, (all, start, src) => {
      const found = (env.image ?? same)(src);
      return found === undefined ? all : `${start}${found}"`;
    });
}

function textOf({ children }) {
  return children.map(({ type, content }) => (type === "text" || type === "code_inline" ? content : "")).join("");
}

function freshId(wanted, used) {
  let id = wanted;
  for (let i = 1; used.has(id); i++) id = `${wanted}-${i}`;
  used.add(id);
  return id;
}

function closing(tokens, open) {
  let i = open + 1;
  while (tokens[i].type !== "link_close") i++;
  return i;
}

import { ansiToHtml } from "./ansi.mjs";
import { escapeHtml } from "./escape-html.mjs";
import { PICTURES, pictureSize, putPicture } from "./pictures.mjs";
import { textOf } from "./read-notebook.mjs";

/** A live control in a notebook: nothing without its kernel. */
export const WIDGET = "application/vnd.jupyter.widget-view+json";

/** As in src/figure/plot-mime.ts. */
const PLOT = "application/vnd.vitlab.plot.v1+json";

/**
 * One output of a cell as HTML; empty where it has nothing to show, as a control has that stands alone. The `context` has the
 * site's `files`, the `page` and `markdown`, which renders.
 */
export function outputHtml(output, context) {
  if (output.output_type === "stream") return printed(textOf(output.text), output.name);
  if (output.output_type === "error") return printed(textOf(output.traceback.join("\n")), "error");
  const { data = {}, metadata = {} } = output;
  const mime = PICTURES.find((kind) => data[kind] !== undefined);
  if (mime) return figure(mime, data, metadata, context);
  if (data["text/html"] !== undefined) return `<div class="html">${wide(textOf(data["text/html"]))}</div>\n`;
  if (data["text/markdown"] !== undefined) return context.markdown.render(textOf(data["text/markdown"]));
  // A control's words are its fields.
  if (data["text/plain"] === undefined || data[WIDGET] !== undefined) return "";
  return printed(textOf(data["text/plain"]), "value");
}

function printed(text, kind) {
  const html = ansiToHtml(text.replace(/\n$/, ""));
  return html === "" ? "" : `<pre class="printed ${kind}">${html}</pre>\n`;
}

/** A picture, and where a plot is beside it what draws it under a pointer. */
function figure(mime, data, metadata, { files, page }) {
  const source = textOf(data[mime]);
  const bytes = mime === "image/svg+xml" ? source : Buffer.from(source, "base64");
  const said = metadata[mime] ?? {};
  const { width, height } = said.width && said.height ? said : pictureSize(mime, bytes);
  const size = width ? ` width="${width}" height="${height}"` : "";
  const alt = escapeHtml(textOf(data["text/plain"] ?? ""));
  const image = `<img src="${putPicture(files, { mime, data: bytes, page })}"${size} alt="${alt}" loading="lazy">`;
  if (data[PLOT] === undefined) return `<figure class="picture">${image}</figure>\n`;
  const spec = JSON.stringify(data[PLOT]).replaceAll("<", "\\u003c");
  return `<figure class="picture plot">${image}<script type="application/json">${spec}</script></figure>\n`;
}

/** Wide tables scroll within themselves. */
function wide(html) {
  return html.replace(/<table\b/gi, '<div class="wide"><table').replace(/<\/table>/gi, "</table></div>");
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { language } from "../base/language";
import { forXml } from "../base/plain-text";
import type { Figure } from "./figure";
import { ImageFigure } from "./image-figure";
import { PlotFigure } from "./plot-figure";
import { theme } from "./theme";

/** What a page of figures has besides. */
export interface FiguresPageOptions {
  /** Default: the first figure's. */
  title?: string;
  /** HTML that stands before the figures. */
  before?: string;
}

const STYLE = [
  `body { font-family: ${theme.fontFamily}; color: ${theme.ink}; margin: 24px; }`,
  "figure { margin: 0 0 24px; }",
  ".table { max-height: 24em; overflow: auto; margin: 0 0 24px; width: max-content; max-width: 100%; }",
  `th, td { padding: 2px 10px; text-align: right; border-bottom: 1px solid ${theme.gridLine}; white-space: nowrap; }`,
  `th { position: sticky; top: 0; background: ${theme.background}; }`,
  "table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }",
].join("\n");

/** A web page with figures, interactive without a network: Plotly is in it, once. */
export async function figuresPage(
  figures: readonly Figure[],
  { title, before }: FiguresPageOptions = {},
): Promise<string> {
  const parts = await Promise.all(figures.map(pagePart));
  const library = figures.some((figure) => figure instanceof PlotFigure) ? plotlyScript() : "";
  return `<!doctype html>
<html lang="${language()}">
<head>
<meta charset="utf-8">
<title>${forXml(title ?? figures[0]?.text.split("\n")[0] ?? "Figures")}</title>
<style>
${STYLE}
</style>
${library}</head>
<body>
${[...(before ? [before] : []), ...parts].join("\n")}
</body>
</html>
`;
}

async function pagePart(figure: Figure, index: number): Promise<string> {
  const label = forXml(figure.text);
  if (figure instanceof PlotFigure) {
    // "<" as an escape: a title must not be able to end the script.
    const spec = JSON.stringify(figure.spec).replaceAll("<", "\\u003c");
    const draw = `{ const spec = ${spec}; Plotly.newPlot("figure-${index}", spec.data, spec.layout, spec.config); }`;
    return `<figure role="img" aria-label="${label}"><div id="figure-${index}"></div></figure>\n<script>${draw}</script>`;
  }
  const size = figure instanceof ImageFigure ? ` width="${figure.width}" height="${figure.height}"` : "";
  const source = `data:image/png;base64,${(await figure.png()).toString("base64")}`;
  return `<figure><img alt="${label}"${size} src="${source}"></figure>`;
}

function plotlyScript(): string {
  const path = createRequire(__filename).resolve("plotly.js-dist/plotly.js");
  return `<script>${readFileSync(path, "utf8").replaceAll("</script", "<\\/script")}</script>\n`;
}

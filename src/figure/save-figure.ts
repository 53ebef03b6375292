import { mkdir, writeFile } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { type Figure, isFigure } from "./figure";
import { figuresPage } from "./figures-page";
import { PlotFigure } from "./plot-figure";

/**
 * Writes a figure to a file of the kind that its name ends with: `.svg`, `.png`, `.json` (Plotly's spec) or `.html` (a page
 * that needs no network; it takes several figures). Missing folders are made.
 *
 * @returns the path
 * @throws VitlabError when the name ends otherwise, or the figure has no such form.
 *
 * @example
 * ```ts
 * import { bars, saveFigure } from "vitlab";
 *
 * const figure = bars(["cat", "dog"], [0.8, 0.7], { title: "Accuracy", percent: true });
 * for (const name of ["bars.svg", "bars.png", "bars.html"]) console.log(await saveFigure(figure, name));
 * // bars.svg
 * // bars.png
 * // bars.html
 * ```
 */
export async function saveFigure(figure: Figure | readonly Figure[], path: string): Promise<string> {
  const figures = Array.isArray(figure) ? (figure as readonly Figure[]) : [figure as Figure];
  const other = figures.find((one) => !isFigure(one));
  if (figures.length === 0 || other !== undefined)
    throw new VitlabError(
      `saveFigure takes a figure, such as imageGrid(images); got ${figures.length === 0 ? "an empty list" : show(other)}`,
    );
  if (typeof path !== "string")
    throw new VitlabError(`saveFigure got ${show(path)} for the file: give its name, such as "figures/attention.png"`);
  const content = await contentOf(figures, path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function contentOf(figures: readonly Figure[], path: string): Promise<string | Buffer> {
  const kind = extname(path).toLowerCase();
  if (kind === ".html") return figuresPage(figures);
  const [figure, ...more] = figures;
  if (!figure || more.length > 0)
    throw new VitlabError(
      `${path} holds one figure: ${figures.length} were given; save each, or all in one .html file`,
    );
  if (kind === ".svg") return figure.svg();
  if (kind === ".png") return figure.png();
  if (kind !== ".json")
    throw new VitlabError(`${path} ends with "${kind}": figures are saved as .svg, .png, .html or .json`);
  if (!(figure instanceof PlotFigure))
    throw new VitlabError(`${path}: this figure is an image without a Plotly spec; save it as .png`);
  return JSON.stringify(figure.spec);
}

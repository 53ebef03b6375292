import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PLOT_MIME, STEADY_IMAGE_MIME } from "../plot-mime";
import { darkColors, theme } from "../theme";
import { type PlotRendererOptions, plotRenderer } from "./plot-renderer";

const NAME = "vitlab-figures";
const load = createRequire(__filename);

/** The folder of the renderer in one of Jupyter's own folders, such as `.venv/share/jupyter`. */
export function labExtensionFolder(jupyterFolder: string): string {
  return join(jupyterFolder, "labextensions", NAME);
}

/** Writes the extension that draws plots in JupyterLab and Notebook 7, with Plotly beside it; it needs no building. */
export function installLabExtension(folder: string): void {
  const { version } = load("plotly.js-dist/package.json") as { version: string };
  const plotlyFile = `plotly-${version}.js`;
  const options: PlotRendererOptions = {
    mimeType: PLOT_MIME,
    imageMimeType: STEADY_IMAGE_MIME,
    plotlyFile,
    ink: theme.ink,
    darkColors,
    darkBackground: theme.darkBackground,
  };
  const script = `window._JUPYTERLAB ??= {};
window._JUPYTERLAB[${JSON.stringify(NAME)}] = (${plotRenderer})(${JSON.stringify(options)}, document.currentScript.src);
`;
  // Browsers keep scripts: a changed one has another name.
  const entry = `static/plots.${createHash("sha256").update(script).digest("hex").slice(0, 16)}.js`;
  const description = {
    name: NAME,
    version: "1.0.0",
    description: "Draws vitlab's plots in JupyterLab and Notebook 7",
    license: "MIT",
    jupyterlab: { mimeExtension: true, _build: { load: entry, mimeExtension: "./mimeExtension" } },
  };
  const manifest = `${JSON.stringify(description, null, 2)}\n`;
  const manifestPath = join(folder, "package.json");
  const written = [manifestPath, join(folder, entry), join(folder, "static", plotlyFile)].every((path) =>
    existsSync(path),
  );
  if (written && readFileSync(manifestPath, "utf8") === manifest) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "static"), { recursive: true });
  copyFileSync(load.resolve("plotly.js-dist/plotly.js"), join(folder, "static", plotlyFile));
  writeFileSync(join(folder, entry), script);
  // Last: without it JupyterLab sees no extension, so it never sees half of one.
  writeFileSync(`${manifestPath}.draft`, manifest);
  renameSync(`${manifestPath}.draft`, manifestPath);
}

/** Removes what `installLabExtension` wrote; false where nothing was. */
export function removeLabExtension(folder: string): boolean {
  const isThere = existsSync(folder);
  rmSync(folder, { recursive: true, force: true });
  return isThere;
}

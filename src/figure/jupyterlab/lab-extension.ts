import { createRequire } from "node:module";
import type { LabExtensionFiles } from "../../base/node/lab-extension";
import { PLOT_MIME, STEADY_IMAGE_MIME } from "../plot-mime";
import { darkColors, theme } from "../theme";
import { type PlotRendererOptions, plotRenderer } from "./plot-renderer";

const load = createRequire(__filename);

/** The name of the extension that draws plots in JupyterLab and Notebook 7. */
export const FIGURES_EXTENSION = "vitlab-figures";

/** The files of that extension, with Plotly beside its script. */
export function figuresExtension(): LabExtensionFiles {
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
  const name = JSON.stringify(FIGURES_EXTENSION);
  const script = `window._JUPYTERLAB ??= {};
window._JUPYTERLAB[${name}] = (${plotRenderer})(${JSON.stringify(options)}, document.currentScript.src);
`;
  return {
    name: FIGURES_EXTENSION,
    description: "Draws vitlab's plots in JupyterLab and Notebook 7",
    version: "1.0.0",
    kind: "mimeExtension",
    script,
    beside: { [plotlyFile]: load.resolve("plotly.js-dist/plotly.js") },
  };
}

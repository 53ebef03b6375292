import { plotRenderer } from "../../../src/figure/jupyterlab/plot-renderer.ts";
import { PLOT_MIME, STEADY_IMAGE_MIME } from "../../../src/figure/plot-mime.ts";
import { darkColors, theme } from "../../../src/figure/theme.ts";

/** How long a pointer rests on a picture before it becomes a graph, in milliseconds. */
const REST = 150;

/**
 * Makes plots live: their pictures stand until a pointer rests on one or it is touched, and then become graphs, by the renderer
 * that draws them in JupyterLab. Plotly is loaded once, when the first of them comes into view.
 */
export function livePlots(figures) {
  const makeRenderer = rendererFactory();
  const seen = new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) loadPlotly();
  });
  for (const figure of figures) {
    const picture = figure.querySelector("img");
    let resting;
    let isLive = false;
    const draw = async () => {
      if (isLive) return;
      isLive = true;
      const renderer = await makeRenderer();
      const spec = JSON.parse(figure.querySelector("script").textContent);
      renderer.node.className = "drawing";
      // Measured where it will stand.
      figure.append(renderer.node);
      await renderer.renderModel({ data: { [PLOT_MIME]: spec, "text/plain": picture.alt }, metadata: {} });
      renderer.node.className = "live";
      picture.hidden = true;
    };
    picture.addEventListener("pointerenter", () => {
      resting = setTimeout(draw, REST);
    });
    picture.addEventListener("pointerleave", () => clearTimeout(resting));
    picture.addEventListener("click", draw);
    seen.observe(figure);
  }
}

/** The renderer as JupyterLab takes it, in a page with what it uses of Lumino's widget. */
function rendererFactory() {
  const options = {
    mimeType: PLOT_MIME,
    imageMimeType: STEADY_IMAGE_MIME,
    plotlyFile: "plotly.js",
    ink: theme.ink,
    darkColors,
    darkBackground: theme.darkBackground,
  };
  const extension = plotRenderer(options, document.currentScript.src, loadPlotly);
  class Widget {
    node = document.createElement("div");
    dispose() {}
  }
  extension.init({ "@lumino/widgets": { 2: { get: async () => () => ({ Widget }) } } });
  const plots = extension.get().then((module) => module().default[0].rendererFactory);
  return async () => (await plots).createRenderer();
}

let plotly;
const address = new URL("plotly.js", document.currentScript.src).href;

/** As a script: a page from the disk may fetch nothing. */
function loadPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error(`${address} can't be loaded: write the site anew with npm run site`));
    document.head.append(script);
  });
  return plotly;
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type DOMWindow, JSDOM, VirtualConsole } from "jsdom";
import type { PlotSpec } from "../../src/figure/plot-spec";

/** The versions of Plotly that draw the figures, here and in JupyterLab, and where each is. */
export const PLOTLY_FILES = [
  ["3", "plotly.js-dist/plotly.js"],
  ["4", "plotly-4/plotly.min.js"],
] as const;

/** A page with Plotly in it. */
export interface PlotlyWindow extends DOMWindow {
  Plotly: {
    version: string;
    PlotSchema: { get: () => object };
    validate(data: unknown, layout: unknown): { msg: string }[] | undefined;
  };
}

/** Opens a page with a Plotly of this package in it. */
export function openPlotly(file: string): PlotlyWindow {
  const dom = new JSDOM("<!doctype html><body></body>", {
    runScripts: "outside-only",
    pretendToBeVisual: true,
    virtualConsole: new VirtualConsole(),
  });
  const window = dom.window as unknown as PlotlyWindow;
  window.URL.createObjectURL = () => "";
  // Every browser has it, jsdom 26 hasn't; Plotly 4 asks for it when it is loaded.
  Object.assign(window, { TextDecoder });
  window.eval(readFileSync(createRequire(__filename).resolve(file), "utf8"));
  // To validate a spec Plotly makes its schema anew, half a second each time.
  const schema = window.Plotly.PlotSchema.get();
  window.Plotly.PlotSchema.get = () => schema;
  return window;
}

/** What Plotly finds wrong with a spec. */
export function complaintsOf(window: PlotlyWindow, { data, layout }: PlotSpec): string[] {
  const [itsData, itsLayout] = window.eval(`(${JSON.stringify([data, layout])})`) as [unknown, unknown];
  return (window.Plotly.validate(itsData, itsLayout) ?? []).map(({ msg }) => msg);
}

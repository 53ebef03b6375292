import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Canvas } from "@napi-rs/canvas";
import type * as Jsdom from "jsdom";
import { compactSvg } from "./compact-svg";
import { loadCanvas } from "./fonts";
import type { PlotSpec } from "./plot-spec";
import { type Box, svgBox } from "./svg-box";

const load = createRequire(__filename);

interface PlotlyWindow extends Jsdom.DOMWindow {
  Plotly: { toImage(spec: PlotSpec, options: Record<string, unknown>): Promise<string> };
}

let page: PlotlyWindow | undefined;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Draws a plot as an SVG document, with Plotly itself in a page of jsdom: no browser is started. The first call
 * loads Plotly (about a second); the same spec always gives the same bytes. `label` is what a screen reader says.
 *
 * @throws Error as Plotly does when the spec isn't one.
 */
export function staticPlot(spec: PlotSpec, label = ""): Promise<string> {
  // One page draws for all: two plots at a time would share its text measures and its ids.
  const result = queue.then(() => draw(spec, label));
  queue = result.catch(() => undefined);
  return result;
}

async function draw(spec: PlotSpec, label: string): Promise<string> {
  page ??= openPage();
  // Plotly adds its defaults to what it is given: it gets its own copy, made of objects of its own page.
  const copy = page.eval(`(${JSON.stringify(spec).replace(/\u2028|\u2029/g, " ")})`) as PlotSpec;
  const svg = await page.Plotly.toImage(copy, { format: "svg", imageDataOnly: true });
  return compactSvg(svg, page, JSON.stringify(spec), label);
}

function openPage(): PlotlyWindow {
  const { JSDOM, VirtualConsole } = load("jsdom") as typeof Jsdom;
  // A virtual console without listeners keeps Plotly's and jsdom's remarks away from the reader.
  const dom = new JSDOM("<!doctype html><body></body>", {
    runScripts: "outside-only",
    pretendToBeVisual: true,
    virtualConsole: new VirtualConsole(),
  });
  const window = dom.window as unknown as PlotlyWindow;
  giveCanvas(window);
  giveBoxes(window);
  window.URL.createObjectURL = () => "";
  // Heat maps then keep one pixel a cell, and the browser enlarges them without smoothing.
  Object.assign(window, { CSS: { supports: () => true } });
  window.eval(readFileSync(load.resolve("plotly.js-dist/plotly.js"), "utf8"));
  return window;
}

function giveCanvas(window: Jsdom.DOMWindow): void {
  const { createCanvas } = loadCanvas();
  const canvases = new WeakMap<HTMLCanvasElement, Canvas>();
  const canvasOf = (element: HTMLCanvasElement) => {
    const [width, height] = [Math.max(1, element.width), Math.max(1, element.height)];
    let canvas = canvases.get(element);
    if (canvas?.width !== width || canvas.height !== height) {
      canvas = createCanvas(width, height);
      canvases.set(element, canvas);
    }
    return canvas;
  };
  Object.assign(window.HTMLCanvasElement.prototype, {
    getContext(this: HTMLCanvasElement, kind: string) {
      return kind === "2d" ? canvasOf(this).getContext("2d") : null;
    },
    toDataURL(this: HTMLCanvasElement) {
      return enlarged(canvasOf(this)).toDataURL("image/png");
    },
  });
}

/** Side in pixels that a heat map's picture has at least. */
const LARGE = 512;

/**
 * The same picture with each pixel as a square of several. Plotly draws one pixel a cell and asks for enlargement without
 * smoothing, which many programs that draw SVG don't know; blocks of pixels stay sharp in all of them.
 */
function enlarged(canvas: Canvas): Canvas {
  const { width, height } = canvas;
  const factor = Math.ceil(LARGE / Math.max(width, height));
  if (factor <= 1) return canvas;
  const large = loadCanvas().createCanvas(width * factor, height * factor);
  const context = large.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, large.width, large.height);
  return large;
}

function giveBoxes(window: Jsdom.DOMWindow): void {
  const rectangle = ({ left, top, right, bottom }: Box) => ({
    left,
    top,
    right,
    bottom,
    x: left,
    y: top,
    width: right - left,
    height: bottom - top,
  });
  const nothing: Box = { left: 0, top: 0, right: 0, bottom: 0 };
  function boxOf(this: Element) {
    return rectangle(svgBox(this) ?? nothing);
  }
  Object.assign(window.SVGElement.prototype, {
    getBBox: boxOf,
    getBoundingClientRect: boxOf,
    getComputedTextLength(this: Element) {
      return boxOf.call(this).width;
    },
  });
}

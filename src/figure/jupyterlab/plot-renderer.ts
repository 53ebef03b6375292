import type { PlotSpec } from "../plot-spec";

/** What the renderer is told: it runs in the browser, where it can import nothing of vitlab's. */
export interface PlotRendererOptions {
  mimeType: string;
  /** Stands in bundles whose picture is to be replaced without a gap. */
  imageMimeType: string;
  /** Where Plotly is, relative to the script. */
  plotlyFile: string;
  /** The color of the texts of figures that have a second set of colors; others stay light on dark pages. */
  ink: string;
  /** What colors become on a dark page. */
  darkColors: Readonly<Record<string, string>>;
  darkBackground: string;
}

interface MimeModel {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What is used of Lumino's widget. */
interface Widget {
  readonly node: HTMLElement;
  dispose(): void;
}

type WidgetClass = new () => Widget;

/** JupyterLab's shared packages: version by version what makes them. */
type ShareScope = Readonly<Record<string, Record<string, { get(): Promise<() => unknown> | (() => unknown) }>>>;

interface Plotly {
  react(node: HTMLElement, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
  purge(node: HTMLElement): void;
}

/** What JupyterLab and Notebook 7 load an extension as: a container of Webpack's module federation. */
export interface LabExtension {
  init(scope: ShareScope): void;
  get(): Promise<() => unknown>;
}

/**
 * An extension of JupyterLab and Notebook 7 that replaces pictures without a gap, and draws plots: as the picture in the bundle, which is there at once and
 * suits the theme, until the pointer rests on it, and then as a graph with values, zoom and legend.
 *
 * Every new bundle takes the place of the one before, and nothing is added to the output, so what is saved is what the
 * kernel sent. `script` is the address that this function's text was loaded from: nothing outside of it may be used. A page
 * that may not fetch gives its own way of loading Plotly.
 */
export function plotRenderer(
  options: PlotRendererOptions,
  script: string,
  loadPlotly?: () => Promise<Plotly>,
): LabExtension {
  const { mimeType, imageMimeType, plotlyFile, ink, darkColors, darkBackground } = options;
  /** A pointer on its way across the page draws no graphs. */
  const REST = 150;
  let shared: ShareScope = {};
  let plotly: Promise<Plotly> | undefined;

  async function fetchPlotly(): Promise<Plotly> {
    const text = await (await fetch(new URL(plotlyFile, script))).text();
    // As a module, whatever loaders the page has.
    const module = { exports: {} as Plotly };
    new Function("module", "exports", "define", text)(module, module.exports, undefined);
    return module.exports;
  }

  /** A copy, because Plotly writes its defaults into what it draws, in the colors of the page. */
  function specFor(spec: unknown, node: Element): PlotSpec {
    const { font } = (spec as PlotSpec).layout as { font?: { color?: unknown } };
    const dark = font?.color === ink && getComputedStyle(node).colorScheme.includes("dark");
    const copy = JSON.parse(JSON.stringify(spec), (_, value) =>
      dark && typeof value === "string" ? (darkColors[value] ?? value) : value,
    ) as PlotSpec;
    if (dark) copy.layout.paper_bgcolor = darkBackground;
    return copy;
  }

  function rendererClass(Base: WidgetClass) {
    return class PlotRenderer extends Base {
      private readonly picture = document.createElement("img");
      private readonly graph = document.createElement("div");
      private readonly themes = new MutationObserver(() => this.drawn && this.draw());
      private readonly sizes = new ResizeObserver(() => this.drawn && this.fit());
      private resting: number | undefined;
      private spec: unknown;
      private wanted = "";
      private drawn = false;

      constructor() {
        super();
        Object.assign(this.node.style, { overflow: "auto", padding: "0" });
        Object.assign(this.picture.style, { display: "block", maxWidth: "100%", height: "auto" });
        this.node.append(this.picture, this.graph);
        this.picture.addEventListener("pointerenter", () => {
          this.resting = window.setTimeout(() => this.draw(), REST);
        });
        this.picture.addEventListener("pointerleave", () => window.clearTimeout(this.resting));
        this.themes.observe(document.body, { attributeFilter: ["data-jp-theme-name"] });
        this.sizes.observe(this.node);
      }

      async renderModel({ data }: MimeModel): Promise<void> {
        this.spec = data[mimeType];
        this.picture.alt = text(data["text/plain"]);
        const svg = text(data["image/svg+xml"]);
        if (svg) await this.show(`data:image/svg+xml,${encodeURIComponent(svg)}`);
        if (this.drawn || !svg) await this.draw();
      }

      override dispose(): void {
        window.clearTimeout(this.resting);
        this.themes.disconnect();
        this.sizes.disconnect();
        if (this.drawn) plotly?.then(({ purge }) => purge(this.graph));
        super.dispose();
      }

      private async show(source: string): Promise<void> {
        this.wanted = source;
        if (this.picture.src) await decoded(source);
        // A later one may have been faster.
        if (this.wanted === source) this.picture.src = source;
      }

      private async draw(): Promise<void> {
        plotly ??= (loadPlotly ?? fetchPlotly)();
        const { react } = await plotly;
        const { data, layout, config } = specFor(this.spec, this.node);
        await react(this.graph, data, layout, config);
        this.drawn = true;
        this.picture.style.display = "none";
        this.fit();
      }

      /** Makes a graph wider than its cell smaller as a whole, as the picture is. */
      private fit(): void {
        const { width, height } = (this.spec as PlotSpec).layout;
        if (typeof width !== "number" || typeof height !== "number") return;
        const scale = Math.min(1, this.node.clientWidth / width);
        Object.assign(this.graph.style, {
          width: `${width}px`,
          transformOrigin: "0 0",
          transform: scale < 1 ? `scale(${scale})` : "",
          marginRight: `${(scale - 1) * width}px`,
          marginBottom: `${(scale - 1) * height}px`,
        });
      }
    };
  }

  function imageRendererClass(Base: WidgetClass) {
    return class ImageRenderer extends Base {
      private readonly picture = document.createElement("img");
      private wanted = "";

      async renderModel({ data, metadata }: MimeModel): Promise<void> {
        const source = `data:image/png;base64,${text(data["image/png"])}`;
        this.wanted = source;
        if (this.picture.src) await decoded(source);
        // A later one may have been faster.
        if (this.wanted !== source) return;
        const { width, height } = (metadata["image/png"] ?? {}) as { width?: number; height?: number };
        if (width && height) Object.assign(this.picture, { width, height });
        this.picture.alt = text(data["text/plain"]);
        this.picture.src = source;
        this.node.append(this.picture);
      }
    };
  }

  /** Waits until a picture can be shown at once, so that none is missing for a frame when it takes another's place. */
  async function decoded(source: string): Promise<void> {
    const image = document.createElement("img");
    image.src = source;
    // What can't be decoded is shown as the broken picture that it is.
    await image.decode().catch(() => {});
  }

  /** A text of a bundle: a saved one may be a list of lines. */
  function text(value: unknown): string {
    return Array.isArray(value) ? value.join("") : typeof value === "string" ? value : "";
  }

  return {
    init(scope) {
      shared = scope;
    },
    async get() {
      const lumino = Object.values(shared["@lumino/widgets"] ?? {})[0];
      if (!lumino) throw new Error("vitlab-figures: this page shares no @lumino/widgets");
      const { Widget: Base } = (await lumino.get())() as { Widget: WidgetClass };
      const extension = (name: string, mimeType: string, Renderer: WidgetClass) => {
        const rendererFactory = { safe: true, mimeTypes: [mimeType], createRenderer: () => new Renderer() };
        return { id: `vitlab-figures:${name}`, dataType: "json", rank: 1, rendererFactory };
      };
      const extensions = [
        extension("plots", mimeType, rendererClass(Base)),
        extension("images", imageMimeType, imageRendererClass(Base)),
      ];
      return () => ({ __esModule: true, default: extensions });
    },
  };
}

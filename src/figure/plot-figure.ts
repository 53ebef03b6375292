import { inspect } from "node:util";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { inLanguage, type Words } from "../base/language";
import { plainLines } from "../base/plain-text";
import { adaptiveSvg } from "./adaptive-svg";
import type { Figure, MimeBundle } from "./figure";
import { shortFigureText } from "./figure-text";
import { aPositiveNumber, aText, figureOptions } from "./option-kinds";
import { PLOT_MIME } from "./plot-mime";
import type { PlotSpec } from "./plot-spec";
import { staticPlot } from "./static-plot";
import { svgToPng } from "./svg-to-png";
import { theme } from "./theme";

/** A figure with axes: a Plotly spec, interactive where Plotly is, and a static picture everywhere else. */
export class PlotFigure implements Figure {
  /** What the figure says in words, a fact a line. */
  readonly text: string;

  /** `text` says in words what the figure shows; `spec` is never changed. */
  constructor(
    readonly spec: PlotSpec,
    text: string,
  ) {
    this.text = shortFigureText(plainLines(text));
  }

  /** The figure as an SVG document. The same spec gives the same bytes. */
  svg(): Promise<string> {
    return staticPlot(this.spec, this.text.split("\n")[0]);
  }

  /** The figure as a PNG file, `scale` (2 unless told) pixels for one of the layout's. */
  async png(options: { scale?: number } = {}): Promise<Buffer> {
    const { scale = 2 } = figureOptions("png", options, { scale: aPositiveNumber });
    return svgToPng(await this.svg(), scale);
  }

  /**
   * The spec for vitlab's own renderer, a picture, and words. The picture suits light and dark pages where the spec has the
   * figures' inks; of others nobody knows what can be read on dark: they stay light.
   */
  async bundle(): Promise<MimeBundle> {
    const svg = await this.svg();
    const { font } = this.spec.layout as { font?: { color?: unknown } };
    const picture = font?.color === theme.ink ? adaptiveSvg(svg) : svg;
    return {
      data: { [PLOT_MIME]: this.spec, "image/svg+xml": picture, "text/plain": this.text },
      metadata: {},
    };
  }

  /** The spec: what `JSON.stringify(figure)` writes. */
  toJSON(): PlotSpec {
    return this.spec;
  }

  /** How a notebook shows the figure that is the value of a cell: IPython's name for data and metadata. */
  async _repr_mimebundle_(): Promise<[MimeBundle["data"], MimeBundle["metadata"]]> {
    const { data, metadata } = await this.bundle();
    return [data, metadata];
  }

  /** What Node prints of it. */
  [inspect.custom](): string {
    return this.text;
  }
}

/**
 * Makes a figure of any Plotly spec (schema of version 3).
 *
 * `title` is what the figure says in words where it can't be seen.
 *
 * @example
 * ```ts
 * import { plot } from "vitlab";
 *
 * const figure = plot({ data: [{ type: "scatter", x: [1, 2], y: [3, 4] }], layout: {} }, { title: "Two points" });
 * console.log(figure.text, (await figure.svg()).includes("<svg"));
 * // Two points
 * // 1 trace (scatter) true
 * ```
 */
export function plot(spec: PlotSpec, options: { title?: Words } = {}): PlotFigure {
  const { title: given } = figureOptions("plot", options, { title: aText });
  if (!Array.isArray(spec?.data) || typeof spec.layout !== "object" || spec.layout === null)
    throw new VitlabError(`plot takes a Plotly spec { data: [{ y: [1, 2] }], layout: {} }; got ${show(spec)}`);
  const title = given ?? titleOf(spec);
  const kinds = [...new Set(spec.data.map((trace) => String(trace.type ?? "scatter")))].join(", ");
  return new PlotFigure(
    spec,
    inLanguage({
      en: `${title || "Plot"}\n${spec.data.length} ${spec.data.length === 1 ? "trace" : "traces"} (${kinds})`,
      zh: `${title || "图"}\n${spec.data.length} 条数据（${kinds}）`,
    }),
  );
}

function titleOf(spec: PlotSpec): string {
  const title = spec.layout.title as { text?: string } | string | undefined;
  return (typeof title === "string" ? title : title?.text) ?? "";
}

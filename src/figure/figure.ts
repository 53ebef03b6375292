/** The same figure in several formats, keyed by MIME type: a viewer takes the richest that it knows. */
export interface MimeBundle {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/** Anything `show` can show and `saveFigure` can save. */
export interface Figure {
  /** What the figure says in words, for terminals and screen readers. */
  readonly text: string;
  /** The figure as a PNG file. */
  png(): Promise<Buffer>;
  /** The figure as an SVG document that needs nothing outside itself. */
  svg(): Promise<string>;
  /** The figure in every format that a notebook may need. */
  bundle(): Promise<MimeBundle>;
}

/** Whether a value is a figure. */
export function isFigure(given: unknown): given is Figure {
  const { text, bundle } = (given ?? {}) as Partial<Figure>;
  return typeof text === "string" && typeof bundle === "function";
}

/** A figure as plain data in Plotly's schema (version 3): what Plotly draws in a browser, and here without one. */
export interface PlotSpec {
  data: Record<string, unknown>[];
  layout: Record<string, unknown>;
  config?: Record<string, unknown>;
}

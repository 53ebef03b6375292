import { Widget } from "./widget";

export interface AnyWidgetSource {
  /** An ES module whose default export has `render({ model, el })`, as anywidget defines it. */
  readonly esm: string;
  readonly css?: string;
}

/**
 * A widget of one's own: its front end is an ES module (`render({ model, el })`, see anywidget), its state is shared.
 *
 * Needs the anywidget package beside JupyterLab.
 */
export function anyWidget<State extends object>(
  source: AnyWidgetSource,
  state: State,
): Widget<State & { layout: string }> {
  const layout = new Widget(
    { module: "@jupyter-widgets/base", moduleVersion: "2.0.0", model: "LayoutModel", view: "LayoutView" },
    {},
  );
  const own = {
    _esm: source.esm,
    _css: source.css ?? "",
    _anywidget_id: "vitlab.any-widget",
    layout: layout.reference,
  };
  return new Widget({ module: "anywidget", moduleVersion: "~0.11.*", model: "AnyModel", view: "AnyView" }, {
    ...own,
    ...state,
  } as unknown as State & { layout: string });
}

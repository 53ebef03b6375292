import { createHash } from "node:crypto";
import { Layout } from "./controls/layout";
import { Widget } from "./widget";

/** What draws a widget of one's own. */
export interface AnyWidgetSource {
  /** An ES module whose default export has `render({ model, el })`, as anywidget defines it. */
  readonly esm: string;
  readonly css?: string;
}

/** What every `anyWidget` has beside a state of its own; a new `_esm` or `_css` is drawn at once. */
export interface AnyWidgetState {
  _esm: string;
  _css: string;
  layout: string;
}

/** A widget whose front end is an ES module; `anyWidget` makes one of a state alone. */
export class AnyWidget<State extends object> extends Widget<State & AnyWidgetState> {
  constructor(source: AnyWidgetSource, state: State) {
    const { esm, css = "" } = source;
    const layout = new Layout();
    const own = { _esm: esm, _css: css, _anywidget_id: sourceId(esm, css), layout: layout.reference };
    super({ module: "anywidget", moduleVersion: "~0.11.*", model: "AnyModel", view: "AnyView" }, { ...own, ...state }, [
      layout,
    ]);
  }
}

/**
 * A widget of one's own: its front end is an ES module (`render({ model, el })`, see anywidget), its state is shared.
 *
 * Needs the anywidget package beside JupyterLab.
 *
 * @example
 * ```ts
 * import { anyWidget } from "vitlab";
 *
 * const esm = "export default { render({ model, el }) { el.textContent = model.get('count'); } };";
 * const counter = anyWidget({ esm }, { count: 0 });
 * counter.on("count", (count) => console.log("count", count)); // count 1
 * counter.set({ count: 1 });
 * ```
 */
export function anyWidget<State extends object = object>(
  source: AnyWidgetSource,
  state: State = {} as State,
): Widget<State & AnyWidgetState> {
  return new AnyWidget(source, state);
}

/** anywidget keeps one style element for each id: widgets of other sources must not share it. */
function sourceId(esm: string, css: string): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([esm, css]))
    .digest("hex");
  return `vitlab.any-widget.${digest.slice(0, 16)}`;
}

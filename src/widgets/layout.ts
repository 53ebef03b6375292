import { Widget } from "./widget";

/** The layout that every widget which is shown refers to. */
export function newLayout(): Widget<object> {
  const base = { module: "@jupyter-widgets/base", moduleVersion: "2.0.0" };
  return new Widget({ ...base, model: "LayoutModel", view: "LayoutView" }, {});
}

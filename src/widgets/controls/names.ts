import type { WidgetNames } from "../widget";

/** The package of most widgets, at the version of ipywidgets 8. */
export const CONTROLS = { module: "@jupyter-widgets/controls", moduleVersion: "2.0.0" };
/** The package of layouts and of what all views share. */
export const BASE = { module: "@jupyter-widgets/base", moduleVersion: "2.0.0" };

/** The model and view of a widget of ipywidgets, after its name. */
export function controlNames(name: string, view = name): WidgetNames {
  return { ...CONTROLS, model: `${name}Model`, view: `${view}View` };
}

/** The model of a style. */
export function styleNames(name: string): WidgetNames {
  return {
    ...CONTROLS,
    model: `${name}Model`,
    view: "StyleView",
    viewModule: BASE.module,
    viewModuleVersion: BASE.moduleVersion,
  };
}

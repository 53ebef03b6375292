/**
 * `vitlab/widgets`: controls in a notebook.
 *
 * @module
 */
export { AnyWidget, type AnyWidgetSource, type AnyWidgetState, anyWidget } from "./any-widget";
export { Output as OutputWidget, outputWidget } from "./controls/output";
export {
  Interaction,
  type Interactive,
  type InteractiveValue,
  type InteractiveValues,
  interact,
} from "./interact";
export type { Shorthand } from "./shorthand";
export { type SliderOptions, slider } from "./slider";
export { Widget, type WidgetNames, type Wire } from "./widget";
export * as widgets from "./widgets";

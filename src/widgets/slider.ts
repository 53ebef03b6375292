import { checkOptions, type OptionNames } from "../base/check-options";
import { VitlabError } from "../base/error";
import { newLayout } from "./layout";
import { Widget } from "./widget";

const CONTROLS = { module: "@jupyter-widgets/controls", moduleVersion: "2.0.0" };
const BASE = { module: "@jupyter-widgets/base", moduleVersion: "2.0.0" };

export interface SliderState {
  value: number;
  min: number;
  max: number;
  step: number;
  description: string;
  disabled: boolean;
  orientation: "horizontal" | "vertical";
  /** Whether the value follows while the handle moves, or only when it is let go. */
  continuous_update: boolean;
  readout: boolean;
  readout_format: string;
  behavior: string;
  layout: string;
  style: string;
}

export interface SliderOptions {
  /** Default: `min`. */
  readonly value?: number;
  /** Default: 1 between whole numbers, else a hundredth of the range. */
  readonly step?: number;
  readonly description?: string;
  readonly disabled?: boolean;
  readonly orientation?: "horizontal" | "vertical";
  readonly continuousUpdate?: boolean;
}

const OPTIONS: OptionNames<SliderOptions> = {
  value: true,
  step: true,
  description: true,
  disabled: true,
  orientation: true,
  continuousUpdate: true,
};

/**
 * A slider from `min` to `max`, as ipywidgets draws it: `slider(0, 11, { description: "block" })`.
 *
 * @throws VitlabError when `min` is above `max`, or the value outside of them.
 */
export function slider(min: number, max: number, options: SliderOptions = {}): Widget<SliderState> {
  checkOptions("slider", options, OPTIONS);
  if (!(min <= max)) throw new VitlabError(`slider(${min}, ${max}): give the smallest value first, then the largest`);
  const whole = Number.isInteger(min) && Number.isInteger(max);
  const { value = min, step = whole ? 1 : (max - min) / 100 } = options;
  if (!(value >= min && value <= max))
    throw new VitlabError(`slider(${min}, ${max}) starts at ${value}: give a value from ${min} to ${max}`);
  const integer = whole && Number.isInteger(step) && Number.isInteger(value);
  const layout = newLayout();
  const style = new Widget(
    {
      ...CONTROLS,
      model: "SliderStyleModel",
      view: "StyleView",
      viewModule: BASE.module,
      viewModuleVersion: BASE.moduleVersion,
    },
    { description_width: "", handle_color: null },
  );
  const kind = integer ? "IntSlider" : "FloatSlider";
  return new Widget<SliderState>(
    { ...CONTROLS, model: `${kind}Model`, view: `${kind}View` },
    {
      value,
      min,
      max,
      step,
      description: options.description ?? "",
      disabled: options.disabled ?? false,
      orientation: options.orientation ?? "horizontal",
      continuous_update: options.continuousUpdate ?? true,
      readout: true,
      readout_format: integer ? "d" : ".2f",
      behavior: "drag-tap",
      layout: layout.reference,
      style: style.reference,
    },
    [layout, style],
  );
}

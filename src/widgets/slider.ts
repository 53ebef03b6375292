import { checkOptions, type OptionNames } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { Words } from "../base/language";
import { FloatSlider, IntSlider } from "./controls/sliders";

/** How a slider is made. */
export interface SliderOptions {
  /** Default: `min`. */
  readonly value?: number;
  /** Default: 1 between whole numbers, else a hundredth of the range. */
  readonly step?: number;
  readonly description?: Words;
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
 * A slider from `min` to `max`, as ipywidgets draws it: `slider(0, 11, { description: "block" })`. It is an `IntSlider`
 * where all is whole numbers, else a `FloatSlider`.
 *
 * @throws VitlabError when `min` is above `max`, or the value outside of them.
 *
 * @example
 * ```ts
 * import { slider } from "vitlab";
 *
 * const block = slider(0, 11, { value: 3, description: "block" });
 * block.on("value", (value) => console.log("block", value)); // block 5
 * block.value = 5;
 * ```
 */
export function slider(min: number, max: number, options: SliderOptions = {}): IntSlider | FloatSlider {
  checkOptions("slider", options, OPTIONS);
  if (!(min <= max)) throw new VitlabError(`slider(${min}, ${max}): give the smallest value first, then the largest`);
  const whole = Number.isInteger(min) && Number.isInteger(max);
  const { value = min, step = whole || min === max ? 1 : (max - min) / 100 } = options;
  if (!(value >= min && value <= max))
    throw new VitlabError(`slider(${min}, ${max}) starts at ${value}: give a value from ${min} to ${max}`);
  const isWhole = whole && Number.isInteger(step) && Number.isInteger(value);
  return new (isWhole ? IntSlider : FloatSlider)({ ...options, value, min, max, step });
}

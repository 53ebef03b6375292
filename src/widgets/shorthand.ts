import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { Checkbox, Text } from "./controls/inputs";
import { Dropdown } from "./controls/selection";
import { slider } from "./slider";

/** A widget with a value, such as `slider(0, 4)`. */
export interface Valued {
  get(name: "value"): unknown;
  on(name: "value", listener: () => void): () => void;
  readonly reference: string;
  close(): void;
}

/** What stands for a control: a range, choices, or its first value. */
export type Shorthand = boolean | number | string | readonly number[] | readonly string[];

/**
 * The control that ipywidgets' `interact` makes of a few words.
 *
 * @throws VitlabError when there is none for them.
 */
export function shorthandControl(name: string, given: unknown): Valued {
  if (typeof given === "boolean") return new Checkbox({ value: given });
  if (typeof given === "string") return new Text({ value: given });
  if (Number.isFinite(given)) return sliderAround(given as number);
  if (Array.isArray(given)) {
    if (given.length > 0 && given.every((one) => typeof one === "string")) return new Dropdown({ options: given });
    if ((given.length === 2 || given.length === 3) && given.every(Number.isFinite)) return range(name, given);
  }
  throw new VitlabError(
    `interact: ${name} is ${show(given)}: give a widget, [min, max] or [min, max, step], a list of texts, true or false, a text, or a number`,
  );
}

/** From -v to 3v, and from 0 to 1 around 0. */
function sliderAround(value: number): Valued {
  const ends = value === 0 ? [0, 1] : [-value, 3 * value];
  return slider(Math.min(...ends), Math.max(...ends), { value });
}

/** A slider that starts in the middle, on a step. */
function range(name: string, [min, max, step]: readonly number[]): Valued {
  if (!(min! <= max!) || (step !== undefined && step <= 0))
    throw new VitlabError(
      `interact: ${name} is [${[min, max, ...(step === undefined ? [] : [step])].join(", ")}]: give the smallest value first, then the largest, then a step above 0`,
    );
  const whole = Number.isInteger(min) && Number.isInteger(max);
  const middle = (max! - min!) / 2;
  const along = step === undefined ? (whole ? Math.floor(middle) : middle) : Math.floor(middle / step) * step;
  return slider(min!, max!, { value: min! + along, ...(step === undefined ? {} : { step }) });
}

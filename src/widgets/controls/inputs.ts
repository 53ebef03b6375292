import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { control } from "./control";
import { Layout } from "./layout";
import { controlNames } from "./names";
import { ButtonStyle, CheckboxStyle, DescriptionStyle, TextStyle } from "./styles";
import { choice, DESCRIBED, flag, number, optionalStep, SHOWN, text, whole, wholeStep, words } from "./traits";
import { withinBounds } from "./within-bounds";

/** On or off: `new widgets.Checkbox({ description: "smooth" })`. */
export class Checkbox extends control({
  name: "Checkbox",
  names: controlNames("Checkbox"),
  traits: {
    value: flag(false),
    ...DESCRIBED,
    disabled: flag(false),
    /** Whether it stands under the other controls, behind the room for a description. */
    indent: flag(true),
  },
  parts: { layout: Layout, style: CheckboxStyle },
}) {}

/** A line of text. */
export class Text extends control({
  name: "Text",
  names: controlNames("Text"),
  traits: {
    value: text(""),
    /** What is written while there is no text. The first one is a space without width, which keeps the line's height. */
    placeholder: words("\u200b"),
    ...DESCRIBED,
    disabled: flag(false),
    /** Whether the value follows while it is typed, or only with Enter and when the box is left. */
    continuousUpdate: flag(true),
  },
  parts: { layout: Layout, style: TextStyle },
}) {}

/** What boxes for numbers have. */
const NUMBER_BOX = {
  ...DESCRIBED,
  disabled: flag(false),
  /** Whether the value follows while it is typed, or only with Enter and when the box is left. */
  continuousUpdate: flag(false),
};

/** A box for a whole number: `new widgets.IntText({ value: 32, description: "dim" })`. */
export class IntText extends control({
  name: "IntText",
  names: controlNames("IntText"),
  traits: { value: whole(0), step: wholeStep(1), ...NUMBER_BOX },
  parts: { layout: Layout, style: DescriptionStyle },
}) {}

/** A box for a number. */
export class FloatText extends control({
  name: "FloatText",
  names: controlNames("FloatText"),
  traits: { value: number(0), step: optionalStep(), ...NUMBER_BOX },
  parts: { layout: Layout, style: DescriptionStyle },
}) {}

const ButtonBase = control({
  name: "Button",
  names: controlNames("Button"),
  traits: {
    description: words(""),
    ...SHOWN,
    disabled: flag(false),
    /** A name of FontAwesome's, such as "stop". */
    icon: text(""),
    buttonStyle: choice("", "primary", "success", "info", "warning", "danger"),
  },
  parts: { layout: Layout, style: ButtonStyle },
});

/** A button: `button.onClick(() => …)`. */
export class Button extends ButtonBase {
  readonly #listeners = new Set<() => void>();

  constructor(options: ConstructorParameters<typeof ButtonBase>[0] = {}) {
    super(options);
    this.onMessage((content) => {
      if ((content as { event?: unknown } | null)?.event === "click") this.click();
    });
  }

  /** Calls `listener` whenever the button is pressed; returns a function that stops it. */
  onClick(listener: () => void): () => void {
    if (typeof listener !== "function")
      throw new VitlabError(`onClick got ${show(listener)}: give a function that is called when the button is pressed`);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Does what a press of the button does. */
  click(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Buttons that count a value up by themselves, such as the frame of a film. */
export class Play extends control({
  name: "Play",
  names: controlNames("Play"),
  traits: {
    value: whole(0),
    min: whole(0),
    max: whole(100),
    step: wholeStep(1),
    /** Milliseconds between two values. */
    interval: wholeStep(100),
    playing: flag(false),
    /** Whether it begins anew at the end. */
    repeat: flag(false),
    showRepeat: flag(true),
    ...DESCRIBED,
    disabled: flag(false),
  },
  parts: { layout: Layout, style: DescriptionStyle },
  agree: withinBounds(),
}) {}

import { show } from "../../base/check-options";
import { inLanguage, isWords, type Words } from "../../base/language";
import { type Correction, control } from "./control";
import { Layout } from "./layout";
import { controlNames } from "./names";
import { DescriptionStyle, ToggleButtonsStyle } from "./styles";
import { choice, DESCRIBED, flag, type Trait, texts, wordsOfMany } from "./traits";

/** What can be chosen. */
export type Choice = string | number | boolean;

/** What can be chosen: the values, or pairs of what is written and the value. */
export type Choices<Value extends Choice = Choice> = readonly Value[] | readonly (readonly [Words, Value])[];

const isChoice = (value: unknown): value is Choice =>
  ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
const isPair = (value: unknown): value is readonly [Words, Choice] =>
  Array.isArray(value) && value.length === 2 && isWords(value[0]) && isChoice(value[1]);

const SELECTION = {
  /** What is chosen, the first unless told; null where nothing is. */
  value: {
    takes: (value) => value === null || isChoice(value),
    expected: "one of the options",
    first: null,
    wire: "index",
    write: (value, { options }) =>
      value === null ? null : pairs(options as Choices).findIndex(([, one]) => one === value),
    read: (index, { options }) =>
      index === null ? null : typeof index === "number" ? pairs(options as Choices)[index]?.[1] : undefined,
  } as Trait<Choice | null>,
  /** What can be chosen: values, or pairs of a label and a value. */
  options: {
    takes: (value) => Array.isArray(value) && (value.every(isChoice) || value.every(isPair)),
    expected: 'a list of choices, such as ["mean", "max"] or [["the mean", "mean"], ["the largest", "max"]]',
    first: [],
    wire: "_options_labels",
    write: (options: Choices) => pairs(options).map(([label]) => label),
    read: () => undefined,
  } as Trait<Choices>,
  ...DESCRIBED,
  disabled: flag(false),
};

type Selection = { value: Choice | null; options: Choices };

/** New options begin with their first one, as in ipywidgets. */
function amongOptions({ value, options }: Selection, asked: Partial<Selection>): readonly Correction[] {
  const values = pairs(options).map(([, one]) => one);
  const first = values[0] ?? null;
  if (asked.options && asked.value === undefined) return [{ name: "value", value: first }];
  if (value === null || values.includes(value)) return [];
  return [
    { name: "value", value: first, expected: values.length === 0 ? "options first" : `one of ${inWords(values)}` },
  ];
}

const DropdownBase = control({
  name: "Dropdown",
  names: controlNames("Dropdown"),
  traits: SELECTION,
  parts: { layout: Layout, style: DescriptionStyle },
  agree: amongOptions,
});

const ToggleButtonsBase = control({
  name: "ToggleButtons",
  names: controlNames("ToggleButtons"),
  traits: {
    ...SELECTION,
    /** Shown where the pointer rests on a button, in the order of the options. */
    tooltips: wordsOfMany(),
    /** Names of FontAwesome's, in the order of the options. */
    icons: texts(),
    buttonStyle: choice("", "primary", "success", "info", "warning", "danger"),
  },
  parts: { layout: Layout, style: ToggleButtonsStyle },
  agree: amongOptions,
});

/** Options whose value is one of those that can be chosen. */
type Of<Value extends Choice, Options> = Omit<Options, "value" | "options"> & {
  value?: NoInfer<Value> | null;
  options?: Choices<Value>;
};
type DropdownOptions = NonNullable<ConstructorParameters<typeof DropdownBase>[0]>;
type ToggleButtonsOptions = NonNullable<ConstructorParameters<typeof ToggleButtonsBase>[0]>;

/** A list of which one is chosen: `new widgets.Dropdown({ options: ["mean", "max"], description: "fusion" })`. */
export class Dropdown<Value extends Choice = Choice> extends DropdownBase {
  declare value: Value | null;

  constructor(options: Of<Value, DropdownOptions> = {}) {
    super(options);
  }
}

/** A row of buttons of which one is down. */
export class ToggleButtons<Value extends Choice = Choice> extends ToggleButtonsBase {
  declare value: Value | null;

  constructor(options: Of<Value, ToggleButtonsOptions> = {}) {
    super(options);
  }
}

function pairs(options: Choices): readonly (readonly [string, Choice])[] {
  return options.every(isPair)
    ? options.map(([label, value]) => [inLanguage(label), value])
    : (options as readonly Choice[]).map((value) => [String(value), value]);
}

function inWords(values: readonly Choice[]): string {
  const most = 12;
  const rest = values.length > most ? ", …" : "";
  return values.slice(0, most).map(show).join(", ") + rest;
}

import type { Words } from "../../base/language";
import {
  aFlag,
  aName,
  aNumber,
  aText,
  either,
  listOf,
  type OptionKind,
  oneOf,
  someTexts,
} from "../../figure/option-kinds";

/** One value of a widget that both sides share: what it is at first, what it may be, and how messages write it. */
export interface Trait<Value> extends OptionKind {
  readonly first: Value;
  /** Its name in messages, where that isn't its own in snake_case. */
  readonly wire?: string;
  /** The value as messages have it, where that is another; `all` are the widget's values. */
  write?(value: Value, all: Readonly<Record<string, unknown>>): unknown;
  /** What a message says of it, as a value that is checked then. */
  read?(written: unknown, all: Readonly<Record<string, unknown>>): unknown;
}

/** A value that a reader reads: it may be given in both languages, and the widget has one of them. */
export interface ReadTrait<Value, Given> extends Trait<Value> {
  told(given: Given): Value;
}

/** The values of a widget, each by its name. */
export type Traits = Readonly<Record<string, Trait<unknown>>>;

const aNull: OptionKind = { takes: (value) => value === null, expected: "null for none" };
const aWholeNumber: OptionKind = { takes: Number.isSafeInteger, expected: "a whole number" };

/** As ipywidgets and d3-format read it. */
const NUMBER_FORMAT = /^(.?[<>=^])?[+\-( ]?[$#]?0?\d*,?(\.\d+)?[efgrs%pbodxXc]?$/;

/** On or off. */
export function flag(first: boolean): Trait<boolean> {
  return { ...aFlag, first };
}

/** A text that is no reader's word, such as a property of CSS. */
export function text(first: string): Trait<string> {
  return { ...aName, first };
}

/** A text, null for the page's own. */
export function optionalText(): Trait<string | null> {
  return { ...either(aName, aNull), first: null };
}

/** One line or several that a reader reads. */
export function words(first: string): ReadTrait<string, Words> {
  return { ...aText, first };
}

/** Words, null for the page's own. */
export function optionalWords(): ReadTrait<string | null, Words | null> {
  const { told, ...kind } = either(aText, aNull);
  return { ...kind, told: told as (given: Words | null) => string | null, first: null };
}

/** A list of what a reader reads. */
export function wordsOfMany(): ReadTrait<readonly string[], readonly Words[]> {
  return { ...someTexts, first: [] };
}

/** On, off, or as the page has it. */
export function optionalFlag(): Trait<boolean | null> {
  return { ...either(aFlag, aNull), first: null };
}

/** A list of texts. */
export function texts(): Trait<readonly string[]> {
  return { ...listOf(aName, "a list of texts"), first: [] };
}

/** A finite number. */
export function number(first: number): Trait<number> {
  return { ...aNumber, first };
}

/** A whole number; of another one that a front end sends, the whole part. */
export function whole(first: number): Trait<number> {
  return { ...aWholeNumber, first, read: wholePart };
}

/** The length of a step: above 0. */
export function step(first: number): Trait<number> {
  return {
    takes: (value) => Number.isFinite(value) && (value as number) > 0,
    expected: "a number above 0",
    first,
  };
}

/** The length of a step, null for any. */
export function optionalStep(): Trait<number | null> {
  return { ...either(step(1), aNull), first: null };
}

/** The length of a step between whole numbers. */
export function wholeStep(first: number): Trait<number> {
  return {
    takes: (value) => Number.isSafeInteger(value) && (value as number) > 0,
    expected: "a whole number, 1 or more",
    first,
  };
}

/** How a number is written beside a slider. */
export function numberFormat(first: string): Trait<string> {
  return {
    takes: (value) => typeof value === "string" && NUMBER_FORMAT.test(value),
    expected: 'how a number is written, such as "d", ".2f" or ".1e"',
    first,
  };
}

/** One of several words, the first of them unless told. */
export function choice<const Words extends readonly [string, ...string[]]>(...words: Words): Trait<Words[number]> {
  return { ...oneOf(...words), first: words[0] };
}

/** What every widget has that is shown. */
export const SHOWN = {
  /** Shown where the pointer rests. */
  tooltip: optionalWords(),
  /** Whether the Tab key reaches it. */
  tabbable: optionalFlag(),
  /** Classes of CSS. */
  domClasses: { ...texts(), wire: "_dom_classes" } as Trait<readonly string[]>,
};

/** What every widget has that has a description beside it. */
export const DESCRIBED = {
  description: words(""),
  /** Whether the description is HTML. */
  descriptionAllowHtml: flag(false),
  ...SHOWN,
};

function wholePart(written: unknown): unknown {
  return typeof written === "number" ? Math.trunc(written) : written;
}

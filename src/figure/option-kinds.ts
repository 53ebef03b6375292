import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { type InBoth, inLanguage, isWords, type Words } from "../base/language";

/** What values an option takes, and how a message says so. */
export interface OptionKind {
  takes(value: unknown): boolean;
  /** After "give": "a number above 0". */
  expected: string;
  /** The value with its words in the language that is shown; left out where it has none. */
  told?(value: never): unknown;
}

/** The kind of each option of a figure; naming them all here is what refuses the others. */
export type OptionKinds<Options> = Readonly<Record<keyof Options, OptionKind>>;

/** Options whose words are those of one language. */
export type Told<Options> = { [Name in keyof Options]: ToldValue<Options[Name]> };

type ToldValue<Value> = Value extends string
  ? Value
  : Value extends InBoth
    ? string
    : Value extends readonly (Words | number)[] | Readonly<Record<number, Words>> | { readonly label: Words }
      ? Told<Value>
      : Value;

const isList = (value: unknown): value is unknown[] => Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";

/** One line or several, that a reader sees. */
export const aText = {
  takes: isWords,
  expected: 'a text in quotes, or one for each language, such as { en: "cat", zh: "猫" }',
  told: inLanguage,
} satisfies OptionKind;
/** A name that is no reader's word: a folder, a color. */
export const aName: OptionKind = { takes: isText, expected: "a text in quotes" };
/** On or off. */
export const aFlag: OptionKind = { takes: (value) => typeof value === "boolean", expected: "true or false" };
/** A number that can be drawn. */
export const aNumber: OptionKind = { takes: Number.isFinite, expected: "a finite number" };
/** A length or a factor. */
export const aPositiveNumber: OptionKind = {
  takes: (value) => Number.isFinite(value) && (value as number) > 0,
  expected: "a number above 0",
};
/** A length of time. */
export const aDuration: OptionKind = {
  takes: (value) => Number.isFinite(value) && (value as number) >= 0,
  expected: "a number, 0 or more",
};
/** A share of a whole. */
export const aShare: OptionKind = {
  takes: (value) => Number.isFinite(value) && (value as number) >= 0 && (value as number) <= 1,
  expected: "a number from 0 to 1",
};
/** A count of at least one. */
export const aCount: OptionKind = {
  takes: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  expected: "a whole number, 1 or more",
};
/** A name for each of several things. */
export const someTexts = {
  takes: (value: unknown): value is readonly Words[] => isList(value) && value.every(isWords),
  expected: 'a list of texts, such as ["cat", "dog"]',
  told: (texts: readonly Words[]): readonly string[] => texts.map(inLanguage),
} satisfies OptionKind;
/** What the figure itself reads, and refuses in its own words. */
export const anything: OptionKind = { takes: () => true, expected: "anything" };

/** One of several words. */
export function oneOf(...words: readonly string[]): OptionKind {
  return {
    takes: (value) => isText(value) && words.includes(value),
    expected: words.map((word) => `"${word}"`).join(" or "),
  };
}

/** Either of several kinds. */
export function either(...kinds: readonly OptionKind[]): OptionKind {
  return {
    takes: (value) => kinds.some((kind) => kind.takes(value)),
    expected: kinds.map(({ expected }) => expected).join(", or "),
    told: (value: never) => tell(kinds.find((kind) => kind.takes(value))!, value),
  };
}

/** A list whose entries are all of a kind. */
export function listOf(kind: OptionKind, expected: string): OptionKind {
  return {
    takes: (value) => isList(value) && value.every(kind.takes),
    expected,
    told: (values: readonly never[]) => values.map((value) => tell(kind, value)),
  };
}

/** A value that a kind takes, with its words in the language that is shown. */
export function tell(kind: OptionKind, value: unknown): unknown {
  return kind.told ? kind.told(value as never) : value;
}

/**
 * The options of a figure, their words in the language that is shown. Options that it doesn't have are refused, and values
 * that no such option takes; `undefined` is as good as none.
 *
 * @param what the function, as readers call it
 * @throws VitlabError naming the option.
 */
export function figureOptions<Options extends object>(
  what: string,
  options: Options,
  kinds: OptionKinds<Options>,
): Told<Options> {
  checkOptions(what, options, kinds);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const told = given.map(([name, value]) => {
    const kind = kinds[name as keyof Options];
    if (!kind.takes(value)) throw new VitlabError(`${what}: ${name} is ${show(value)}: give ${kind.expected}`);
    return [name, tell(kind, value)];
  });
  return Object.fromEntries(told) as Told<Options>;
}

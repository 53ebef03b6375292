import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";

/** What values an option takes, and how a message says so. */
export interface OptionKind {
  takes(value: unknown): boolean;
  /** After "give": "a number above 0". */
  expected: string;
}

/** The kind of each option of a figure; naming them all here is what refuses the others. */
export type OptionKinds<Options> = Readonly<Record<keyof Options, OptionKind>>;

const isList = (value: unknown): value is unknown[] => Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";

/** One line or several. */
export const aText: OptionKind = { takes: isText, expected: "a text in quotes" };
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
export const someTexts: OptionKind = {
  takes: (value) => isList(value) && value.every(isText),
  expected: 'a list of texts, such as ["cat", "dog"]',
};
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
  };
}

/** A list whose entries are all of a kind. */
export function listOf(kind: OptionKind, expected: string): OptionKind {
  return { takes: (value) => isList(value) && value.every(kind.takes), expected };
}

/**
 * Refuses options of a figure that it doesn't have, and values that no such option takes; `undefined` is as good as none.
 *
 * @param what the function, as readers call it
 * @throws VitlabError naming the option.
 */
export function checkFigureOptions<Options>(what: string, options: Options, kinds: OptionKinds<Options>): void {
  checkOptions(what, options, kinds);
  for (const [name, value] of Object.entries(options as Record<string, unknown>)) {
    const { takes, expected } = kinds[name as keyof Options];
    if (value !== undefined && !takes(value))
      throw new VitlabError(`${what}: ${name} is ${show(value)}: give ${expected}`);
  }
}

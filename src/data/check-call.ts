import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";

/** What an options object of a data set is checked against. */
export interface CallRules {
  /** How the function is called, with `…` for its options: `imageFolder(dir, …)`. */
  call: string;
  options: readonly string[];
  /** The option that somebody means who gives a bare number or text. */
  number?: string;
  text?: string;
  /** An example for everybody else, such as `{ count: 100 }`. */
  example: string;
}

const COUNT_WORDS = ["n", "num", "number", "amount", "length", "images", "samples", "limit"];

/**
 * Refuses options that are no object, or that nothing reads.
 *
 * @throws VitlabError with the call as it should be written.
 */
export function checkCall(given: unknown, { call, options, number, text, example }: CallRules): void {
  const name = call.replace(/\(.*/, "");
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const option = typeof given === "number" ? number : typeof given === "string" ? text : undefined;
    const object = option ? `{ ${option}: ${show(given)} }` : example;
    throw new VitlabError(`${name} takes an options object: ${call.replace("…", object)}; got ${show(given)}`);
  }
  const wrong = Object.keys(given).find((key) => !options.includes(key));
  if (wrong && options.includes("count") && COUNT_WORDS.includes(wrong.toLowerCase()))
    throw new VitlabError(`${name} has no option ${wrong}: did you mean count? the options are ${options.join(", ")}`);
  checkOptions(name, given, options);
}

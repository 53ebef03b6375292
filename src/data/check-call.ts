import { checkOptions, type OptionNames, show } from "../base/check-options";
import { VitlabError } from "../base/error";

/** What an options object of a data set is checked against. */
export interface CallRules<Options> {
  /** How the function is called, with `…` for its options: `imageFolder(dir, …)`. */
  call: string;
  options: OptionNames<Options>;
  /** The option that somebody means who gives a bare number or text. */
  number?: keyof Options & string;
  text?: keyof Options & string;
  /** An example for everybody else, such as `{ count: 100 }`. */
  example: string;
}

/**
 * Refuses options that are no object, or that nothing reads.
 *
 * @throws VitlabError with the call as it should be written.
 */
export function checkCall<Options>(
  given: Options,
  { call, options, number, text, example }: CallRules<NoInfer<Options>>,
): void {
  const name = call.replace(/\(.*/, "");
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const option = typeof given === "number" ? number : typeof given === "string" ? text : undefined;
    const object = option ? `{ ${option}: ${show(given)} }` : example;
    throw new VitlabError(`${name} takes an options object: ${call.replace("…", object)}; got ${show(given)}`);
  }
  checkOptions(name, given, options);
}

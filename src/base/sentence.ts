import { plainText } from "./plain-text";

const LONGEST = 3000;

/**
 * What an error says, which may quote what others wrote: one line that does nothing to a terminal, no longer than a page.
 *
 * What is too much is cut out of the middle: what is wrong stands before a quotation, what to do behind it.
 */
export function sentence(message: string): string {
  if (message.length <= LONGEST) return plainText(message);
  return plainText(`${message.slice(0, LONGEST / 2)} … ${message.slice(-LONGEST / 2)}`);
}

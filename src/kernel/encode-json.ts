// Taken before cells can change it.
const { stringify } = JSON;

/**
 * `value` as JSON in UTF-8, half of a surrogate pair (`"👍".slice(0, 1)`) as U+FFFD: no UTF-8 has it, and clients written
 * in Python fail over it, or write an empty file.
 *
 * Throws when `value` is no JSON.
 */
export function encodeJson(value: unknown): Buffer {
  const text = stringify(value);
  return Buffer.from(text.includes("\\ud") ? text.replace(ESCAPES, wellFormed) : text);
}

/** What JSON.stringify escapes, with the escaped backslash, after which `ud83d` is text that somebody wrote. */
const ESCAPES = /\\\\|\\ud[89a-f][0-9a-f]{2}/g;

function wellFormed(found: string): string {
  return found === "\\\\" ? found : "\ufffd";
}

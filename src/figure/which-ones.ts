import { plainText } from "../base/plain-text";

/** Numbers that one sentence names. */
const NAMED = 8;

/**
 * Which of many something holds of, in a sentence: "map 3 (rollout) is zero everywhere", "maps 0, 3 are zero everywhere";
 * none where it holds of none.
 */
export function whichOnes(
  noun: string,
  which: readonly number[],
  rest: string,
  names?: (index: number) => string | undefined,
): string[] {
  const [first] = which;
  if (first === undefined) return [];
  if (which.length > 1) {
    const more = which.length > NAMED ? ` and ${which.length - NAMED} more` : "";
    return [`${noun}s ${which.slice(0, NAMED).join(", ")}${more} are ${rest}`];
  }
  const name = names?.(first);
  return [`${noun} ${first}${name === undefined ? "" : ` (${plainText(name)})`} is ${rest}`];
}

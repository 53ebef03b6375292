import { type InBoth, inLanguage } from "../base/language";
import { plainText } from "../base/plain-text";

/** Numbers that one sentence names. */
const NAMED = 8;

/**
 * Which of many something holds of, in a sentence: "map 3 (rollout) is zero everywhere", "maps 0, 3 are zero everywhere";
 * none where it holds of none.
 */
export function whichOnes(
  noun: InBoth,
  which: readonly number[],
  rest: InBoth,
  names?: (index: number) => string | undefined,
): string[] {
  const [first] = which;
  if (first === undefined) return [];
  if (which.length > 1) {
    const [named, left] = [which.slice(0, NAMED).join(", "), which.length - NAMED];
    return [
      inLanguage({
        en: `${noun.en}s ${named}${left > 0 ? ` and ${left} more` : ""} are ${rest.en}`,
        zh: `${noun.zh} ${named}${left > 0 ? ` 等共 ${which.length} 个` : ""} ${rest.zh}`,
      }),
    ];
  }
  const name = names?.(first);
  const of = name === undefined ? "" : ` (${plainText(name)})`;
  return [inLanguage({ en: `${noun.en} ${first}${of} is ${rest.en}`, zh: `${noun.zh} ${first}${of} ${rest.zh}` })];
}

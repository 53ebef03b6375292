import { VitlabError } from "../base/error";
import type { Words } from "../base/language";
import { aText, either, listOf } from "./option-kinds";

/** Labels to set apart, by name or number. */
export type LabelHighlight = Words | number | readonly (Words | number)[];

const aLabel = either(aText, { takes: Number.isSafeInteger, expected: "a label's number" });

/** The same in the words of the labels that are drawn. */
type ToldLabels = string | number | readonly (string | number)[];

/** The option that names labels. */
export const aLabelHighlight = either(aLabel, listOf(aLabel, "a list of labels or their numbers"));

/**
 * The numbers of the labels to set apart.
 *
 * @param noun what each label is of, as in "bar"
 * @throws VitlabError when a label doesn't exist.
 */
export function highlightedLabels(labels: readonly string[], highlight: ToldLabels, noun: string): Set<number> {
  const wanted = Array.isArray(highlight) ? highlight : [highlight];
  return new Set(
    wanted.map((one: string | number) => {
      const index = typeof one === "number" ? one : labels.indexOf(one);
      if (!(index in labels))
        throw new VitlabError(`highlight ${JSON.stringify(one)} is no ${noun}: the labels are ${labels.join(", ")}`);
      return index;
    }),
  );
}

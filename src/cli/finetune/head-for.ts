import { fewNames, sameNames } from "../../data/name-lists";
import type { LoadedModel } from "../../recipes/load-model";
import type { ViT } from "../../vit/model";
import { withNewHead } from "../../vit/new-head";
import { answerFunction } from "../../vit/problem-type";

/** A model made ready for the classes of some images, and what was done about its head, in words. */
export function headFor(
  { model, classNames: known, named, newHead }: Pick<LoadedModel, "model" | "classNames" | "named" | "newHead">,
  classNames: readonly string[],
  seed: number,
): { model: ViT; note: string } {
  const chooses = answerFunction(model.config) === "softmax";
  const same = chooses && named && !newHead && sameNames(known, classNames);
  if (same) return { model, note: `the head stays: the model knows these ${known.length} classes already` };
  const fresh = withNewHead(model, classNames.length, { seed });
  model.dispose();
  const listed = named && known.length <= 20 ? ` (${known.join(", ")})` : "";
  const before = `that of ${known.length}${listed}${chooses ? "" : `, which does not choose one of them (${model.config.problemType})`}`;
  const place = newHead ? "takes the place of the missing one" : `replaces ${before}`;
  return {
    model: fresh,
    note: `a new head of ${classNames.length} classes (${fewNames(classNames)}) ${place}; it knows nothing yet`,
  };
}

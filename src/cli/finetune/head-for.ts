import { fewNames, sameNames } from "../../data/name-lists";
import type { ViT } from "../../vit/model";
import { withNewHead } from "../../vit/new-head";
import { answerFunction } from "../../vit/problem-type";
import type { GivenModel } from "../inputs/load-model";

/** A model made ready for the classes of some images, and what was done about its head, in words. */
export function headFor(
  { model, labels, labeled, newHead }: Pick<GivenModel, "model" | "labels" | "labeled" | "newHead">,
  classNames: readonly string[],
  seed: number,
): { model: ViT; note: string } {
  const chooses = answerFunction(model.config) === "softmax";
  const same = chooses && labeled && !newHead && sameNames(labels, classNames);
  if (same) return { model, note: `the head stays: the model knows these ${labels.length} classes already` };
  const fresh = withNewHead(model, classNames.length, { seed });
  model.dispose();
  const known = labeled && labels.length <= 20 ? ` (${labels.join(", ")})` : "";
  const before = `that of ${labels.length}${known}${chooses ? "" : `, which does not choose one of them (${model.config.problemType})`}`;
  const place = newHead ? "takes the place of the missing one" : `replaces ${before}`;
  return {
    model: fresh,
    note: `a new head of ${classNames.length} classes (${fewNames(classNames)}) ${place}; it knows nothing yet`,
  };
}

import type { ViT } from "../vit/model";
import { withNewHead } from "../vit/new-head";
import { loadModel } from "./load-model";

/** A model out of a folder, to be trained further. */
export interface OpenedModel {
  model: ViT;
  /** Empty where the folder doesn't name the classes. */
  classNames: readonly string[];
}

/** Opens what `vitlab train` wrote, or a folder in Hugging Face's format. */
export async function openModel(folder: string, say: (text: string) => void): Promise<OpenedModel> {
  const { model, labels, labelled } = await loadModel(folder, say);
  return { model, classNames: labelled ? labels : [] };
}

/** A model made ready for the classes of some images, and what was done about its head, in words. */
export function headFor(
  { model, classNames: before }: OpenedModel,
  classNames: readonly string[],
  seed: number,
): { model: ViT; note: string } {
  const same = before.join("\n") === classNames.join("\n");
  if (same) return { model, note: `the head stays: the model knows these ${before.length} classes already` };
  const fresh = withNewHead(model, classNames.length, { seed });
  model.dispose();
  const known = before.length > 0 && before.length <= 20 ? ` (${before.join(", ")})` : "";
  return {
    model: fresh,
    note:
      `a new head of ${classNames.length} classes (${classNames.join(", ")}) replaces that of ${model.config.classes}${known}; ` +
      "it knows nothing yet",
  };
}

import { isThenable, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { ImageDataset } from "../data/dataset";
import type { ViT } from "../vit/model";

/** @throws VitlabError unless the value is a model whose numbers are there. */
export function checkModel(what: string, model: ViT): void {
  if (isThenable(model)) throw new VitlabError(`the model of ${what} is a promise: await it first`);
  if (typeof model?.forward !== "function" || typeof model.config !== "object")
    throw new VitlabError(`${what} got ${show(model)} for a model: give a ViT, such as new ViT(presets.tiny)`);
  model.checkNotDisposed();
}

/**
 * @param name what the data set is called in the message
 * @param example how to give one
 * @throws VitlabError unless the value is a data set.
 */
export function checkIsDataset(name: string, dataset: ImageDataset, example: string): void {
  if (isThenable(dataset)) throw new VitlabError(`${name} is a promise: await it, as in ${example}`);
  const { length, images, labels, classNames } = (dataset ?? {}) as Partial<ImageDataset>;
  if (typeof length !== "number" || !images || !labels || !Array.isArray(classNames))
    throw new VitlabError(
      dataset === undefined || dataset === null
        ? `${name} is missing: give a data set, as in ${example}`
        : `${name} is ${show(dataset)}: give a data set, as in ${example}`,
    );
}

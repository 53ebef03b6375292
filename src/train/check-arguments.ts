import { isThenable, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { ImageDataset } from "../data/dataset";
import type { AnyDataset, Dataset } from "../data/examples";
import { Module } from "../nn/module";

/** @throws VitlabError unless the value is a model whose numbers are there. */
export function checkModel(what: string, model: Module): void {
  if (isThenable(model)) throw new VitlabError(`the model of ${what} is a promise: await it first`);
  if (!(model instanceof Module) || typeof model.forward !== "function")
    throw new VitlabError(
      `${what} got ${show(model)} for a model: give a module, such as new ViT(presets.tiny) or one of a class that extends Module`,
    );
  model.checkNotDisposed();
}

/**
 * @param name what the data set is called in the message
 * @param example how to give one
 * @throws VitlabError unless the value is a data set.
 */
export function checkIsDataset(name: string, dataset: AnyDataset, example: string): void {
  if (isThenable(dataset)) throw new VitlabError(`${name} is a promise: await it, as in ${example}`);
  const { length, images, labels, classNames, batch } = (dataset ?? {}) as Partial<ImageDataset & Dataset>;
  const isOne = batch !== undefined ? typeof batch === "function" : images && labels && Array.isArray(classNames);
  if (!Number.isSafeInteger(length) || !isOne)
    throw new VitlabError(
      dataset === undefined || dataset === null
        ? `${name} is missing: give a data set, as in ${example}`
        : `${name} is ${show(dataset)}: give a data set, as in ${example}`,
    );
}

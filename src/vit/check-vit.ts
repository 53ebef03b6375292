import { isThenable, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { ViT } from "./model";

/** @throws VitlabError unless what a call was given is a ViT that can be used. */
export function checkViT(call: string, model: ViT): void {
  if (isThenable(model)) throw new VitlabError(`the model of ${call} is a promise: await it first`);
  if (!(model instanceof ViT))
    throw new VitlabError(`${call} got ${show(model)} for its model: give a ViT, as loadModel gives it under model`);
  model.checkNotDisposed();
}

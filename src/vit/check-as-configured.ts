import { VitlabError } from "../base/error";
import type { Module } from "../nn/module";
import { ViT } from "./model";

/** Whether a model is a ViT that has the modules its config tells of, and no others. */
export function isAsConfigured(model: Module): model is ViT {
  return model instanceof ViT && model.replacedModules().length === 0;
}

/**
 * Refuses to write a model of which modules were replaced: what is read back is made by its config, which doesn't tell of them.
 *
 * @param what would be written, as in "a checkpoint"
 * @throws VitlabError naming the modules.
 */
export function checkAsConfigured(what: string, model: ViT): void {
  const replaced = model.replacedModules();
  if (replaced.length === 0) return;
  throw new VitlabError(
    `${replaced.join(", ")} of this model ${replaced.length === 1 ? "was" : "were"} replaced, which its config doesn't tell: ` +
      `${what} would be read back as another model; keep its weights alone, with saveSafetensors(path, model.stateDict())`,
  );
}

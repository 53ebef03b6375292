import { VitlabError } from "../base/error";
import type { Module } from "../nn/module";
import { ViT } from "./model";

/** Whether a model is a ViT that has the modules its config tells of, and no others. */
export function isAsConfigured(model: Module): model is ViT {
  return model instanceof ViT && unlikeConfig(model).length === 0;
}

/**
 * Refuses to write a model of which modules were replaced: what is read back is made by its config, which doesn't tell of them.
 *
 * @param what would be written, as in "a checkpoint"
 * @throws VitlabError naming the modules.
 */
export function checkAsConfigured(what: string, model: ViT): void {
  const others = unlikeConfig(model);
  if (others.length === 0) return;
  throw new VitlabError(
    `${others.join(", ")} of this model ${others.length === 1 ? "is" : "are"} of someone's own, which its config doesn't tell: ` +
      `${what} would be read back as another model; keep its weights alone, with saveSafetensors(path, model.stateDict())`,
  );
}

/** The modules that were replaced, and those that factories made. */
function unlikeConfig(model: Pick<ViT, "replacedModules" | "madeWith">): string[] {
  return [...model.madeWith, ...model.replacedModules()];
}

import { VitlabError } from "../../base/error";
import type { StateDict } from "../../nn/module";
import { ViT } from "../../vit/model";

/** A model of which some parts were made random. */
export interface RandomizedModel {
  /** Which parts, up to here: "head", "block 5 and after", …, "everything". */
  label: string;
  model: ViT;
}

/** @throws VitlabError when the model has modules of one's own, which can't be made anew from its config. */
export function checkRandomizable(model: ViT): void {
  const others = [...model.madeWith, ...model.replacedModules()];
  if (others.length === 0) return;
  throw new VitlabError(
    `${others.join(", ")} of this model ${others.length === 1 ? "is" : "are"} of one's own, so that random weights can't be drawn from its config: judge it with { sanity: false }`,
  );
}

/**
 * The same model with weights made random from the head down, one part more at a time (Adebayo et al., "Sanity Checks for
 * Saliency Maps", 2018, section 3.1, cascading randomization). The models belong to the caller's turn of the loop: each is
 * disposed before the next.
 *
 * @param seed of the random weights, drawn as ViT's (truncated normal, deviation 0.02)
 * @throws VitlabError when the model has modules of one's own, which can't be made anew from its config.
 */
export function* randomizedModels(model: ViT, seed: number): Generator<RandomizedModel> {
  checkRandomizable(model);
  // "mimetic" weights would attend as if trained.
  const fresh = new ViT({ ...model.config, initialization: "vit" }, { seed });
  const drawn = fresh.stateDict();
  fresh.dispose();
  const depth = model.blocks.length;
  const last = depth - 1;
  const parts: { label: string; isPart: (name: string) => boolean }[] = [
    { label: "head", isPart: (name) => name.startsWith("head.") || name.startsWith("norm.") },
    ...Array.from({ length: depth }, (_, i) => ({
      label: i === 0 ? `block ${last} and after` : `block ${last - i} and after`,
      isPart: (name: string) => name.startsWith(`blocks.${last - i}.`),
    })),
    { label: "everything", isPart: () => true },
  ];
  const state: StateDict = { ...model.stateDict() };
  for (const { label, isPart } of parts) {
    for (const [name, value] of Object.entries(drawn)) if (isPart(name)) state[name] = value;
    const random = new ViT(model.config, { seed: null });
    try {
      random.loadStateDict(state);
      yield { label, model: random };
    } finally {
      random.dispose();
    }
  }
}

import { isIndex } from "../base/check-number";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { ViT } from "../vit/model";

/** A place in the residual stream: what enters the first block, or what leaves a block, counted from 0. */
export type State = "embeddings" | number;

/** The named value of a state. */
export function stateName(model: ViT, state: State = model.blocks.length - 1): string {
  if (state === "embeddings") return "embeddings";
  if (isIndex(state, model.blocks.length)) return `blocks.${state}.output`;
  throw new VitlabError(
    `there is no state after block ${show(state)}: the model has blocks 0 to ${model.blocks.length - 1}, and "embeddings" is before the first`,
  );
}

/** "after block 3", "of the embeddings". */
export function stateInWords(model: ViT, state: State = model.blocks.length - 1): string {
  return state === "embeddings" ? "in the embeddings" : `after block ${state}`;
}

import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import type { ViT } from "../../vit/model";
import { chosenBlock } from "../choices";
import type { Axis } from "../explanation";

/** Which blocks are intervened in. */
export interface BlockChoice {
  /** Counted from 0. Default all. */
  blocks?: readonly number[];
}

/** @throws VitlabError when the model has no such block, or none or one twice is named. */
export function chosenBlocks(model: ViT, asked?: readonly number[]): number[] {
  if (asked === undefined) return model.blocks.map((_, i) => i);
  if (!Array.isArray(asked) || asked.length === 0 || new Set(asked).size < asked.length)
    throw new VitlabError(
      `blocks is ${Array.isArray(asked) ? `[${asked}]` : show(asked)}: give a list of blocks, each once, such as [0, ${model.blocks.length - 1}]`,
    );
  return asked.map((block) => chosenBlock(model, block));
}

/** The axis of the blocks, which names them where they aren't all. */
export function blockAxis(blocks: readonly number[], asked?: readonly number[]): Axis {
  return asked ? { name: "block", labels: blocks.map((block) => `block ${block}`) } : { name: "block" };
}

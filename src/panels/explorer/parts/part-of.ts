import { show } from "../../../base/check-options";
import { VitlabError } from "../../../base/error";
import type { ExplorerPart } from "../explorer-view";
import { blockPart } from "./block-parts";
import { firstParts } from "./first-parts";
import { lastParts } from "./last-parts";
import type { PartContext } from "./part-context";
import { BLOCK_PARTS } from "./part-names";

/**
 * A part of the model with the numbers of one token in its formula. `name` of the context is the part's name in a run; a part
 * of a block is one of the context's block.
 *
 * @throws VitlabError when there is no such part.
 */
export function partOf(context: PartContext): ExplorerPart {
  const { name } = context;
  const [, block, part] = /^blocks\.(\d+)\.(.+)$/.exec(name) ?? [];
  if (part !== undefined && (BLOCK_PARTS as readonly string[]).includes(part)) {
    const index = Number(block);
    if (index < context.run.model.blocks.length) return { name, ...blockPart({ ...context, block: index }, part) };
  }
  const of = firstParts[name] ?? lastParts[name];
  if (of) return { name, ...of(context) };
  throw new VitlabError(
    `there is no part ${show(name)} to open: give one such as "patchEmbeddings", "blocks.0.attention.scores" or "logits"`,
  );
}

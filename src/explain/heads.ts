import { VitlabError } from "../base/error";
import { SelfAttention } from "../nn/attention";
import type { ViT } from "../vit/model";

/** How many heads a block attends with: those that its attention was made with, where a factory made other ones. */
export function headsOf({ blocks, config }: ViT, block: number): number {
  const { attention } = blocks[block] as { attention?: unknown };
  return attention instanceof SelfAttention ? attention.heads : config.heads;
}

/** @throws VitlabError when some blocks have more heads than others, so that heads are no axis. */
export function commonHeads(model: ViT, blocks: readonly number[]): number {
  return commonCount(
    blocks.map((block) => headsOf(model, block)),
    blocks,
  );
}

/** The same of blocks whose heads were counted, by default all blocks. */
export function commonCount(counts: readonly number[], blocks: readonly number[] = [...counts.keys()]): number {
  const other = counts.findIndex((count) => count !== counts[0]);
  if (other < 0) return counts[0] as number;
  throw new VitlabError(
    `block ${blocks[0]} has ${counts[0]} heads and block ${blocks[other]} has ${counts[other]}: heads are compared between blocks that have as many`,
  );
}

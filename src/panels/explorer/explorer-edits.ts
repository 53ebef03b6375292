import type { Tensor } from "@tensorflow/tfjs-core";
import { maskPatches, shufflePatches, swapPatches } from "../../explain/intervening/patch-edits";
import { dropPositions, shufflePositions } from "../../explain/intervening/position-edits";
import type { Edit } from "../../nn/forward-context";
import { tf } from "../../tensor/tf";
import type { ViT } from "../../vit/model";
import type { ExplorerEdits } from "./explorer-state";

/**
 * The changes of an explorer as what `model.run` takes: `model.run(images, { edit: explorerEdits(model, state.edits) })`.
 *
 * @throws VitlabError when the model has no position embeddings to change.
 */
export function explorerEdits(model: ViT, edits: ExplorerEdits): Record<string, Edit> {
  const { swapped, shuffled, painted, positions, heads, mlps, blocks, temperature } = edits;
  const all: Record<string, Edit> = {};
  const onPatches = [
    ...swapped.map(([a, b]) => swapPatches(a, b)),
    ...(shuffled === null ? [] : [shufflePatches(shuffled)]),
    ...(painted.length > 0 ? [maskPatches(model, painted)] : []),
  ];
  if (onPatches.length > 0) all.patches = (value) => onPatches.reduce((patches, edit) => edit(patches), value);
  if (positions === "dropped") all.embeddings = dropPositions(model);
  else if (positions !== "kept") all.embeddings = shufflePositions(model, positions);
  if (temperature !== 1)
    model.blocks.forEach((_, i) => {
      all[`blocks.${i}.attention.scores`] = (scores) => tf.div(scores, temperature);
    });
  for (const block of new Set(heads.map(([block]) => block))) {
    const off = heads.flatMap(([other, head]) => (other === block ? [head] : []));
    all[`blocks.${block}.attention.heads`] = (value) => withoutHeads(value, off);
  }
  for (const block of mlps) all[`blocks.${block}.mlp.output`] = (value) => tf.zerosLike(value);
  for (const block of blocks) {
    let input: Tensor;
    all[`blocks.${block}.input`] = (value) => {
      input = value;
      return value;
    };
    all[`blocks.${block}.output`] = () => tf.clone(input);
  }
  return all;
}

/** What heads weigh together, `[batch, heads, tokens, headDim]`, with some of them silent. */
function withoutHeads(value: Tensor, off: readonly number[]): Tensor {
  const heads = value.shape[1] as number;
  const keep = Array.from({ length: heads }, (_, head) => (off.includes(head) ? 0 : 1));
  return tf.mul(value, tf.tensor(keep, [1, heads, 1, 1]));
}

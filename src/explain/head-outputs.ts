import { VitlabError } from "../base/error";
import { SelfAttention } from "../nn/attention";
import { dataOf } from "../tensor/data-of";
import { tf } from "../tensor/tf";
import type { ViT } from "../vit/model";
import type { Numbers } from "./look";

/**
 * What each head makes of numbers of its own, `[image, heads, tokens, headDim]`, in the residual stream: its part of the
 * output projection, without the bias: `[image, heads, tokens, dim]`. Heads of key and value that several of the query share
 * are taken for each of these.
 *
 * @throws VitlabError when the block's attention isn't a `SelfAttention`.
 */
export function headOutputs(model: ViT, block: number, { shape, data }: Numbers): Float32Array {
  const { heads, projection } = attentionOf(model, block);
  return dataOf(() => {
    const given = tf.tensor4d(data, shape as [number, number, number, number]);
    const [, groups, , headDim] = given.shape;
    const perHead = groups === heads ? given : tf.gather(given, headGroups(heads, groups), 1);
    const parts = tf.reshape(projection.weight, [1, heads, headDim, -1]);
    return tf.matMul(perHead, parts);
  });
}

/**
 * The attention of a block, where it is the usual one.
 *
 * @throws VitlabError when it is another module.
 */
export function attentionOf(model: ViT, block: number): SelfAttention {
  const attention = (model.blocks[block] as { attention?: unknown }).attention;
  if (attention instanceof SelfAttention) return attention;
  throw new VitlabError(
    `the attention of block ${block} is ${(attention as object | undefined)?.constructor.name ?? "missing"}: values are weighted for a SelfAttention only, whose heads have parts of the output projection`,
  );
}

/** For each head of the query the head of key and value that it shares. */
function headGroups(heads: number, groups: number): number[] {
  return Array.from({ length: heads }, (_, head) => Math.floor(head / (heads / groups)));
}

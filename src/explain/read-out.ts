import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { LayerNorm } from "../nn/layer-norm";
import { Linear } from "../nn/linear";
import { dataOf } from "../tensor/data-of";
import { tf } from "../tensor/tf";
import type { ViT } from "../vit/model";
import { type Numbers, numbersOf } from "./look";

/**
 * The head of a model on vectors of the residual stream, after the last normalization where there is one: `[..., dim]` to
 * `[..., classes]`, row by row.
 */
export function readOut(model: ViT, { shape, data }: Numbers): Numbers {
  const dim = shape.at(-1) as number;
  const logits = dataOf(() => {
    const states = tf.tensor(data, [data.length / dim, dim]) as Tensor2D;
    const normed = model.norm ? model.norm.forward(states as Tensor) : states;
    return model.head.forward(normed as Tensor2D);
  });
  return { shape: [...shape.slice(0, -1), model.config.classes], data: logits };
}

/** What of a model is linear behind the last block. */
export interface LinearHead {
  /** Scale and shift of the last normalization; null where there is none. */
  norm: { weight: Float32Array; bias: Float32Array; epsilon: number } | null;
  /** `[dim, classes]` */
  weight: Float32Array;
  bias: Float32Array;
}

/**
 * The parts of the last normalization and the head, where these are the usual ones.
 *
 * @throws VitlabError when the model has post-norm blocks, or other modules there.
 */
export function linearHead({ config, norm, head }: ViT): LinearHead {
  if (config.norm === "post")
    throw new VitlabError(
      "this model has post-norm blocks: each normalizes the sum of all before it, so that logits aren't a sum of parts; read block by block with logitLens instead",
    );
  if (!((head as unknown) instanceof Linear) || (norm && !((norm as unknown) instanceof LayerNorm)))
    throw new VitlabError(
      `this model ends with ${norm ? `${norm.constructor.name} and ` : ""}${head.constructor.name}: logits are sums of parts where it ends with LayerNorm and Linear`,
    );
  return {
    norm: norm && { weight: numbersOf(norm.weight).data, bias: numbersOf(norm.bias).data, epsilon: norm.epsilon },
    weight: numbersOf(head.weight).data,
    bias: head.bias ? numbersOf(head.bias).data : new Float32Array(config.classes),
  };
}

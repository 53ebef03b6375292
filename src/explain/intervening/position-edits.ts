import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../../base/error";
import { Random } from "../../base/random";
import type { Edit } from "../../nn/forward-context";
import { tf } from "../../tensor/tf";
import { checkViT } from "../../vit/check-vit";
import { placedTokens, prefixTokens } from "../../vit/config";
import { Embeddings } from "../../vit/embeddings";
import type { ViT } from "../../vit/model";
import { patchGridSize } from "../../vit/patches";
import { otherOrder } from "./other-order";

/**
 * An edit that takes the position embeddings of all tokens away: `model.run(images, { edit: { embeddings: dropPositions(model) } })`.
 *
 * @throws VitlabError when the model adds none to its tokens, or takes its tokens from a module of its own.
 *
 * @example
 * ```ts
 * import { datasetToTensor, dropPositions, presets, shapes, shufflePatches, tf, ViT } from "vitlab";
 *
 * // Without positions the order of patches says nothing.
 * const model = new ViT(presets.tiny);
 * const images = datasetToTensor(shapes({ count: 1 }));
 * const edit = { embeddings: dropPositions(model) };
 * const ordered = model.run(images, { edit }).logits;
 * const shuffled = model.run(images, { edit: { ...edit, patches: shufflePatches(1) } }).logits;
 * console.log(tf.sub(ordered, shuffled).abs().max().dataSync()[0] < 1e-4); // true
 * ```
 */
export function dropPositions(model: ViT): Edit {
  return otherPositions("dropPositions", model, (positions) => tf.zerosLike(positions));
}

/**
 * An edit that gives the patches each other's position embeddings, the same way for all images; the tokens in front keep theirs:
 * `model.run(images, { edit: { embeddings: shufflePositions(model, 1) } })`.
 *
 * @param seed chooses the order
 * @throws VitlabError when the model adds none to its tokens, takes its tokens from a module of its own, or has one patch only.
 */
export function shufflePositions(model: ViT, seed = 0): Edit {
  const start = new Random(seed);
  return otherPositions("shufflePositions", model, (positions) => {
    const first = placedTokens(model.config);
    const patches = positions.shape[0] - first;
    if (patches < 2)
      throw new VitlabError("shufflePositions got a single patch, which has no other place: leave it out");
    const front = Array.from({ length: first }, (_, i) => i);
    return tf.gather(positions, [...front, ...otherOrder(patches, start.clone()).map((place) => first + place)]);
  });
}

/** Puts others in the place of the positions that the embeddings add. */
function otherPositions(call: string, model: ViT, others: (positions: Tensor2D) => Tensor2D): Edit {
  checkViT(call, model);
  const { config, embeddings } = model;
  if (!((embeddings as unknown) instanceof Embeddings))
    throw new VitlabError(
      `${call} got a model whose tokens ${(embeddings as object).constructor.name} makes, of which it isn't known how it adds positions: edit "embeddings" yourself`,
    );
  const grid = patchGridSize(config.imageSize, config.patchSize);
  if (config.positions === "none")
    throw new VitlabError(`${call} got a model without position embeddings, which has none to change: leave it out`);
  return (value: Tensor) => {
    const positions = embeddings.positions(grid) as Tensor2D;
    const placed = positions.shape[0];
    const change = tf.sub(others(positions), positions) as Tensor2D;
    // Registers stand between the tokens in front and the patches, and have no place.
    const registers = prefixTokens(config) - placedTokens(config);
    const first = placedTokens(config);
    const all =
      registers === 0
        ? change
        : tf.concat([
            tf.slice(change, [0, 0], [first, config.dim]),
            tf.zeros([registers, config.dim]),
            tf.slice(change, [first, 0], [placed - first, config.dim]),
          ]);
    return tf.add(value, all);
  };
}

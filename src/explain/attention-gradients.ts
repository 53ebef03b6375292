import type { Scalar, Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { Edit } from "../nn/forward-context";
import { tf } from "../tensor/tf";
import type { ViT } from "../vit/model";
import { classesOf, type Numbers, numbersOf, tokenCount, tokenGrid } from "./look";
import { checkPerImage } from "./per-image";

/** Attention weights of some blocks, and how the logit of a class moves with each of them. */
export interface AttentionGradients {
  /** Of each block, `[image, heads, tokens, tokens]`. */
  weights: Numbers[];
  gradients: Numbers[];
  /** The class explained, one for each image. */
  classes: number[];
}

/**
 * The gradient of each image's class logit for the attention weights of blocks, each weight a free variable; nothing stays in
 * the engine.
 *
 * @param blocks which blocks
 * @param asked the class, or one for each image. Default: the one with the largest logit
 * @throws VitlabError when the model has no such class, computes no attention weights, or mixes images.
 */
export function attentionGradients(
  model: ViT,
  images: Tensor4D,
  blocks: readonly number[],
  asked: number | readonly number[] | undefined,
): AttentionGradients {
  checkPerImage(model);
  const grid = tokenGrid(model, images);
  const shape = [images.shape[0], model.config.heads, tokenCount(grid), tokenCount(grid)];
  const weights: Numbers[] = [];
  let classes: number[] = [];
  let thrown: { error: unknown } | undefined;
  const logitsOfClasses = (...moves: Tensor[]) => {
    const edit: Record<string, Edit> = {};
    blocks.forEach((block, i) => {
      edit[`blocks.${block}.attention.weights`] = (value) => {
        weights[i] = numbersOf(value);
        return tf.add(value, moves[i] as Tensor);
      };
    });
    try {
      const logits = model.forward(images, { edit });
      classes = classesOf(model, logits, asked);
      // No image's logits depend on another's weights: the gradient of their sum is that of each.
      return tf.sum(tf.mul(logits, tf.oneHot(classes, model.config.classes))) as Scalar;
    } catch (error) {
      // From a function that throws, TensorFlow.js would never free what it saved for the gradient.
      thrown = { error };
      return tf.sum(tf.stack(moves)) as Scalar;
    }
  };
  const gradients: Numbers[] = [];
  tf.tidy(() => {
    const still = blocks.map(() => tf.zeros(shape));
    for (const gradient of tf.grads(logitsOfClasses)(still)) gradients.push(numbersOf(gradient));
  });
  if (thrown) throw thrown.error;
  return { weights, gradients, classes };
}

import type { Scalar, Tensor, Tensor4D, Variable } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import type { Edit } from "../nn/forward-context";
import { tf } from "../tensor/tf";
import { variableGrads } from "../tensor/variable-grads";
import type { ViT } from "../vit/model";
import { headsOf } from "./heads";
import { checkTokens, classesOf, type Numbers, numbersOf, tokenCount, tokenGrid } from "./look";

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
 * @throws VitlabError when the model has no such class, or computes no attention weights between its tokens.
 */
export function attentionGradients(
  model: ViT,
  images: Tensor4D,
  blocks: readonly number[],
  asked: number | readonly number[] | undefined,
): AttentionGradients {
  const tokens = tokenCount(tokenGrid(model, images));
  const weights: Numbers[] = [];
  let classes: number[] = [];
  const logitsOfClasses = (moves: readonly Variable[]) => {
    const edit: Record<string, Edit> = {};
    blocks.forEach((block, i) => {
      const name = `blocks.${block}.attention.weights`;
      edit[name] = (value) => {
        checkTokens(name, value, model, images);
        const heads = headsOf(model, block);
        if (value.shape[1] !== heads)
          throw new VitlabError(
            `${name} is ${showShape(value.shape)}: expected ${heads} heads, as the model's config says`,
          );
        weights[i] = numbersOf(value);
        return tf.add(value, moves[i] as Variable);
      };
    });
    const logits = model.forward(images, { edit });
    classes = classesOf(model, logits, asked);
    // No image's logits depend on another's weights: the gradient of their sum is that of each.
    const chosen = tf.sum(tf.mul(logits, isChosen(classes, model.config.classes)));
    // TensorFlow.js refuses to take the gradient for what nothing reads; so it is read, and the gradient 0.
    const unread = tf.addN(moves.map((move) => tf.mul(tf.sum(move), 0)));
    return tf.add(chosen, unread) as Scalar;
  };
  const gradients: Numbers[] = [];
  const still = tf.tidy(() =>
    blocks.map((block) => tf.variable(tf.zeros([images.shape[0], headsOf(model, block), tokens, tokens]))),
  );
  try {
    tf.tidy(() => {
      const { grads } = variableGrads(() => logitsOfClasses(still), still);
      for (const move of still) gradients.push(numbersOf(grads[move.name] as Tensor));
    });
  } finally {
    tf.dispose(still);
  }
  return { weights, gradients, classes };
}

/** `[image, class]`, 1 at each image's class. `tf.oneHot` refuses a single one. */
function isChosen(chosen: readonly number[], classes: number): Tensor {
  const ones = new Float32Array(chosen.length * classes);
  chosen.forEach((one, image) => {
    ones[image * classes + one] = 1;
  });
  return tf.tensor2d(ones, [chosen.length, classes]);
}

import type { Tensor4D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { dataOf } from "../tensor/data-of";
import { tf } from "../tensor/tf";
import { asAnswers } from "../vit/as-answers";
import type { ViT } from "../vit/model";
import { answerFunction } from "../vit/problem-type";
import { checkWord } from "./choices";
import { classesOf, givenClasses, type Numbers } from "./look";
import { pixelsOf } from "./pixels-of";
import { rowOf } from "./row-of";

/** What is read of a model's answer: the probability of a class, or its logit. */
export type AnswerKind = "probability" | "logit";

/**
 * What was asked for, or what the model's answer is: probabilities, or where it answers with numbers (a regression) these.
 *
 * @throws VitlabError when probabilities are asked of a model that answers with numbers.
 */
export function checkAnswer(model: ViT, asked?: AnswerKind): AnswerKind {
  const none = answerFunction(model.config) === "none";
  const kind = checkWord("of", asked ?? (none ? "logit" : "probability"), ["probability", "logit"]);
  if (none && kind === "probability")
    throw new VitlabError("this model answers with numbers, not with probabilities of classes: ask for its logits");
  return kind;
}

/** Images at a time: what a forward pass of them takes fits into the processor's caches and every machine's memory. */
const AT_ONCE = 64;

/**
 * What a model answers to images that are made as they are needed: `[count, classes]`, row by row.
 *
 * @param count how many images
 * @param shape of one of them, `[height, width, channels]`
 * @param fill writes image i into its place
 * @throws VitlabError when probabilities are asked of a model that answers with numbers.
 */
export function answersTo(
  model: ViT,
  count: number,
  shape: readonly [number, number, number],
  kind: AnswerKind,
  fill: (i: number, pixels: Float32Array) => void,
): Float32Array {
  const { classes } = model.config;
  const size = shape[0] * shape[1] * shape[2];
  const all = new Float32Array(count * classes);
  for (let start = 0; start < count; start += AT_ONCE) {
    const some = Math.min(AT_ONCE, count - start);
    const pixels = new Float32Array(some * size);
    for (let i = 0; i < some; i++) fill(start + i, rowOf(pixels, i, size));
    tf.tidy(() => {
      const images = tf.tensor4d(pixels, [some, ...shape]);
      const answer = kind === "probability" ? model.predict(images) : model.forward(images);
      all.set(answer.dataSync(), start * classes);
    });
  }
  return all;
}

/** The logits of images that are at hand. */
export function logitsOf(model: ViT, images: Tensor4D): Numbers {
  const given = pixelsOf(images);
  const [batch, ...shape] = images.shape;
  const data = answersTo(model, batch, shape, "logit", (i, pixels) => pixels.set(given[i] as Float32Array));
  return { shape: [batch, model.config.classes], data };
}

/** What a model answers by logits that are at hand, `[..., classes]`. */
export function answersBy(model: ViT, { shape, data }: Numbers, kind: AnswerKind): Float32Array {
  return kind === "logit" ? data : dataOf(() => asAnswers(tf.tensor(data, shape), model.config));
}

/**
 * The class of each image: the one that was asked for, or the one with the largest logit, which stays the largest where
 * probabilities round to 1.
 *
 * @throws VitlabError as `classesOf` does.
 */
export function classesByLogits(model: ViT, images: Tensor4D, asked: number | readonly number[] | undefined): number[] {
  return asked === undefined
    ? classesOf(model, logitsOf(model, images), undefined)
    : givenClasses(model, images.shape[0], asked);
}

import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf";
import { answerFunction, type ProblemType } from "./problem-type";

/** What a model answers by its logits, `[..., classes]`: what `predict` gives. */
export function asAnswers<T extends Tensor>(logits: T, config: { problemType: ProblemType; classes: number }): T {
  const answer = answerFunction(config);
  return answer === "none" ? logits : answer === "sigmoid" ? tf.sigmoid(logits) : tf.softmax(logits);
}

/** What a model's answer means, by transformers' names. */
export const PROBLEM_TYPES = ["single_label_classification", "multi_label_classification", "regression"] as const;

/**
 * "single_label_classification": an image is of one of the classes; "multi_label_classification": of any number of them;
 * "regression": it has a value a label.
 */
export type ProblemType = (typeof PROBLEM_TYPES)[number];

/**
 * What makes answers of logits, as transformers' image-classification pipeline decides it: nothing for a regression; for
 * several labels at once, and for one alone, the sigmoid of each; else the softmax over all.
 */
export function answerFunction(config: { problemType: ProblemType; classes: number }): "softmax" | "sigmoid" | "none" {
  if (config.problemType === "regression") return "none";
  return config.problemType === "multi_label_classification" || config.classes === 1 ? "sigmoid" : "softmax";
}

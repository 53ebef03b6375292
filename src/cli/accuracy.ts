import type { Evaluation } from "../train/evaluate";

/** A share of 1 as per cent; a dash where there is nothing to share. */
export function percent(share: number): string {
  return Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`;
}

/** What was measured on one part of a data set, beside what guessing among the classes gets. */
export function accuracySentence(
  split: string,
  { accuracy, loss, count }: Pick<Evaluation, "accuracy" | "loss" | "count">,
  classes: number,
): string {
  const right = Math.round(accuracy * count).toLocaleString("en-US");
  const all = count.toLocaleString("en-US");
  return `${split} accuracy ${percent(accuracy)} (${right} of ${all}; guessing gets ${percent(1 / classes)}), loss ${loss.toFixed(3)}`;
}

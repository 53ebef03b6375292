import type { DisplayBundle } from "../base/display-kind";
import type { Explanation } from "../explain/explanation";
import type { Judgement } from "../explain/judge/judgement";
import { drawExplanation, hasFigure } from "./draw-explanation";
import { drawJudgement } from "./draw-judgement";

/** An explanation as its figure, where there is one for its axes, and in its own words. */
export async function showExplanation(explanation: Explanation, words: string): Promise<DisplayBundle> {
  if (!hasFigure(explanation)) return { data: { "text/plain": words }, metadata: {} };
  const { data, metadata } = await drawExplanation(explanation).bundle();
  return { data: { ...data, "text/plain": words }, metadata };
}

/** A judgement as its figure, with the table in words. */
export async function showJudgement(judgement: Judgement, words: string): Promise<DisplayBundle> {
  const { data, metadata } = await drawJudgement(judgement).bundle();
  return { data: { ...data, "text/plain": words }, metadata };
}

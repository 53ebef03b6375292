import { inLanguage } from "../base/language";
import { whole } from "../base/whole";
import { isBalanced } from "../data/class-counts";
import { fewNames } from "../data/name-lists";
import type { ClassResult, Evaluation } from "./evaluation";
import { percent } from "./percent";

/** An evaluation in a sentence: what was measured, what guessing gets there, and the classes that it says nothing about. */
export function describeEvaluation(measured: Evaluation, split?: string): string {
  const { accuracy, loss, count, majority, perClass } = measured;
  const right = whole(Math.round(accuracy * count));
  const balanced = isBalanced(majority, 1 / perClass.length);
  const who = balanced ? "" : ` the commonest class, ${majority.className},`;
  const what = split === undefined ? "" : `${split} `;
  const untested = untestedClasses(measured);
  const without = untested.length > 0 ? `; no images of ${fewNames(untested, 12)} were measured` : "";
  const guessing = `guessing${who} gets ${percent(majority.accuracy)}`;
  const guess = `${balanced ? "随机猜测" : `总猜最常见的类别 ${majority.className}`}可得 ${percent(majority.accuracy)}`;
  return inLanguage({
    en: `${what}accuracy ${percent(accuracy)} (${right} of ${whole(count)}; ${guessing}), loss ${loss.toFixed(3)}${without}`,
    zh: `${what}准确率 ${percent(accuracy)}（${whole(count)} 张中 ${right} 张；${guess}），损失 ${loss.toFixed(3)}${untested.length > 0 ? `；没有测到 ${fewNames(untested, 12)} 的图像` : ""}`,
  });
}

/** The names of the classes of which no image was measured. */
export function untestedClasses({ perClass }: Evaluation): string[] {
  return perClass.filter(({ count }) => count === 0).map(({ className }) => className);
}

/** The classes that a reader is shown: all that have images, or of very many the worst. */
export interface ShownClasses {
  shown: ClassResult[];
  /** Of how many the shown ones are the worst; null where all are shown. */
  worstOf: number | null;
}

/** With more classes a reader is shown the worst. */
export const MOST_SHOWN_CLASSES = 100;
const WORST_CLASSES = 20;

/** Chooses the classes to show. */
export function shownClasses({ perClass }: Evaluation): ShownClasses {
  const tested = perClass.filter(({ count }) => count > 0);
  return tested.length <= MOST_SHOWN_CLASSES
    ? { shown: tested, worstOf: null }
    : { shown: worstFirst(tested).slice(0, WORST_CLASSES), worstOf: tested.length };
}

/** Classes from the one that is named rightly least often. */
export function worstFirst(classes: readonly ClassResult[]): ClassResult[] {
  return [...classes].sort((a, b) => a.accuracy - b.accuracy || b.count - a.count);
}

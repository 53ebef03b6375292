import type { LearningRateEvent } from "./events";

/** What the schedule computes a step's learning rate from: the optimizer's own, or what it was last changed to before the step. */
export function baseRate(changes: readonly LearningRateEvent[], own: number, update: number): number {
  return changes.filter((change) => change.update < update).at(-1)?.learningRate ?? own;
}

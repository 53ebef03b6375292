import { DisplayKind } from "../base/display-kind";
import type { EpochEvent } from "./events";
import type { FitResult, TrainingSoFar } from "./fit-result";
import { percent } from "./percent";
import { duration } from "./plan";

/** How notebooks show a run, and what came of one. */
export const trainingDisplay = new DisplayKind<TrainingSoFar>();

/** How notebooks show epochs. */
export const historyDisplay = new DisplayKind<readonly EpochEvent[]>();

/** What came of a run, in a sentence. */
export function describeResult({ reason, history, steps, seconds, plan }: FitResult): string {
  const epochs = `${history.length} of ${plan.epochs} ${plan.epochs === 1 ? "epoch" : "epochs"}`;
  const end = reason === "finished" ? "finished" : `ended (${reason})`;
  return `training ${end} after ${epochs} and ${steps.toLocaleString("en-US")} steps in ${duration(seconds)}: ${describeHistory(history)}`;
}

/** What the last of some epochs came to, in words. */
export function describeHistory(history: readonly EpochEvent[]): string {
  const last = history.at(-1);
  if (!last) return "no whole epoch";
  const { trainLoss, validationLoss, validationAccuracy } = last;
  const loss = validationLoss === null ? "" : `, validation loss ${validationLoss.toFixed(3)}`;
  const accuracy = validationAccuracy === null ? "" : `, validation accuracy ${percent(validationAccuracy)}`;
  return `training loss ${trainLoss.toFixed(3)}${loss}${accuracy}`;
}

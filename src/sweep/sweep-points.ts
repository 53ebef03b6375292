import { lastEpochs } from "./last-epochs";
import { type FullPlan, monitored } from "./plan";
import type { ChosenSettings } from "./space";
import type { TrialEpoch, TrialState } from "./store";
import { type StudentInterval, studentInterval } from "./student-t";

/** A point of a sweep, and what came of it. */
export interface SweepPoint extends StudentInterval {
  /** From 0 on. */
  readonly point: number;
  readonly settings: ChosenSettings;
  /** One for each seed. */
  readonly trials: readonly TrialState[];
  /** Of how many of its trials there is a finite value; the mean, NaN where there is none, is of these. */
  readonly count: number;
  /** Whether these are the values of trials that came to their end; else they are those so far. */
  readonly isFinal: boolean;
  /** After how many epochs they were measured, the fewest of them. */
  readonly epochs: number;
}

/**
 * The points of a sweep by what is monitored, the best first. A mean over fewer seeds counts less, and so does a value of a
 * trial that didn't come as far.
 */
export function sweepPoints(
  { monitor }: Pick<FullPlan, "monitor">,
  trials: readonly TrialState[],
  epochs: readonly TrialEpoch[],
): SweepPoint[] {
  const last = lastEpochs(epochs);
  const byPoint = new Map<number, TrialState[]>();
  for (const trial of trials) byPoint.set(trial.point, [...(byPoint.get(trial.point) ?? []), trial]);
  const points = [...byPoint].map(([point, own]): SweepPoint => {
    const measured = own.flatMap((trial) => {
      const row = last.get(trial.id);
      return row && trial.state !== "failed" && isMeasured(row[monitor]) ? [{ trial, row, value: row[monitor] }] : [];
    });
    const ended = measured.filter(({ trial }) => trial.state === "done");
    const isFinal = ended.length > 0;
    const counted = isFinal ? ended : measured;
    return {
      point,
      settings: own[0]!.settings,
      trials: own,
      ...studentInterval(counted.map(({ value }) => value)),
      count: counted.length,
      isFinal,
      epochs: counted.length > 0 ? Math.min(...counted.map(({ row }) => row.epoch)) : 0,
    };
  });
  const worth = ({ count, isFinal }: SweepPoint) => (isFinal ? count : 0);
  const less = ({ mean }: SweepPoint) => (Number.isNaN(mean) ? Number.POSITIVE_INFINITY : monitored(monitor, mean));
  return points.sort(
    (a, b) =>
      worth(b) - worth(a) || (a.isFinal ? 0 : b.epochs - a.epochs) || compare(less(a), less(b)) || a.point - b.point,
  );
}

/** Infinity minus infinity isn't 0. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

export function isMeasured(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

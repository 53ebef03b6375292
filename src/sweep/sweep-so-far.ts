import { resolve } from "node:path";
import { DisplayKind, printAs } from "../base/display-kind";
import { VitlabError } from "../base/error";
import { lastEpochs } from "./last-epochs";
import { type FullPlan, monitored, type SweepPlan, withDefaults } from "./plan";
import type { SweepStore, TrialEpoch, TrialState, TrialStep } from "./store";
import { isLocked, whileReading } from "./sweep-file";
import { sweepPoints } from "./sweep-points";
import { describeSweep } from "./sweep-table";
import { trialFolder } from "./trial-folder";

/** One run of a sweep, and what became of it. */
export interface SweepTrial extends TrialState {
  /** Its folder, a model that `loadModel` opens. */
  readonly dir: string;
}

/** What a sweep has come to. */
export interface SweepSoFar {
  /** Its folder. */
  readonly dir: string;
  /** As it was given. */
  readonly plan: SweepPlan;
  readonly trials: readonly SweepTrial[];
  /** The numbers of all trials, epoch by epoch. */
  readonly epochs: readonly TrialEpoch[];
  /** Of the best point by `plan.monitor`, on average over its seeds, the best trial; null where none was measured. */
  readonly best: SweepTrial | null;
  /** The version of vitlab that began it. */
  readonly version: string;
  /** Trials at a time, when it began; 0 over Redis, where that changes. */
  readonly workers: number;
  /** Threads of each trial. */
  readonly threads: number;
}

/** How notebooks show what a sweep has come to. */
export const sweepDisplay = new DisplayKind<SweepSoFar>();

/**
 * What the sweep of a folder has come to, also while it runs.
 *
 * @throws VitlabError when the folder has none.
 */
export function readSweep(dir: string): SweepSoFar {
  return withStore(dir, (store) => {
    const sweep = sweepOf(store);
    if (isLocked(store.folder)) return sweep;
    // Nobody came to write down that they don't run any more.
    const trials = sweep.trials.map((trial) =>
      trial.state === "running" ? { ...trial, state: "paused" as const } : trial,
    );
    return shown({ ...sweep, trials });
  });
}

/**
 * The steps of a sweep's trials that were told of, up to 50 an epoch.
 *
 * @throws VitlabError when the folder has no sweep.
 */
export function readSweepSteps(dir: string): readonly TrialStep[] {
  return withStore(dir, (store) => store.steps());
}

/** What an open file says. */
export function sweepOf(store: SweepStore): SweepSoFar {
  const plan = JSON.parse(store.about("plan") ?? "null") as SweepPlan;
  const trials = store.trials().map((trial) => ({ ...trial, dir: trialFolder(store.folder, trial.id) }));
  const epochs = store.epochs();
  const best = bestTrial(withDefaults(plan), trials, epochs);
  const [workers, threads] = ["workers", "threads"].map((name) => Number(store.about(name))) as [number, number];
  return shown({
    dir: store.folder,
    plan,
    trials,
    epochs,
    best,
    version: store.about("version") ?? "",
    workers,
    threads,
  });
}

/** Has a notebook show the value as a table, and a terminal in words. */
export function shown<S extends SweepSoFar>(sweep: S): S {
  return sweepDisplay.mark(printAs(sweep, describeSweep), () => describeSweep(sweep));
}

/** The best trial of the best point. */
function bestTrial(plan: FullPlan, trials: readonly SweepTrial[], epochs: readonly TrialEpoch[]): SweepTrial | null {
  const [best] = sweepPoints(plan, trials, epochs);
  if (!best || best.count === 0) return null;
  const last = lastEpochs(epochs);
  const worth = ({ id }: Pick<SweepTrial, "id">) => {
    const value = last.get(id)?.[plan.monitor] ?? null;
    return value === null ? Number.POSITIVE_INFINITY : monitored(plan.monitor, value);
  };
  const of = best.trials.filter(({ state }) => (best.isFinal ? state === "done" : state !== "failed"));
  const { id } = of.reduce((a, b) => (worth(b) < worth(a) ? b : a));
  return trials.find((trial) => trial.id === id) ?? null;
}

function withStore<T>(dir: string, read: (store: SweepStore) => T): T {
  return whileReading(resolve(dir), (store) => {
    if (store.about("plan") === undefined)
      throw new VitlabError(`${dir} has a sweep that hasn't begun: its plan was refused, or is still being looked at`);
    return read(store);
  });
}

import type { Trial } from "./plan";
import type { TrialEpoch, TrialStep } from "./store";

/** To a worker, over Node's IPC channel. */
export type ToWorker =
  /** Says of each whether it could be trained, without training it. */
  | { readonly type: "check"; readonly data: string; readonly trials: readonly Trial[] }
  | ({ readonly type: "train" } & TrialWork)
  /** Ends the trial after its step, saved. */
  | { readonly type: "stop" };

/** What a worker needs to know to train a trial, or to go on with it. */
export interface TrialWork {
  /** As the plan has it. */
  readonly data: string;
  readonly trial: Trial;
  /** Where it is saved. */
  readonly folder: string;
  readonly untilEpoch: number;
}

/** From a worker. */
export type FromWorker =
  | { readonly type: "ready"; readonly engine: string }
  | { readonly type: "checked"; readonly problem: string | null }
  /** Numbers of a trial; those of a trial that goes on are told again. */
  | {
      readonly type: "measured";
      readonly trial: number;
      readonly epochs: readonly TrialEpoch[];
      readonly steps: readonly TrialStep[];
    }
  | WorkEnd;

/** How a worker's work came to its end. */
export type WorkEnd =
  /** The trial came to `epoch`, to its end of what was asked for or because it was stopped. */
  | { readonly type: "ended"; readonly trial: number; readonly epoch: number }
  | { readonly type: "failed"; readonly trial: number; readonly problem: string }
  /** Nothing is wrong with the trial, but it can't be saved. */
  | { readonly type: "stuck"; readonly trial: number; readonly problem: string }
  /** Another process has it, and doesn't leave it. */
  | { readonly type: "held"; readonly trial: number; readonly problem: string };

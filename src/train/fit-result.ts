import type { EpochEvent, LearningRateEvent } from "./events";
import type { BestEpoch } from "./monitor";
import type { TrainingPlan } from "./plan";

/** Why a run ended: all epochs done, early stopping, `stop()`, its signal, or an interrupt of the process. */
export type EndReason = "finished" | "early" | "stopped" | "aborted" | "interrupted";

/** What came of a run. */
export interface FitResult {
  reason: EndReason;
  /** Whole epochs, from the first, those before a resume included. */
  history: EpochEvent[];
  /** Changes of the learning rate by hand, those before a resume included. */
  rateChanges: readonly LearningRateEvent[];
  /** The best epoch by what early stopping or the checkpoint monitors; null where neither does. */
  best: BestEpoch | null;
  /** Steps taken in all. */
  steps: number;
  /** Wall-clock time of this run, planning and saving included, pauses left out. */
  seconds: number;
  plan: TrainingPlan;
}

/** What is shown of a run, or of what came of one: the epochs so far, and the plan. */
export interface TrainingSoFar {
  readonly history: readonly EpochEvent[];
  readonly plan: TrainingPlan | PromiseLike<TrainingPlan>;
}

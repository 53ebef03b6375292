import type { RunSettings } from "./checkpoint/recipe";
import type { EpochEvent, LearningRateEvent } from "./events";

/** What stays of a run without its model and its data. */
export interface RunRecord {
  /** The folder that it is saved in, or a number. */
  readonly name: string;
  readonly settings: RunSettings;
  /** Epochs so far: grows while the run goes on. */
  readonly history: readonly EpochEvent[];
  readonly rateChanges: readonly LearningRateEvent[];
}

/** Runs that are remembered. */
const MOST = 20;

const recent: RunRecord[] = [];
let count = 0;

/** The last runs of this process that took or may yet take a step, oldest first: also those that nobody holds any more. */
export function recentRuns(): readonly RunRecord[] {
  return [...recent];
}

/** Remembers a run, and forgets the oldest where there are too many. */
export function rememberRun({ name, ...rest }: Omit<RunRecord, "name"> & { name?: string }): void {
  count++;
  recent.push({ name: name ?? `run ${count}`, ...rest });
  recent.splice(0, recent.length - MOST);
}

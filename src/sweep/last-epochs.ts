import type { TrialEpoch } from "./store";

/** The last epoch of each trial that has one. */
export function lastEpochs(epochs: readonly TrialEpoch[]): ReadonlyMap<number, TrialEpoch> {
  const last = new Map<number, TrialEpoch>();
  for (const row of epochs) if (row.epoch > (last.get(row.trial)?.epoch ?? 0)) last.set(row.trial, row);
  return last;
}

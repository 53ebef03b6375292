import { join } from "node:path";

/** Where a trial is saved, in the folder of its sweep. */
export function trialFolder(sweep: string, trial: number): string {
  return join(sweep, "trials", String(trial));
}

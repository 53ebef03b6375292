import { epochsOf, type FullPlan } from "../plan";
import type { TrialEpoch, TrialState } from "../store";
import { type SweepPoint, sweepPoints } from "../sweep-points";
import { type ShownSetting, variedSettings } from "./varied-settings";

/** What the report knows of a sweep. */
export interface KnownSweep {
  readonly plan: FullPlan;
  /** Best first. */
  readonly points: readonly SweepPoint[];
  readonly best: SweepPoint | null;
  readonly settings: readonly ShownSetting[];
  /** One for each point, by which points are compared that weren't trained equally far. */
  readonly compared: { readonly values: readonly number[]; readonly epoch: number | null };
  readonly trials: readonly TrialState[];
  readonly epochs: readonly TrialEpoch[];
}

/** The points of a sweep, the best of them, and by what they are compared. */
export function knownSweep(plan: FullPlan, trials: readonly TrialState[], epochs: readonly TrialEpoch[]): KnownSweep {
  const points = sweepPoints(plan, trials, epochs);
  const best = points.find(({ count }) => count > 0) ?? null;
  const settings = variedSettings(
    plan.settings,
    points.map((point) => point.settings),
  );
  return { plan, points, best, settings, compared: compared(plan, points, epochs), trials, epochs };
}

/**
 * Of trials that ASHA gave up at different rungs only those of the first rung can be compared, which all came to; of others
 * the values at their end.
 */
function compared(
  { search, monitor, minEpochs }: FullPlan,
  points: readonly SweepPoint[],
  epochs: readonly TrialEpoch[],
): KnownSweep["compared"] {
  if (search !== "asha")
    return { values: points.map(({ isFinal, mean }) => (isFinal ? mean : Number.NaN)), epoch: null };
  const [first] = points[0]?.trials ?? [];
  const epoch = first ? Math.min(minEpochs, epochsOf(first)) : minEpochs;
  const atRung = new Map(epochs.filter((row) => row.epoch === epoch).map((row) => [row.trial, row[monitor]]));
  const valueAtRung = ({ id, state }: TrialState) => (state === "failed" ? Number.NaN : (atRung.get(id) ?? Number.NaN));
  return { values: points.map(({ trials: [trial] }) => valueAtRung(trial!)), epoch };
}

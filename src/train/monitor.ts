import { checkNotNegative } from "../base/check-number";
import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { EpochEvent } from "./events";

/** Which number of an epoch tells how good the model is. */
export interface MonitorOptions {
  /** "validationLoss", "validationAccuracy", "trainLoss" or the name of a metric. Default "validationLoss". */
  monitor?: string;
  /** Whether smaller or larger is better. Default "min" for losses, "max" for the accuracy; a metric needs it said. */
  mode?: "min" | "max";
  /** By how much a later epoch must be better to count. Default 0. */
  minDelta?: number;
}

/** The best epoch so far. */
export interface BestEpoch {
  /** Counted from 1. */
  epoch: number;
  monitor: string;
  value: number;
}

/** Options of a monitor with nothing left out. */
export type Monitor = Required<MonitorOptions>;

const MODES: Readonly<Record<string, "min" | "max">> = {
  validationLoss: "min",
  trainLoss: "min",
  validationAccuracy: "max",
};

/**
 * Fills in the defaults of a monitor.
 *
 * @param what the option that it is of, as messages call it
 * @throws VitlabError when it names no number of an epoch, or a metric without a mode.
 */
export function completeMonitor(
  what: string,
  options: MonitorOptions,
  known: { metrics: readonly string[]; hasValidation: boolean },
): Monitor {
  checkOptions(what, options, { monitor: true, mode: true, minDelta: true });
  const { monitor = "validationLoss", mode = MODES[monitor], minDelta = 0 } = options;
  const names = [...Object.keys(MODES), ...known.metrics];
  if (!names.includes(monitor))
    throw new VitlabError(`${what} monitors ${show(monitor)}, which no epoch tells: give one of ${names.join(", ")}`);
  if (monitor !== "trainLoss" && !known.hasValidation)
    throw new VitlabError(
      `${what} monitors ${monitor}, and there are no validation data: give them, or monitor trainLoss`,
    );
  if (mode !== "min" && mode !== "max")
    throw new VitlabError(
      `${what} monitors ${monitor} in mode ${show(mode)}: say "min" where smaller is better, "max" where larger is`,
    );
  checkNotNegative(`${what}.minDelta`, minDelta);
  return { monitor, mode, minDelta };
}

/** The best of some epochs; null where none tells the monitored number. */
export function bestEpoch(history: readonly EpochEvent[], { monitor, mode, minDelta }: Monitor): BestEpoch | null {
  let best: BestEpoch | null = null;
  for (const event of history) {
    const value = monitoredValue(event, monitor);
    if (value === null || Number.isNaN(value)) continue;
    const gain = best === null ? Number.POSITIVE_INFINITY : mode === "min" ? best.value - value : value - best.value;
    if (gain > minDelta) best = { epoch: event.epoch, monitor, value };
  }
  return best;
}

function monitoredValue(event: EpochEvent, monitor: string): number | null {
  if (Object.hasOwn(MODES, monitor)) return event[monitor as "validationLoss" | "trainLoss" | "validationAccuracy"];
  return event.metrics?.[monitor] ?? null;
}

import { plainText } from "../../base/plain-text";
import type { SweepEvent } from "../../sweep/conductor";
import type { SweepPlan } from "../../sweep/plan";
import { describeSettings, varied } from "../../sweep/space";
import type { TrialEpoch, TrialState } from "../../sweep/store";
import type { SweepSoFar } from "../../sweep/sweep-so-far";
import { describeSweep } from "../../sweep/sweep-table";
import { percent } from "../../train/percent";

/** Shows on stderr how a sweep gets on: a table that is drawn over on a terminal, a line for each trial elsewhere. */
export interface SweepDisplay {
  tell(event: SweepEvent): void;
  /** Removes the table, so that other text can follow. */
  clear(): void;
}

const REDRAW_MS = 1000;

/** A display for the terminal, or for a log file where stderr is none. */
export function sweepDisplay(
  { settings, seeds }: SweepPlan,
  read: () => SweepSoFar,
  stream: NodeJS.WriteStream = process.stderr,
): SweepDisplay {
  const names = varied(settings);
  const rows = new Map<number, TrialEpoch>();
  let lines = 0;
  let last = 0;
  const clear = () => {
    if (lines > 0) stream.write(`\x1b[${lines}A\x1b[J`);
    lines = 0;
  };
  const draw = () => {
    const [height, width] = [stream.rows || 24, stream.columns || 100];
    const text = describeSweep(read(), Math.max(3, height - 6))
      .split("\n")
      .map((line) => line.slice(0, width - 1));
    clear();
    stream.write(`${text.join("\n")}\n`);
    lines = text.length;
  };
  const describe = ({ id, seed, state, epochs, settings: all, error }: TrialState) => {
    const own = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
    const what = [describeSettings(own), ...((seeds?.length ?? 1) > 1 ? [`seed ${seed}`] : [])].filter(Boolean);
    const { validationLoss = null, validationAccuracy = null } = rows.get(id) ?? {};
    const numbers =
      validationLoss === null
        ? ""
        : `, validation loss ${validationLoss.toFixed(4)}, ${percent(validationAccuracy ?? Number.NaN)}`;
    const after = `after ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`;
    return `trial ${id + 1} (${what.join(", ")}) ${state} ${after}${error === null ? numbers : `: ${error}`}`;
  };
  const tell = (event: SweepEvent) => {
    if (event.type === "epoch") rows.set(event.trial, event.row);
    if (stream.isTTY) {
      if (Date.now() - last < REDRAW_MS) return;
      last = Date.now();
      draw();
    } else if (event.type === "trial" && event.trial.state !== "running")
      stream.write(`${plainText(describe(event.trial))}\n`);
  };
  return { tell, clear };
}

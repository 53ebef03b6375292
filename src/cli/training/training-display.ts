import type { StepEvent } from "../../train/events";
import { duration } from "../../train/plan";

/** Shows on stderr how an epoch gets on: a line drawn over on a terminal, one each tenth of a long epoch elsewhere. */
export interface TrainingDisplay {
  step(event: StepEvent): void;
  /** Removes the line, so that other text can follow. */
  clear(): void;
}

const BAR = 24;
const REDRAW_MS = 100;
const PLAIN_MS = 20_000;

/** A display for the terminal, or for a log file where stderr is none. */
export function trainingDisplay(stream: NodeJS.WriteStream = process.stderr): TrainingDisplay {
  let drawn = false;
  let last = Date.now();
  let pace = 0;
  let tenth = 0;
  const clear = () => {
    if (drawn) stream.write("\r\x1b[K");
    drawn = false;
  };
  const step = (event: StepEvent) => {
    const { epoch, epochs, step: done, stepsPerEpoch, update, totalSteps, loss, seconds } = event;
    // An average that forgets: a machine's pace changes.
    pace = pace === 0 ? seconds : 0.95 * pace + 0.05 * seconds;
    const left = `${duration(pace * (totalSteps - update))} left`;
    const text = `epoch ${epoch} of ${epochs}, step ${done} of ${stepsPerEpoch}, loss ${loss.toFixed(3)}, ${left}`;
    const now = Date.now();
    if (stream.isTTY) {
      if (now - last < REDRAW_MS && done < stepsPerEpoch) return;
      const full = Math.round((BAR * done) / stepsPerEpoch);
      stream.write(
        `\r\x1b[K${"█".repeat(full)}${"░".repeat(BAR - full)} ${text}`.slice(0, (stream.columns || 100) + 3),
      );
      drawn = true;
      last = now;
      return;
    }
    const reached = Math.floor((10 * done) / stepsPerEpoch);
    if (reached === tenth || now - last < PLAIN_MS) return;
    tenth = reached;
    last = now;
    stream.write(`${text}\n`);
  };
  return { step, clear };
}

import type { EpochEvent } from "../train/events";
import { percent } from "../train/percent";
import { describePlan, duration } from "../train/plan";
import type { FitResult, TrainingRun } from "../train/training-run";
import { listenForInterrupts } from "./interrupts";
import { trainingDisplay } from "./training-display";

/** A command that trains: what it says, and how it is ended. */
export interface TrainingSession {
  /** Prints a line for people: on stdout, or with `--json` on stderr. */
  say(text: string): void;
  /** Aborts with the first Ctrl-C, or when stdout is lost. */
  signal: AbortSignal;
  /** Tells a run as it goes; from here on Ctrl-C ends after the current step. */
  follow(run: TrainingRun): Promise<FitResult>;
  /** Says where a run that didn't finish stands, and how to go on with it. */
  sayStopped(result: FitResult, out: string): void;
  /** Makes the exit code that of the Ctrl-C, or 1. */
  fail(): void;
}

/** Runs a command that trains, with its display and its answer to Ctrl-C. */
export async function inTrainingSession(
  json: boolean,
  work: (session: TrainingSession) => Promise<void>,
): Promise<void> {
  const say = json ? (text: string) => void process.stderr.write(`${text}\n`) : console.log;
  const display = trainingDisplay();
  let training = false;
  const interrupts = listenForInterrupts((what) => {
    display.clear();
    if (what === "output") process.stderr.write("error: the output can't be written any more: stopping\n");
    if (!training) process.exit(interrupts.exitCode() ?? 1);
    if (what === "signal") process.stderr.write("stopping after this step; Ctrl-C once more ends at once\n");
  });
  const follow = async (run: TrainingRun) => {
    training = true;
    say(describePlan(await run.plan));
    for await (const event of run) {
      if (event.type === "step") display.step(event);
      else {
        display.clear();
        console.log(json ? JSON.stringify(epochLine(event)) : epochSentence(event));
      }
    }
    display.clear();
    return await run;
  };
  const fail = () => {
    process.exitCode = interrupts.exitCode() ?? 1;
  };
  const sayStopped = (result: FitResult, out: string) => {
    process.stderr.write(stoppedSentence(result, out));
    fail();
  };
  try {
    await work({ say, signal: interrupts.signal, follow, sayStopped, fail });
  } finally {
    display.clear();
    interrupts.end();
  }
}

function epochLine({
  epoch,
  trainLoss,
  validationLoss,
  validationAccuracy,
  seconds,
  learningRate,
  update,
}: EpochEvent) {
  return { epoch, trainLoss, validationLoss, validationAccuracy, seconds, learningRate, steps: update };
}

function epochSentence(event: EpochEvent): string {
  const { epoch, epochs, trainLoss, validationLoss, validationAccuracy, seconds } = event;
  const held = `validation loss ${validationLoss?.toFixed(3)}, accuracy ${percent(validationAccuracy ?? 0)}`;
  return `epoch ${epoch} of ${epochs}: training loss ${trainLoss.toFixed(3)}, ${held}, ${duration(seconds)}`;
}

function stoppedSentence({ history, steps, plan }: FitResult, out: string): string {
  const words = process.argv.slice(2).filter((word) => word !== "--overwrite" && word !== "--resume");
  const command = ["vitlab", ...words, "--resume"].map((word) => (/^[\w:=.,/-]+$/.test(word) ? word : `'${word}'`));
  return (
    `stopped after step ${steps} of ${plan.totalSteps} (${history.length} of ${plan.epochs} epochs done), saved in ${out}; ` +
    `go on with: ${command.join(" ")}\n`
  );
}

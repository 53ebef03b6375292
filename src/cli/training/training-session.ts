import { VitlabError } from "../../base/error";
import { type FolderLock, lockFolder } from "../../base/node/folder-lock";
import { hasCheckpoint } from "../../train/checkpoint/files";
import type { EpochEvent, LearningRateEvent } from "../../train/events";
import type { FitResult } from "../../train/fit-result";
import { percent } from "../../train/percent";
import { describePlan, duration } from "../../train/plan";
import type { TrainingRun } from "../../train/training-run";
import { lineFor, noteLine, printJson, printLine } from "../terminal/output";
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

/** The folder that a command writes its run into. */
export interface RunFolder {
  out: string;
  resume?: boolean;
  overwrite?: boolean;
}

/**
 * Runs a command that trains, with its display and its answer to Ctrl-C, and with its folder for itself.
 *
 * @throws VitlabError when the folder is in use, or holds a run that nothing was said about.
 */
export async function inTrainingSession(
  json: boolean,
  folder: RunFolder | null,
  work: (session: TrainingSession) => Promise<void>,
): Promise<void> {
  const say = lineFor(json);
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
    for (const line of describePlan(await run.plan).split("\n")) say(line);
    for await (const event of run) {
      if (event.type === "step") display.step(event);
      else {
        display.clear();
        if (event.type === "learningRate") say(rateSentence(event));
        else if (json) printJson(epochLine(event));
        else printLine(epochSentence(event));
      }
    }
    display.clear();
    return await run;
  };
  const fail = () => {
    process.exitCode = interrupts.exitCode() ?? 1;
  };
  const sayStopped = (result: FitResult, out: string) => {
    noteLine(stoppedSentence(result, out));
    fail();
  };
  let lock: FolderLock | undefined;
  try {
    if (folder) lock = await ownFolder(folder);
    await work({ say, signal: interrupts.signal, follow, sayStopped, fail });
  } finally {
    lock?.release();
    display.clear();
    interrupts.end();
  }
}

async function ownFolder({ out, resume, overwrite }: RunFolder): Promise<FolderLock> {
  const lock = await lockFolder(out, { overwrite, shared: true });
  if (resume || overwrite || !hasCheckpoint(out)) return lock;
  lock.release();
  throw new VitlabError(
    `${out} holds a run already: go on with it (--resume), replace it (--overwrite), or choose another folder (--out)`,
  );
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

function rateSentence({ learningRate, update }: LearningRateEvent): string {
  return `the learning rate was changed by hand to ${learningRate}, from step ${update + 1} on`;
}

function stoppedSentence({ history, steps, plan }: FitResult, out: string): string {
  const words = process.argv.slice(2).filter((word) => word !== "--overwrite" && word !== "--resume");
  const command = ["vitlab", ...words, "--resume"].map((word) => (/^[\w:=.,/-]+$/.test(word) ? word : `'${word}'`));
  return (
    `stopped after step ${steps} of ${plan.totalSteps} (${history.length} of ${plan.epochs} epochs done), saved in ${out}; ` +
    `go on with: ${command.join(" ")}`
  );
}

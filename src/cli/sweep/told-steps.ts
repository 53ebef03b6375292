import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { explainFileError } from "../../base/node/atomic-file";
import type { TrialStep } from "../../sweep/store";
import type { StepEvent } from "../../train/events";

/** So many steps of an epoch are told of, evenly. */
const OF_EPOCH = 50;

/** The file of a trial's folder that has its steps. */
const STEPS_FILE = "steps.jsonl";

/**
 * The steps of a trial that are told of.
 *
 * They are written down before the checkpoint behind them is: whoever goes on with the trial tells them again, and none is
 * missing, whichever process was killed and when. Steps that are taken again have the same numbers.
 */
export class ToldSteps {
  readonly #file: string;
  #untold: TrialStep[];

  constructor(
    folder: string,
    private readonly trial: number,
  ) {
    this.#file = join(folder, STEPS_FILE);
    this.#untold = existsSync(this.#file) ? readSteps(readFileSync(this.#file, "utf8")) : [];
  }

  add({ step, stepsPerEpoch, update, loss, learningRate, gradientNorm }: StepEvent): void {
    if (step % Math.ceil(stepsPerEpoch / OF_EPOCH) !== 0) return;
    const row: TrialStep = { trial: this.trial, step: update, loss, learningRate, gradientNorm };
    try {
      // The line ends what a killed writer left of the one before.
      appendFileSync(this.#file, `\n${JSON.stringify(row)}`);
    } catch (error) {
      throw explainFileError(error, this.#file);
    }
    this.#untold.push(row);
  }

  /** Those that weren't told yet. */
  take(): TrialStep[] {
    const steps = this.#untold;
    this.#untold = [];
    return steps;
  }
}

function readSteps(text: string): TrialStep[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as TrialStep];
    } catch {
      // What a killed writer left; the step is taken again.
      return [];
    }
  });
}

import { completePlan, epochsOf, type SweepPlan, type Trial } from "../../../src/sweep/plan";
import type { TrialEpoch, TrialState } from "../../../src/sweep/store";
import type { SweepSoFar, SweepTrial } from "../../../src/sweep/sweep-so-far";

/** What became of a trial: its values by epoch, and the state that it is in. */
export interface Fate {
  values: readonly (number | null)[];
  state?: TrialState["state"];
  error?: string;
}

/** A sweep as its file would hold it, of made-up numbers: `fate` says what became of each trial; a number is its last value. */
export function madeSweep(plan: SweepPlan, fate: (trial: Trial) => Fate | number): SweepSoFar {
  const { trials, monitor } = completePlan(plan);
  const fates = trials.map((trial) => {
    const given = fate(trial);
    if (typeof given !== "number") return given;
    return {
      values: Array.from({ length: epochsOf(trial) }, (_, at, last = epochsOf(trial) - 1) => given + last - at),
    };
  });
  const states = trials.map((trial, index): SweepTrial => {
    const { values, state = "done", error = null } = fates[index]!;
    return {
      ...trial,
      state,
      error,
      epochs: values.length,
      engine: "wasm",
      threads: 1,
      machine: "here",
      dir: `trials/${trial.id}`,
    };
  });
  const epochs = trials.flatMap(({ id }, index) =>
    fates[index]!.values.map((value, at): TrialEpoch => {
      const [loss, accuracy] = monitor === "validationLoss" ? [value, 0.5] : [1, value];
      const numbers = { trainLoss: 1, validationLoss: loss, validationAccuracy: accuracy, learningRate: 0.1 };
      return { trial: id, epoch: at + 1, ...numbers, steps: at + 1, seconds: 1 };
    }),
  );
  return { dir: "made", plan, trials: states, epochs, best: null, version: "0", workers: 1, threads: 1 };
}

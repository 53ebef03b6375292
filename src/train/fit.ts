import type { FitOptions } from "./fit-options";
import type { Trainable } from "./trainable";
import { TrainingRun } from "./training-run";
import { trainingSettings } from "./training-settings";

/**
 * Trains a model, any module that makes a tensor of a tensor, giving way to the event loop after each step.
 *
 * `await` the run for its result; iterate over it (`for await (const event of run)`) for each `step` and `epoch` as it
 * comes; or both. `run.plan` states the cost before the first step; `run.stop()` or the signal ends the run after the
 * current step, and the model keeps its weights. The same seed on the same engine gives the same losses to the bit.
 *
 * In a process that answers Ctrl-C itself, as a Jupyter kernel does, an interrupt ends the run in the same way.
 *
 * @throws VitlabError at once when an option is out of range or the data don't fit the model; the run itself rejects when
 *   a loss, gradient or weight is no longer finite (the weights from before that step stay), when a checkpoint can't be
 *   written, or when a saved run can't be resumed with these options.
 */
export function fit(model: Trainable, options: FitOptions): TrainingRun {
  return new TrainingRun(model, trainingSettings(model, options), options);
}

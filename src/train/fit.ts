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
 *
 * @example
 * ```ts
 * import { fit, shapes, ViT } from "vitlab";
 *
 * const config = { imageSize: 32, patchSize: 8, dim: 16, depth: 1, heads: 2, mlpDim: 32, classes: 10 };
 * const model = new ViT(config);
 * const run = fit(model, { train: shapes({ count: 40 }), epochs: 2, batchSize: 20 });
 * const { reason, steps, history } = await run;
 * console.log(reason, steps, history.length); // finished 4 2
 * ```
 *
 * @example Step by step, and stopped in the middle: the model keeps what it has learnt.
 * ```ts
 * import { fit, shapes, ViT } from "vitlab";
 *
 * const config = { imageSize: 32, patchSize: 8, dim: 16, depth: 1, heads: 2, mlpDim: 32, classes: 10 };
 * const run = fit(new ViT(config), { train: shapes({ count: 100 }), epochs: 50, batchSize: 10 });
 * for await (const event of run) {
 *   if (event.type === "step" && event.update === 3) run.stop();
 * }
 * const { reason, steps } = await run;
 * console.log(reason, steps); // stopped 3
 * ```
 *
 * @example Any module learns that makes a tensor of a tensor: here a line, y = 2 x + 1.
 * ```ts
 * import { fit, Linear, Random, sgd, tensorDataset, tf } from "vitlab";
 *
 * const line = new Linear(1, 1, { random: new Random(1) });
 * const train = tensorDataset(tf.tensor2d([[0], [1], [2]]), tf.tensor2d([[1], [3], [5]]));
 * const loss = (output: tf.Tensor, target: tf.Tensor) => tf.losses.meanSquaredError(target, output) as tf.Scalar;
 * await fit(line, { train, loss, epochs: 200, batchSize: 3, optimizer: sgd({ learningRate: 0.2 }) });
 * console.log(line.weight.dataSync()[0].toFixed(2), line.bias?.dataSync()[0].toFixed(2)); // 2.00 1.00
 * ```
 */
export function fit(model: Trainable, options: FitOptions): TrainingRun {
  return new TrainingRun(model, trainingSettings(model, options), options);
}

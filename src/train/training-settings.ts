import { checkWhole } from "../base/check-number";
import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { checkField } from "../base/field";
import { type BatchOptions, batchCount } from "../data/batches";
import { type AnyDataset, datasetName, isImageDataset } from "../data/examples";
import { type Mixing, type MixOptions, mixing } from "../data/mix";
import { checkPrecision, type Precision } from "../tensor/precision";
import { checkIsDataset, checkModel } from "./check-arguments";
import { checkDataset } from "./check-dataset";
import { type Callback, FIT_OPTIONS, type FitOptions, type TrainingOptions } from "./fit-options";
import { checkLossAndMetrics, type LossFunction, type Metric } from "./loss";
import { completeMonitor, type Monitor } from "./monitor";
import { asOptimizer } from "./optimizers/by-name";
import type { OptimizerRule } from "./optimizers/optimizer";
import { type RateScale, rateScale } from "./rate-scale";
import { constant, type Schedule } from "./schedules";
import { configOf, type Trainable } from "./trainable";
import { TRAINING_FIELDS } from "./training-fields";

/** Training options with nothing left out, and what follows from them. */
export interface TrainingSettings {
  train: AnyDataset;
  validation: AnyDataset | null;
  epochs: number;
  /** Null for cross-entropy. */
  loss: LossFunction | null;
  metrics: Readonly<Record<string, Metric>>;
  /** Examples computed at a time. */
  batchSize: number;
  /** Batches of a step. */
  accumulate: number;
  recompute: boolean;
  precision: Precision;
  optimizer: OptimizerRule;
  schedule: Schedule;
  augment: TrainingOptions["augment"];
  mix: { options: MixOptions; mixing: Mixing } | null;
  labelSmoothing: number;
  clipNorm: number | null;
  /** Decay of the average of weights, or null. */
  ema: number | null;
  rates: RateScale | null;
  earlyStopping: { patience: number; monitor: Monitor } | null;
  /** What the checkpoint keeps the weights of the best epoch by. */
  best: Monitor | null;
  callbacks: readonly Callback[];
  seed: number;
  stepsPerEpoch: number;
  totalSteps: number;
}

const EXAMPLE = "fit(model, { train: await cifar10(), epochs: 5 })";

/**
 * Fills in the defaults and checks that data and model fit together.
 *
 * @throws VitlabError naming the first option that doesn't fit.
 */
export function trainingSettings(model: Trainable, options: FitOptions): TrainingSettings {
  checkModel("fit", model);
  if (options === undefined) throw new VitlabError(`fit got no options: give data and epochs, as in ${EXAMPLE}`);
  checkFitOptions(options);
  const { train, validation = null, epochs, batchSize = 64, accumulate = 1, recompute = false, seed = 0 } = options;
  const { augment, schedule = constant(), labelSmoothing = 0, clipNorm = null, ema = null, mix } = options;
  const { loss = null, metrics = {}, precision = "float32" } = options;
  checkIsDataset("train", train, EXAMPLE);
  if (validation) checkIsDataset("validation", validation, 'validation: await cifar10({ split: "validation" })');
  if (epochs === undefined)
    throw new VitlabError(`epochs is missing: say how often to go through the data, as in ${EXAMPLE}`);
  const checked = { epochs, batchSize, accumulate, recompute, seed, labelSmoothing, clipNorm, ema };
  for (const name of Object.keys(checked) as (keyof typeof checked)[])
    checkField(name, checked[name], TRAINING_FIELDS[name]);
  checkPrecision(precision);
  checkLossOptions(options);
  for (const dataset of validation ? [train, validation] : [train]) checkDataset(dataset, model, loss !== null);
  if (!isImageDataset(train) && (augment ?? mix) !== undefined)
    throw new VitlabError(
      `${augment === undefined ? "mix" : "augment"} changes images, and ${datasetName(train)} has none: change the examples in its batch()`,
    );
  const rates = rateScale(model, options);
  const optimizer = asOptimizer(options.optimizer ?? "adam");
  if (typeof schedule?.learningRate !== "function" || typeof schedule.settings !== "object")
    throw new VitlabError(`schedule is ${show(schedule)}: give constant() or warmupCosine({ warmupSteps: 100 })`);
  if (augment !== undefined && typeof augment !== "function")
    throw new VitlabError(`augment is ${show(augment)}: give a function, such as augment({ flip: true, shift: 4 })`);
  const stepsPerEpoch = batchCount(train.length, { batchSize: accumulate * batchSize });
  const totalSteps = stepsPerEpoch * epochs;
  const { warmupSteps } = schedule.settings;
  if (typeof warmupSteps === "number" && warmupSteps >= totalSteps)
    throw new VitlabError(
      `the schedule warms up for ${warmupSteps} steps, and the run has ${totalSteps}: make warmupSteps smaller or epochs more`,
    );
  return {
    train,
    validation,
    epochs,
    loss,
    metrics,
    batchSize,
    accumulate,
    recompute,
    precision,
    optimizer,
    schedule,
    augment,
    mix: mix === undefined ? null : { options: mix, mixing: mixing(mix) },
    labelSmoothing,
    clipNorm,
    ema,
    rates,
    ...runningSettings(options, { metrics: Object.keys(metrics), hasValidation: validation !== null }),
    seed,
    stepsPerEpoch,
    totalSteps,
  };
}

/** How the training examples of a run are divided into steps and prepared for its model. */
export function batchOptions(
  model: Trainable,
  { batchSize, accumulate, seed, augment, mix }: TrainingSettings,
): BatchOptions & { batchSize: number } {
  const { classes, normalize } = configOf(model) ?? {};
  return { batchSize: accumulate * batchSize, seed, augment, mix: mix?.mixing, classes, normalize };
}

/** How a run ends early, what it keeps and whom it calls: nothing of it changes a number. */
function runningSettings(
  { earlyStopping, checkpoint, callbacks = [] }: Partial<FitOptions>,
  known: { metrics: readonly string[]; hasValidation: boolean },
): Pick<TrainingSettings, "earlyStopping" | "best" | "callbacks"> {
  const list = Array.isArray(callbacks) ? callbacks : [callbacks];
  const wrong = list.find((callback) => typeof callback !== "function");
  if (wrong !== undefined) throw new VitlabError(`a callback is ${show(wrong)}: give functions, (event, run) => { … }`);
  let early: TrainingSettings["earlyStopping"] = null;
  if (earlyStopping !== undefined) {
    const { patience, ...monitor } = earlyStopping ?? {};
    checkWhole("earlyStopping.patience", patience);
    early = { patience, monitor: completeMonitor("earlyStopping", monitor, known) };
  }
  const { best = false } = checkpoint ?? {};
  const kept = best === false ? null : completeMonitor("checkpoint.best", best === true ? {} : best, known);
  return { earlyStopping: early, best: kept, callbacks: list };
}

function checkLossOptions({ loss, metrics, labelSmoothing, validation }: TrainingOptions): void {
  checkLossAndMetrics(loss, metrics);
  if (loss && labelSmoothing !== undefined)
    throw new VitlabError("labelSmoothing is for the default loss: smooth the targets within your own");
  if (metrics && Object.keys(metrics).length > 0 && !validation)
    throw new VitlabError("metrics are measured on validation data, and there are none: give validation");
}

function checkFitOptions(options: TrainingOptions): void {
  const { learningRate, lr, weightDecay, momentum } = options as unknown as Record<string, unknown>;
  const misplaced = Object.entries({ learningRate, lr, weightDecay, momentum }).find(
    ([, value]) => value !== undefined,
  );
  if (misplaced) {
    const [name, value] = misplaced;
    const maker = name === "momentum" ? "sgd" : name === "weightDecay" ? "adamW" : "adam";
    const option = name === "lr" ? "learningRate" : name;
    throw new VitlabError(
      `fit has no option ${name}: it belongs to the optimizer, as in optimizer: ${maker}({ ${option}: ${show(value)} })`,
    );
  }
  checkOptions("fit", options, FIT_OPTIONS);
}

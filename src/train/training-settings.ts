import { checkPositive, checkShare, checkWhole } from "../base/check-number";
import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { type BatchOptions, batchCount } from "../data/batches";
import type { ImageDataset } from "../data/dataset";
import { type Mixing, type MixOptions, mixing } from "../data/mix";
import type { ViT } from "../vit/model";
import { checkIsDataset, checkModel } from "./check-arguments";
import { checkDataset } from "./check-dataset";
import { FIT_OPTIONS, type TrainingOptions } from "./fit-options";
import { asOptimizer } from "./optimizers/by-name";
import type { Optimizer } from "./optimizers/optimizer";
import { type RateScale, rateScale } from "./rate-scale";
import { constant, type Schedule } from "./schedules";

/** Training options with nothing left out, and what follows from them. */
export interface TrainingSettings {
  train: ImageDataset;
  validation: ImageDataset | null;
  epochs: number;
  /** Images computed at a time. */
  batchSize: number;
  /** Batches of a step. */
  accumulate: number;
  recompute: boolean;
  optimizer: Optimizer;
  schedule: Schedule;
  augment: TrainingOptions["augment"];
  mix: { options: MixOptions; mixing: Mixing } | null;
  labelSmoothing: number;
  clipNorm: number | null;
  /** Decay of the average of weights, or null. */
  ema: number | null;
  rates: RateScale | null;
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
export function trainingSettings(model: ViT, options: TrainingOptions): TrainingSettings {
  checkModel("fit", model);
  if (options === undefined) throw new VitlabError(`fit got no options: give images and epochs, as in ${EXAMPLE}`);
  checkFitOptions(options);
  const { train, validation = null, epochs, batchSize = 64, accumulate = 1, recompute = false, seed = 0 } = options;
  const { augment, schedule = constant(), labelSmoothing = 0, clipNorm = null, ema = null, mix } = options;
  checkIsDataset("train", train, EXAMPLE);
  if (validation) checkIsDataset("validation", validation, 'validation: await cifar10({ split: "validation" })');
  if (epochs === undefined)
    throw new VitlabError(`epochs is missing: say how often to go through the images, as in ${EXAMPLE}`);
  checkWhole("epochs", epochs);
  checkWhole("batchSize", batchSize);
  checkWhole("accumulate", accumulate);
  if (typeof recompute !== "boolean") throw new VitlabError(`recompute is ${show(recompute)}: give true or false`);
  if (!Number.isSafeInteger(seed)) throw new VitlabError(`seed is ${seed}: it must be a whole number`);
  checkShare("labelSmoothing", labelSmoothing);
  if (clipNorm !== null) checkPositive("clipNorm", clipNorm);
  if (ema !== null) checkShare("ema", ema);
  checkDataset(train, model.config);
  if (validation) checkDataset(validation, model.config);
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
    batchSize,
    accumulate,
    recompute,
    optimizer,
    schedule,
    augment,
    mix: mix === undefined ? null : { options: mix, mixing: mixing(mix) },
    labelSmoothing,
    clipNorm,
    ema,
    rates,
    seed,
    stepsPerEpoch,
    totalSteps,
  };
}

/** How the training images of a run are divided into steps and prepared for its model. */
export function batchOptions(
  { config }: ViT,
  { batchSize, accumulate, seed, augment, mix }: TrainingSettings,
): BatchOptions & { batchSize: number } {
  const { classes, normalize } = config;
  return { batchSize: accumulate * batchSize, seed, augment, mix: mix?.mixing, classes, normalize };
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

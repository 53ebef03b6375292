import { batchCount } from "../data/batches";
import type { ImageDataset } from "../data/dataset";
import { VitlabError } from "../tensor/error";
import type { ViT } from "../vit/model";
import { checkPositive, checkShare, checkWhole } from "./check";
import { checkDataset } from "./check-dataset";
import type { TrainingOptions } from "./fit-options";
import { adam } from "./optimizers/adam";
import type { Optimizer } from "./optimizers/optimizer";
import { constant, type Schedule } from "./schedules";

/** Training options with nothing left out, and what follows from them. */
export interface TrainingSettings {
  train: ImageDataset;
  validation: ImageDataset | null;
  epochs: number;
  batchSize: number;
  optimizer: Optimizer;
  schedule: Schedule;
  augment: TrainingOptions["augment"];
  labelSmoothing: number;
  clipNorm: number | null;
  seed: number;
  stepsPerEpoch: number;
  totalSteps: number;
}

/**
 * Fills in the defaults and checks that data and model fit together.
 *
 * @throws VitlabError naming the first option that doesn't fit.
 */
export function trainingSettings(model: ViT, options: TrainingOptions): TrainingSettings {
  const { train, validation = null, epochs, batchSize = 64, seed = 0, augment } = options;
  const { optimizer = adam(), schedule = constant(), labelSmoothing = 0, clipNorm = null } = options;
  checkWhole("epochs", epochs);
  checkWhole("batchSize", batchSize);
  if (!Number.isSafeInteger(seed)) throw new VitlabError(`seed is ${seed}: it must be a whole number`);
  checkShare("labelSmoothing", labelSmoothing);
  if (clipNorm !== null) checkPositive("clipNorm", clipNorm);
  checkDataset(train, model.config);
  if (validation) checkDataset(validation, model.config);
  const stepsPerEpoch = batchCount(train.length, { batchSize });
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
    optimizer,
    schedule,
    augment,
    labelSmoothing,
    clipNorm,
    seed,
    stepsPerEpoch,
    totalSteps,
  };
}

import type { OptionNames } from "../base/check-options";
import type { Augmentation } from "../data/augmentation";
import type { ImageDataset } from "../data/dataset";
import type { MixOptions } from "../data/mix";
import type { OptimizerName } from "./optimizers/by-name";
import type { Optimizer } from "./optimizers/optimizer";
import type { Schedule } from "./schedules";

/** What a training run is made of. */
export interface TrainingOptions {
  /** Images to learn from. */
  train: ImageDataset;
  /** Images held out, measured after each epoch; never learnt from. */
  validation?: ImageDataset;
  /** How often to go through the training images. */
  epochs: number;
  /** Images in a step; the last step of an epoch may have fewer. Default 64. */
  batchSize?: number;
  /**
   * So many batches make one step, of `accumulate * batchSize` images: their gradients are added up one after the other, in
   * the memory of one batch. Default 1.
   */
  accumulate?: number;
  /**
   * For the gradient compute each block anew instead of keeping what it computed: the numbers are the same, a step takes up to
   * a third longer, and its memory hardly grows with the depth. Default false.
   */
  recompute?: boolean;
  /** An optimizer, or the name of one for its defaults. Default `adam()`. */
  optimizer?: Optimizer | OptimizerName;
  /** Default `constant()`. */
  schedule?: Schedule;
  /** Changes the training images of each batch. Default none. */
  augment?: Augmentation;
  /** Mixes the training images of each batch in pairs, as in `{ mixup: 0.2, cutmix: 1 }`. Default none. */
  mix?: MixOptions;
  /** Share of each target spread evenly over all classes, from 0 to below 1. Default 0. */
  labelSmoothing?: number;
  /** Shortens gradients over all parameters that are longer than this. Default none. */
  clipNorm?: number;
  /**
   * Decay of a moving average of the weights, such as 0.999, that is measured, saved, and left in the model at the end in
   * place of the weights of the last step. Default none.
   */
  ema?: number;
  /**
   * The learning rate of a block beside that of the next one, above 0 to 1: head 1, block i `layerDecay^(depth - i)`,
   * embeddings the least. Default 1.
   */
  layerDecay?: number;
  /** Names of parameters that stay as they are, `*` for any letters: `"embeddings.*"`. Default none. */
  freeze?: string | readonly string[];
  /** Exceptions from `freeze`: `{ freeze: "*", thaw: "head.*" }`. Default none. */
  thaw?: string | readonly string[];
  /** Of the order of images, augmentation, mixing and dropout. Default 0. */
  seed?: number;
}

/** Where a run is saved, and how it goes on. */
export interface CheckpointOptions {
  /** A folder; made as needed. */
  dir: string;
  /** Go on with the run saved there; starts from the beginning where there is none. Default false. */
  resume?: boolean;
  /** Replace a run saved there. Default false: refuse. */
  overwrite?: boolean;
  /** Longest time between two saves, besides those at the start, after each epoch and at the end. Default 30. */
  everySeconds?: number;
  /** Also save after this many steps of an epoch. Default never. */
  everySteps?: number;
  /** Anything else that `config.json` should tell: where the data came from, … */
  about?: Readonly<Record<string, unknown>>;
}

/** What `fit` takes. */
export interface FitOptions extends TrainingOptions {
  /** Ends the run after the current step, as `run.stop()` does. */
  signal?: AbortSignal;
  /** Saves the run as it goes; nothing is saved where absent. */
  checkpoint?: CheckpointOptions;
  /** Time a few steps beforehand for the plan; they change nothing. Default true. */
  timing?: boolean;
}

/** The names of all options of `fit`, those of `planTraining` among them. */
export const FIT_OPTIONS: OptionNames<FitOptions> = {
  train: true,
  validation: true,
  epochs: true,
  batchSize: true,
  accumulate: true,
  recompute: true,
  optimizer: true,
  schedule: true,
  augment: true,
  mix: true,
  labelSmoothing: true,
  clipNorm: true,
  ema: true,
  layerDecay: true,
  freeze: true,
  thaw: true,
  seed: true,
  signal: true,
  checkpoint: true,
  timing: true,
};

/** The names of all options of a checkpoint. */
export const CHECKPOINT_OPTIONS: OptionNames<CheckpointOptions> = {
  dir: true,
  resume: true,
  overwrite: true,
  everySeconds: true,
  everySteps: true,
  about: true,
};

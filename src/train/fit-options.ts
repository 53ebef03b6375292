import type { OptionNames } from "../base/check-options";
import type { Augmentation } from "../data/augmentation";
import type { AnyDataset } from "../data/examples";
import type { MixOptions } from "../data/mix";
import type { Precision } from "../tensor/precision";
import type { TrainingEvent } from "./events";
import type { LossFunction, Metric } from "./loss";
import type { MonitorOptions } from "./monitor";
import type { AnyOptimizer } from "./optimizers/by-name";
import type { Schedule } from "./schedules";
import type { TrainingRun } from "./training-run";

/** What a training run is made of. */
export interface TrainingOptions {
  /** Images to learn from, or examples of a data set of one's own. */
  train: AnyDataset;
  /** Examples held out, measured after each epoch; never learnt from. */
  validation?: AnyDataset;
  /** How often to go through the training examples. */
  epochs: number;
  /**
   * What is made small: a scalar of the model's output and the targets, a mean over the batch, as in
   * `(output, target) => tf.losses.meanSquaredError(target, output)`. Default cross-entropy over the output's last axis.
   */
  loss?: LossFunction;
  /** What else is measured after each epoch on the validation examples, by name: each a mean over a batch. Default none. */
  metrics?: Readonly<Record<string, Metric>>;
  /** Examples in a step; the last step of an epoch may have fewer. Default 64. */
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
  /**
   * What the products of linear layers are computed in, forward and back: "bfloat16" is faster where the processor has
   * instructions for it, and keeps less for the gradient; sums, weights, losses and the optimizer stay in float32. Default
   * "float32".
   */
  precision?: Precision;
  /** An optimizer, also one of TensorFlow.js', or the name of one for its defaults. Default `adam()`. */
  optimizer?: AnyOptimizer;
  /** Default `constant()`. */
  schedule?: Schedule;
  /** Changes the training images of each batch. Default none. */
  augment?: Augmentation;
  /** Mixes the training images of each batch in pairs, as in `{ mixup: 0.2, cutmix: 1 }`. Default none. */
  mix?: MixOptions;
  /** Share of each target spread evenly over all classes, from 0 to below 1; of the default loss. Default 0. */
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

/** When a run ends before its last epoch: the monitored number hasn't become better for a while. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** For so many epochs. */
  patience: number;
}

/** What is called with each event of a run, before its next step; what it throws ends the run. */
export type Callback = (event: TrainingEvent, run: TrainingRun) => void | Promise<void>;

/** Where a run is saved, and how it goes on. */
export interface CheckpointOptions {
  /** A folder; made as needed. */
  dir: string;
  /** Go on with the run saved there; starts from the beginning where there is none. Default false. */
  resume?: boolean;
  /** Replace a run saved there. Default false: refuse. */
  overwrite?: boolean;
  /**
   * Leave the weights of the best epoch in `model.safetensors` instead of the last one's: by the validation loss where true, or
   * by what is named, as in `{ monitor: "validationAccuracy" }`. Default false.
   */
  best?: boolean | MonitorOptions;
  /** Longest time between two saves, besides those at the start, after each epoch and at the end. Default 30. */
  everySeconds?: number;
  /** Also save after this many steps of an epoch. Default never. */
  everySteps?: number;
  /** Anything else that `config.json` should tell: where the data came from, … */
  about?: Readonly<Record<string, unknown>>;
}

/** Which models of a run are kept to look at, one for some of its epochs: each a folder that `loadCheckpoint` opens. */
export interface SnapshotOptions {
  /** Epochs between two; the first is of before the first step, the last of the end. Default 1. */
  every?: number;
  /** At most so many, 2 or more: the epochs between two are doubled until they fit, start and end among them. Default 20. */
  keep?: number;
  /** A folder; made as needed. Default `snapshots` in that of the checkpoint, and needed where there is none. */
  dir?: string;
  /** Replace snapshots that are there. Default as the checkpoint says: a run that is resumed goes on with its own. */
  overwrite?: boolean;
}

/** What `fit` takes. */
export interface FitOptions extends TrainingOptions {
  /** Ends the run after the current step, as `run.stop()` does. */
  signal?: AbortSignal;
  /** Saves the run as it goes; nothing is saved where absent. */
  checkpoint?: CheckpointOptions;
  /** Keeps models of the run as it goes, as in `{ every: 2, dir: "runs/snapshots" }`. Default none. */
  snapshots?: SnapshotOptions;
  /** Ends the run when it no longer becomes better, as in `{ patience: 3 }`. Default never. */
  earlyStopping?: EarlyStoppingOptions;
  /** Called with each event, before the next step. Default none. */
  callbacks?: Callback | readonly Callback[];
  /** Time a few steps beforehand for the plan; they change nothing. Default true. */
  timing?: boolean;
}

/** The names of all options of `fit`, those of `planTraining` among them. */
export const FIT_OPTIONS: OptionNames<FitOptions> = {
  train: true,
  validation: true,
  epochs: true,
  loss: true,
  metrics: true,
  batchSize: true,
  accumulate: true,
  recompute: true,
  precision: true,
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
  snapshots: true,
  earlyStopping: true,
  callbacks: true,
  timing: true,
};

/** The names of all options of a checkpoint. */
export const CHECKPOINT_OPTIONS: OptionNames<CheckpointOptions> = {
  dir: true,
  resume: true,
  overwrite: true,
  best: true,
  everySeconds: true,
  everySteps: true,
  about: true,
};

/** The names of all options of snapshots. */
export const SNAPSHOT_OPTIONS: OptionNames<SnapshotOptions> = {
  every: true,
  keep: true,
  dir: true,
  overwrite: true,
};

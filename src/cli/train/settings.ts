/** Settings of a training whose values have names: of `vitlab train`, and of a sweep's trials. */
export const NAMED_SETTINGS = {
  optimizer: ["adam", "adamw", "muon", "sgd"],
  schedule: ["constant", "cosine"],
  decay: ["all", "matrices"],
} as const;

/** What a training does where it isn't told otherwise. */
export const TRAINING_DEFAULTS = {
  batchSize: 64,
  accumulate: 1,
  optimizer: "adam",
  decay: "all",
  schedule: "constant",
  labelSmoothing: 0,
  precision: "float32",
} as const;

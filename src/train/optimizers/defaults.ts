/** What optimizers have where nothing is said. */
export const OPTIMIZER_DEFAULTS = {
  adam: { learningRate: 1e-3, weightDecay: 0 },
  adamw: { learningRate: 1e-3, weightDecay: 0.01 },
  muon: { learningRate: 1e-3, weightDecay: 0.1 },
  sgd: { learningRate: 1e-2, weightDecay: 0 },
} as const;

/** An optimizer with its own defaults, by name. */
export type OptimizerName = keyof typeof OPTIMIZER_DEFAULTS;

/** The names `OptimizerName` takes. */
export const OPTIMIZERS = Object.keys(OPTIMIZER_DEFAULTS) as OptimizerName[];

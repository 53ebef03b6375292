/** An optimizer with its own defaults, by name. */
export type OptimizerName = "adam" | "adamw" | "muon" | "sgd";

/** What optimizers have where nothing is said. */
export const OPTIMIZER_DEFAULTS: Readonly<Record<OptimizerName, { learningRate: number; weightDecay: number }>> = {
  adam: { learningRate: 1e-3, weightDecay: 0 },
  adamw: { learningRate: 1e-3, weightDecay: 0.01 },
  muon: { learningRate: 1e-3, weightDecay: 0.1 },
  sgd: { learningRate: 1e-2, weightDecay: 0 },
};

/** The names `OptimizerName` takes. */
export const OPTIMIZERS = Object.keys(OPTIMIZER_DEFAULTS) as OptimizerName[];

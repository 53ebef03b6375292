/**
 * `vitlab/train`: training, evaluation, checkpoints.
 *
 * @module
 */
import "../tensor/node/engine";

export {
  type BlockProbesOptions,
  type BlockProbesResult,
  blockProbes,
  type StateProbe,
} from "./block-probes";
export {
  type CheckpointInfo,
  type LoadCheckpointOptions,
  type LoadedCheckpoint,
  loadCheckpoint,
  type SaveCheckpointOptions,
  saveCheckpoint,
} from "./checkpoint/model-checkpoint";
export {
  type LoadSnapshotsOptions,
  loadSnapshots,
  type Snapshot,
  type Snapshots,
} from "./checkpoint/snapshots";
export type { ConfusedPair } from "./confusion";
export {
  type EvaluateExamplesOptions,
  type EvaluateOptions,
  type ExamplesEvaluation,
  evaluate,
} from "./evaluate";
export type { ClassResult, Evaluation } from "./evaluation";
export type { EpochEvent, LearningRateEvent, StepEvent, TrainingEvent } from "./events";
export { type FinetuneOptions, type FinetuneRecipe, finetune } from "./finetune";
export { fit } from "./fit";
export type {
  Callback,
  CheckpointOptions,
  EarlyStoppingOptions,
  FitOptions,
  SnapshotOptions,
  TrainingOptions,
} from "./fit-options";
export type { EndReason, FitResult } from "./fit-result";
export type { GradientNorms } from "./gradient-norms";
export type { LinearClassifierOptions } from "./linear-classifier";
export { type LinearProbeOptions, type LinearProbeResult, linearProbe } from "./linear-probe";
export type { LossFunction, Metric } from "./loss";
export type { BestEpoch, MonitorOptions } from "./monitor";
export { type AdamOptions, adam, adamW } from "./optimizers/adam";
export type { AnyOptimizer } from "./optimizers/by-name";
export { type ChooseParameters, matricesOnly } from "./optimizers/decay-rules";
export type { OptimizerName } from "./optimizers/defaults";
export { type MuonOptions, muon } from "./optimizers/muon";
export type {
  ApartResult,
  ApartStep,
  Gradients,
  Optimizer,
  OptimizerResult,
  OptimizerRule,
  OptimizerStep,
  ParameterPlace,
} from "./optimizers/optimizer";
export { optimizerOf } from "./optimizers/optimizer-of";
export { type SgdOptions, sgd } from "./optimizers/sgd";
export { describePlan, planTraining, type TrainingPlan } from "./plan";
export { constant, type Schedule, type WarmupCosineOptions, warmupCosine } from "./schedules";
export type { Trainable } from "./trainable";
export type { TrainingValues } from "./training-fields";
export type { TrainingRun } from "./training-run";
export { type ValueAndGradients, valueAndGradients } from "./value-and-gradients";

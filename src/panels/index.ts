/**
 * `vitlab/panels`: models and figures together.
 *
 * @module
 */
import "../tensor/node/engine";
import { showValues } from "./show-values";

export {
  type DashboardOptions,
  type TrainingDashboard,
  trainingDashboard,
} from "./dashboard/training-dashboard";
export { type DrawAttentionOptions, drawAttention } from "./draw-attention";
export { type DrawExplanationOptions, drawExplanation } from "./draw-explanation";
export { drawJudgement } from "./draw-judgement";
export type { ExplorerEdits, ExplorerState } from "./explorer/explorer-state";
export type { ExplorerPart, ExplorerView, PartVector } from "./explorer/explorer-view";
export { type Explorer, type ExplorerOptions, explorer } from "./explorer/node/explorer";
export { type ExplorerPageOptions, explorerPage } from "./explorer/node/explorer-page";
export {
  PatchPicker,
  type PatchPickerOptions,
  type PatchPickerState,
  patchPicker,
} from "./explorer/node/patch-picker";
export { Measured, type MeasuredInput, type MeasuredNumber, measured } from "./measured";
export type { StepTime, TimedStep, TweakCost } from "./tweak/form-cost";
export type { TweakChanges, TweakValues } from "./tweak/form-fields";
export type { TweakedTraining } from "./tweak/training-options";
export { Tweak, type TweakOptions, tweak } from "./tweak/tweak";

// What a cell ends with is shown as a picture where it is one.
showValues();

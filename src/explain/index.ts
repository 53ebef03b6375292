/**
 * `vitlab/explain`: looking inside a model.
 *
 * @module
 */
import "../tensor/node/engine";

export type { AnswerKind } from "./answers";
export type { Query } from "./choices";
export { compareModels } from "./comparing/compare-models";
export { difference } from "./comparing/difference";
export { type Moment, type Moments, movie } from "./comparing/movie";
export { type Axis, Explanation, type ExplanationJson, type ExplanationParts } from "./explanation";
export type { Fusion } from "./fuse-heads";
export { type Ablated, type AblateOptions, ablate } from "./intervening/ablate";
export type { BlockChoice } from "./intervening/block-choice";
export { type OcclusionOptions, occlusion } from "./intervening/occlusion";
export {
  type PatchActivationsOptions,
  type PatchedValue,
  patchActivations,
} from "./intervening/patch-activations";
export { type MaskPatchesOptions, maskPatches, shufflePatches, swapPatches } from "./intervening/patch-edits";
export { dropPositions, shufflePositions } from "./intervening/position-edits";
export type { StandInKind } from "./intervening/stand-in";
export { edgeMap, randomMap } from "./judge/baselines";
export type { Methods } from "./judge/chosen-methods";
export { type Explainer, explainers } from "./judge/explainers";
export type { Interval } from "./judge/interval";
export { type JudgeOptions, judge } from "./judge/judge";
export { type JudgedMethod, Judgement, type JudgementParts } from "./judge/judgement";
export {
  type AreaRule,
  curveAreas,
  deletionCurve,
  insertionCurve,
  type PerturbationOptions,
} from "./judge/perturbation";
export { spearman } from "./judge/ranks";
export type { Paint } from "./paint";
export { type DirectAttributionOptions, directLogitAttribution } from "./reading/direct-attribution";
export { type LogitLensOptions, logitLens } from "./reading/logit-lens";
export { type AttentionDistanceOptions, attentionDistance } from "./seeing/attention-distance";
export { type AttentionEntropyOptions, attentionEntropy } from "./seeing/attention-entropy";
export { type AttentionMapOptions, attentionMap } from "./seeing/attention-map";
export {
  type AttentionRolloutOptions,
  attentionRollout,
  type RolloutOptions,
} from "./seeing/attention-rollout";
export { type EmbeddingFiltersOptions, embeddingFilters } from "./seeing/embedding-filters";
export { type GradientAttentionOptions, gradientAttention } from "./seeing/gradient-attention";
export { type PatchSimilarityOptions, patchSimilarity } from "./seeing/patch-similarity";
export { positionSimilarity } from "./seeing/position-similarity";
export { type RelevanceOptions, relevance } from "./seeing/relevance";
export { type ResidualNormsOptions, residualNorms } from "./seeing/residual-norms";
export { type TokenComponentsOptions, tokenComponents } from "./seeing/token-components";
export { type WeightedAttentionOptions, weightedAttention } from "./seeing/weighted-attention";
export type { State } from "./states";

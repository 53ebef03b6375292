import { showValues } from "./panels/show-values";

export { VitlabError } from "./base/error";
export { type InBoth, inLanguage, type Language, language, type Words } from "./base/language";
export { SafetensorsFile } from "./base/node/safetensors-file";
export { Random } from "./base/random";
export type { HeaderEntry } from "./base/safetensors-header";
export type { SafetensorsEntry, WeightType } from "./base/safetensors-numbers";
// Images in.
export { type AugmentOptions, augment, compose, flip, type ShiftFill, shiftCrop } from "./data/augment";
export type { Augmentation, ByteBatch } from "./data/augmentation";
export { type Batch, type BatchOptions, batches, epochOrder } from "./data/batches";
export type { ByteImage } from "./data/byte-image";
export { type Cifar10Options, type Cifar10Split, cifar10, hasCifar10 } from "./data/cifar10";
export type { Majority } from "./data/class-counts";
export { cifar10ClassNames } from "./data/class-names";
export { colorJitter } from "./data/color-jitter";
export { cropImage } from "./data/crop-image";
export {
  describeDataset,
  type ImageDataset,
  type ImageTransform,
  imageAt,
  type LabeledImage,
  type SplitOptions,
  splitDataset,
  subset,
  takeImages,
} from "./data/dataset";
export { type DownloadCifar10Options, downloadCifar10 } from "./data/download-cifar10";
export type { DownloadProgress } from "./data/download-file";
export type { DrawnDataset, DrawnOptions, DrawnSplit } from "./data/drawn-dataset";
export { cutout, type EraseOptions, erase } from "./data/erase";
export type { AnyDataset, Dataset } from "./data/examples";
export type { FolderPart } from "./data/folder-parts";
export {
  coverImage,
  cropSquare,
  encodePng,
  readImage,
  resizeImage,
  writePng,
} from "./data/image-file";
export {
  describeSkipped,
  type ImageFolderDataset,
  type ImageFolderOptions,
  type ImageFolderResize,
  imageFolder,
} from "./data/image-folder";
export { imageLandmarks, landmarkPatches } from "./data/landmark-patches";
export type { Landmarks, Point } from "./data/landmarks";
export type { SkippedFile } from "./data/list-images";
export { type MixedImages, type Mixing, type MixOptions, mixing } from "./data/mix";
export { type NeedleDataset, type NeedleOptions, needle } from "./data/needle";
export { pickClasses } from "./data/pick-classes";
export { type PassOrder, type PilFilter, type PilResizeOptions, pilResize } from "./data/pil-resize";
export { type ShapesDataset, type ShapesOptions, type ShapesVersion, shapes } from "./data/shapes";
export { type TensorDatasetOptions, tensorDataset } from "./data/tensor-dataset";
export {
  type DatasetToTensorOptions,
  datasetToTensor,
  imageToTensor,
  labelsToTensor,
  type ToTensorOptions,
} from "./data/to-tensor";
export { trivialAugment } from "./data/trivial-augment";
export { withTransform } from "./data/with-transform";
export type { AnswerKind } from "./explain/answers";
export type { Query } from "./explain/choices";
// Looking inside.
export { compareModels } from "./explain/comparing/compare-models";
export { difference } from "./explain/comparing/difference";
export { type Moment, type Moments, movie } from "./explain/comparing/movie";
export { type Axis, Explanation, type ExplanationJson, type ExplanationParts } from "./explain/explanation";
export type { Fusion } from "./explain/fuse-heads";
export { type Ablated, type AblateOptions, ablate } from "./explain/intervening/ablate";
export type { BlockChoice } from "./explain/intervening/block-choice";
export { type OcclusionOptions, occlusion } from "./explain/intervening/occlusion";
export {
  type PatchActivationsOptions,
  type PatchedValue,
  patchActivations,
} from "./explain/intervening/patch-activations";
export { type MaskPatchesOptions, maskPatches, shufflePatches, swapPatches } from "./explain/intervening/patch-edits";
export { dropPositions, shufflePositions } from "./explain/intervening/position-edits";
export type { StandInKind } from "./explain/intervening/stand-in";
export { edgeMap, randomMap } from "./explain/judge/baselines";
export type { Methods } from "./explain/judge/chosen-methods";
export { type Explainer, explainers } from "./explain/judge/explainers";
export type { Interval } from "./explain/judge/interval";
export { type JudgeOptions, judge } from "./explain/judge/judge";
export { type JudgedMethod, Judgement, type JudgementParts } from "./explain/judge/judgement";
export {
  type AreaRule,
  curveAreas,
  deletionCurve,
  insertionCurve,
  type PerturbationOptions,
} from "./explain/judge/perturbation";
export { spearman } from "./explain/judge/ranks";
export type { Paint } from "./explain/paint";
export { type DirectAttributionOptions, directLogitAttribution } from "./explain/reading/direct-attribution";
export { type LogitLensOptions, logitLens } from "./explain/reading/logit-lens";
export { type AttentionDistanceOptions, attentionDistance } from "./explain/seeing/attention-distance";
export { type AttentionEntropyOptions, attentionEntropy } from "./explain/seeing/attention-entropy";
export { type AttentionMapOptions, attentionMap } from "./explain/seeing/attention-map";
export {
  type AttentionRolloutOptions,
  attentionRollout,
  type RolloutOptions,
} from "./explain/seeing/attention-rollout";
export { type EmbeddingFiltersOptions, embeddingFilters } from "./explain/seeing/embedding-filters";
export { type GradientAttentionOptions, gradientAttention } from "./explain/seeing/gradient-attention";
export { type PatchSimilarityOptions, patchSimilarity } from "./explain/seeing/patch-similarity";
export { positionSimilarity } from "./explain/seeing/position-similarity";
export { type RelevanceOptions, relevance } from "./explain/seeing/relevance";
export { type ResidualNormsOptions, residualNorms } from "./explain/seeing/residual-norms";
export { type TokenComponentsOptions, tokenComponents } from "./explain/seeing/token-components";
export { type WeightedAttentionOptions, weightedAttention } from "./explain/seeing/weighted-attention";
export type { State } from "./explain/states";
// Figures.
export { type AttentionGridOptions, attentionGrid } from "./figure/attention-grid";
export { type AttentionOverlayOptions, attentionOverlay } from "./figure/attention-overlay";
export { type BarsOptions, bars } from "./figure/bars";
export type { ColorRange, ColorScaleName } from "./figure/color-scale";
export type { SparseConfusion } from "./figure/confusion-counts";
export { type ConfusionMatrixOptions, confusionMatrix } from "./figure/confusion-matrix";
export { type Curve, type CurvesOptions, type CurveWithPlaces, curves, type NamedCurve } from "./figure/curves";
export type { Figure, MimeBundle } from "./figure/figure";
export { type FilterGridOptions, filterGrid } from "./figure/filter-grid";
export { type HeadChartOptions, headChart } from "./figure/head-chart";
export { type HeatmapOptions, heatmap } from "./figure/heatmap";
export { ImageFigure } from "./figure/image-figure";
export { type ImageGridOptions, imageGrid } from "./figure/image-grid";
export { type IntervalsOptions, type IntervalsPanel, intervals, type NamedIntervalsPanel } from "./figure/intervals";
export type { LabelHighlight } from "./figure/label-highlight";
export type { Level } from "./figure/level-line";
export { LiveFigure, type LiveFigureOptions, liveFigure } from "./figure/live-figure";
export type { NestedNumbers, NumbersInput, ShapedNumbers } from "./figure/numbers";
export { type PatchGridOptions, patchGrid } from "./figure/patch-grid";
export type { PatchHighlight } from "./figure/patch-highlight";
export { type PatchMapsOptions, patchMaps } from "./figure/patch-maps";
export { type PatchStripOptions, patchStrip } from "./figure/patch-strip";
export type { ImageInput, ImagesInput, PixelImage } from "./figure/pixels";
export { PlotFigure, plot } from "./figure/plot-figure";
export type { PlotSpec } from "./figure/plot-spec";
export type { Rectangle } from "./figure/rectangle";
export { saveFigure } from "./figure/save-figure";
export { sharedRange } from "./figure/shared-range";
export { type ShowOptions, show } from "./figure/show";
export { type TokenColorsOptions, tokenColors } from "./figure/token-colors";
export { tokenSimilarity } from "./figure/token-similarity";
// Pre-trained models: folders and repositories of Hugging Face in and out, and images as such models saw them.
export { type HubTraceOptions, hubTrace } from "./hub/hub-trace";
export {
  ImageProcessor,
  type ImageProcessorOptions,
  loadImageProcessor,
  type ProcessorInput,
} from "./hub/image-processor";
export { type LoadedViT, type LoadViTOptions, loadViT } from "./hub/load-vit";
export { type ModelFolderOptions, type ModelProgress, modelFolder } from "./hub/model-folder";
export {
  type ModelForPhotos,
  type PhotoAttention,
  type PhotoAttentionOptions,
  type PhotoModel,
  photoAttention,
} from "./hub/photo-attention";
export type { ImageProcessorConfig } from "./hub/processor-config";
export type { ImageProcessorSize } from "./hub/processor-size";
export {
  type LoadSafetensorsOptions,
  loadSafetensors,
  type SaveSafetensorsOptions,
  saveSafetensors,
} from "./hub/safetensors-file";
export { type SaveViTOptions, saveViT } from "./hub/save-vit";
export type { PicturePart } from "./hub/seen-part";
export { fromTorchSimpleViT, type TorchSimpleViTOptions, toTorchSimpleViT } from "./hub/torch-simple-vit";
// Blocks of any Transformer.
export { SelfAttention, type SelfAttentionOptions } from "./nn/attention";
export { ConvStem, type ConvStemOptions } from "./nn/conv-stem";
export { Convolution, type ConvolutionOptions } from "./nn/convolution";
export { CrossAttention, type CrossAttentionOptions } from "./nn/cross-attention";
export { DecoderBlock, type DecoderBlockOptions } from "./nn/decoder-block";
export { Dropout } from "./nn/dropout";
export { Embedding, type EmbeddingOptions } from "./nn/embedding";
export { type BlockFactories, EncoderBlock, type EncoderBlockOptions, type NormLayer } from "./nn/encoder-block";
export { type Edit, ForwardContext, type ForwardInput, type ForwardOptions } from "./nn/forward-context";
export { HOOKS, type Hook } from "./nn/hook-names";
export type { Draws, Initialization } from "./nn/initial";
export { LayerNorm, type LayerNormOptions } from "./nn/layer-norm";
export { LayerScale, type LayerScaleOptions } from "./nn/layer-scale";
export { Linear, type LinearOptions } from "./nn/linear";
export { Mlp, type MlpOptions } from "./nn/mlp";
export {
  Module,
  type NamedArray,
  type ParameterCount,
  type ParameterKind,
  type ParameterRole,
  type StateDict,
} from "./nn/module";
export { type Positions, sincos1d, sincos2d } from "./nn/positions";
export { RelativePositionBias, type RelativePositionBiasOptions } from "./nn/relative-position-bias";
export type { BranchLayer, TokenLayer } from "./nn/residual";
export { RMSNorm, type RMSNormOptions } from "./nn/rms-norm";
export { type Rotary1dOptions, type Rotary2dOptions, type RotaryPositions, rotary1d, rotary2d } from "./nn/rotary";
export { SwiGLU, type SwiGLUOptions } from "./nn/swiglu";
export { Trace } from "./nn/trace";
// Models and figures together.
export {
  type DashboardOptions,
  type TrainingDashboard,
  trainingDashboard,
} from "./panels/dashboard/training-dashboard";
export { type DrawAttentionOptions, drawAttention } from "./panels/draw-attention";
export { type DrawExplanationOptions, drawExplanation } from "./panels/draw-explanation";
export { drawJudgement } from "./panels/draw-judgement";
export type { ExplorerEdits, ExplorerState } from "./panels/explorer/explorer-state";
export type { ExplorerPart, ExplorerView, PartVector } from "./panels/explorer/explorer-view";
export { type Explorer, type ExplorerOptions, explorer } from "./panels/explorer/node/explorer";
export { type ExplorerPageOptions, explorerPage } from "./panels/explorer/node/explorer-page";
export {
  PatchPicker,
  type PatchPickerOptions,
  type PatchPickerState,
  patchPicker,
} from "./panels/explorer/node/patch-picker";
export type { StepTime, TimedStep, TweakCost } from "./panels/tweak/form-cost";
export type { TweakChanges, TweakValues } from "./panels/tweak/form-fields";
export type { TweakedTraining } from "./panels/tweak/training-options";
export { Tweak, type TweakOptions, tweak } from "./panels/tweak/tweak";
// Models of any kind, by path or name.
export { type LoadedModel, type LoadModelOptions, loadModel } from "./recipes/load-model";
// Operations.
export { type Activation, activate } from "./tensor/activation";
export { attention, attentionScores, mergeHeads, type QueryKeyValue, splitHeads } from "./tensor/attention";
export type { ConvolutionGeometry } from "./tensor/convolution";
export { type CrossEntropyOptions, crossEntropy } from "./tensor/cross-entropy";
export { causalMask, paddingMask } from "./tensor/mask";
export { type MaskedAttentionOptions, maskedAttention } from "./tensor/masked-attention";
export { maskedSoftmax } from "./tensor/masked-softmax";
export {
  currentEngine,
  describeEngine,
  type Engine,
  type EngineName,
  type UseEngineOptions,
  useEngine,
} from "./tensor/node/engine";
export type { Normalization } from "./tensor/normalization";
export { type Bfloat16Instructions, bfloat16Instructions, type Precision, withPrecision } from "./tensor/precision";
export { tf } from "./tensor/tf";
export {
  type BlockProbesOptions,
  type BlockProbesResult,
  blockProbes,
  type StateProbe,
} from "./train/block-probes";
// Training.
export {
  type CheckpointInfo,
  type LoadCheckpointOptions,
  type LoadedCheckpoint,
  loadCheckpoint,
  type SaveCheckpointOptions,
  saveCheckpoint,
} from "./train/checkpoint/model-checkpoint";
export {
  type LoadSnapshotsOptions,
  loadSnapshots,
  type Snapshot,
  type Snapshots,
} from "./train/checkpoint/snapshots";
export type { ConfusedPair } from "./train/confusion";
export {
  type EvaluateExamplesOptions,
  type EvaluateOptions,
  type ExamplesEvaluation,
  evaluate,
} from "./train/evaluate";
export type { ClassResult, Evaluation } from "./train/evaluation";
export type { EpochEvent, LearningRateEvent, StepEvent, TrainingEvent } from "./train/events";
export { type FinetuneOptions, type FinetuneRecipe, finetune } from "./train/finetune";
export { fit } from "./train/fit";
export type {
  Callback,
  CheckpointOptions,
  EarlyStoppingOptions,
  FitOptions,
  SnapshotOptions,
  TrainingOptions,
} from "./train/fit-options";
export type { EndReason, FitResult } from "./train/fit-result";
export type { GradientNorms } from "./train/gradient-norms";
export type { LinearClassifierOptions } from "./train/linear-classifier";
export { type LinearProbeOptions, type LinearProbeResult, linearProbe } from "./train/linear-probe";
export type { LossFunction, Metric } from "./train/loss";
export type { BestEpoch, MonitorOptions } from "./train/monitor";
export { type AdamOptions, adam, adamW } from "./train/optimizers/adam";
export type { AnyOptimizer } from "./train/optimizers/by-name";
export { type ChooseParameters, matricesOnly } from "./train/optimizers/decay-rules";
export type { OptimizerName } from "./train/optimizers/defaults";
export { type MuonOptions, muon } from "./train/optimizers/muon";
export type {
  ApartResult,
  ApartStep,
  Gradients,
  Optimizer,
  OptimizerResult,
  OptimizerRule,
  OptimizerStep,
  ParameterPlace,
} from "./train/optimizers/optimizer";
export { optimizerOf } from "./train/optimizers/optimizer-of";
export { type SgdOptions, sgd } from "./train/optimizers/sgd";
export { describePlan, planTraining, type TrainingPlan } from "./train/plan";
export { constant, type Schedule, type WarmupCosineOptions, warmupCosine } from "./train/schedules";
export type { Trainable } from "./train/trainable";
export type { TrainingValues } from "./train/training-fields";
export type { TrainingRun } from "./train/training-run";
export { type ValueAndGradients, valueAndGradients } from "./train/value-and-gradients";
// The Vision Transformer.
export type { FullViTConfig, ViTConfig } from "./vit/config";
export { Embeddings } from "./vit/embeddings";
export type { EmbeddingsLayer, HeadLayer, ViTOptions } from "./vit/factories";
export { minimalViT } from "./vit/minimal";
export { type RunOptions, type TraceOptions, ViT, type ViTForwardOptions } from "./vit/model";
export { type NewHeadOptions, withNewHead } from "./vit/new-head";
export { type PatchOptions, type PatchOrder, patchGridSize, patchify, unpatchify } from "./vit/patches";
export { presets } from "./vit/presets";
export type { ProblemType } from "./vit/problem-type";
// Widgets.
export { AnyWidget, type AnyWidgetSource, type AnyWidgetState, anyWidget } from "./widgets/any-widget";
export { Output as OutputWidget, outputWidget } from "./widgets/controls/output";
export {
  Interaction,
  type Interactive,
  type InteractiveValue,
  type InteractiveValues,
  interact,
} from "./widgets/interact";
export type { Shorthand } from "./widgets/shorthand";
export { type SliderOptions, slider } from "./widgets/slider";
export { Widget, type WidgetNames, type Wire } from "./widgets/widget";
export * as widgets from "./widgets/widgets";

// What a cell ends with is shown as a picture where it is one.
showValues();

export { chelsea } from "./data/chelsea";
export { Measured, type MeasuredInput, type MeasuredNumber, measured } from "./panels/measured";
export { type RecordedOptions, type RecordedResult, recorded } from "./recipes/recorded";

/**
 * `vitlab/figure`: figures.
 *
 * @module
 */
export { type AttentionGridOptions, attentionGrid } from "./attention-grid";
export { type AttentionOverlayOptions, attentionOverlay } from "./attention-overlay";
export { type BarsOptions, bars } from "./bars";
export type { ColorRange, ColorScaleName } from "./color-scale";
export type { SparseConfusion } from "./confusion-counts";
export { type ConfusionMatrixOptions, confusionMatrix } from "./confusion-matrix";
export { type Curve, type CurvesOptions, type CurveWithPlaces, curves, type NamedCurve } from "./curves";
export type { Figure, MimeBundle } from "./figure";
export { type FilterGridOptions, filterGrid } from "./filter-grid";
export { type HeadChartOptions, headChart } from "./head-chart";
export { type HeatmapOptions, heatmap } from "./heatmap";
export { ImageFigure } from "./image-figure";
export { type ImageGridOptions, imageGrid } from "./image-grid";
export { type IntervalsOptions, type IntervalsPanel, intervals, type NamedIntervalsPanel } from "./intervals";
export type { LabelHighlight } from "./label-highlight";
export type { Level } from "./level-line";
export { type LiveContent, LiveFigure, type LiveFigureOptions, liveFigure } from "./live-figure";
export type { NestedNumbers, NumbersInput, ShapedNumbers } from "./numbers";
export type { ParallelAxis } from "./parallel-axis";
export {
  type NamedParallelAxis,
  type ParallelCoordinatesOptions,
  type ParallelResult,
  parallelCoordinates,
} from "./parallel-coordinates";
export { type PatchGridOptions, patchGrid } from "./patch-grid";
export type { PatchHighlight } from "./patch-highlight";
export { type PatchMapsOptions, patchMaps } from "./patch-maps";
export { type PatchStripOptions, patchStrip } from "./patch-strip";
export type { ImageInput, ImagesInput, PixelImage } from "./pixels";
export { PlotFigure, plot } from "./plot-figure";
export type { PlotSpec } from "./plot-spec";
export type { Rectangle } from "./rectangle";
export { saveFigure } from "./save-figure";
export { sharedRange } from "./shared-range";
export { type ShowOptions, show } from "./show";
export { type TokenColorsOptions, tokenColors } from "./token-colors";
export { tokenSimilarity } from "./token-similarity";

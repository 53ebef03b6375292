/**
 * `vitlab/vit`: the Vision Transformer.
 *
 * @module
 */
import "../tensor/node/engine";

export type { FullViTConfig, ViTConfig } from "./config";
export { Embeddings } from "./embeddings";
export type { EmbeddingsLayer, HeadLayer, ViTOptions } from "./factories";
export { minimalViT } from "./minimal";
export { type RunOptions, type TraceOptions, ViT, type ViTForwardOptions } from "./model";
export { type NewHeadOptions, withNewHead } from "./new-head";
export { type PatchOptions, type PatchOrder, patchGridSize, patchify, unpatchify } from "./patches";
export { presets } from "./presets";
export type { ProblemType } from "./problem-type";

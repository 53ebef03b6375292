export { fromTorchSimpleViT, type TorchSimpleViTOptions } from "./hub/torch-simple-vit";
export { SelfAttention, type SelfAttentionOptions } from "./nn/attention";
export { Dropout } from "./nn/dropout";
export { EncoderBlock, type EncoderBlockOptions } from "./nn/encoder-block";
export { type Edit, ForwardContext, type ForwardOptions } from "./nn/forward-context";
export type { Initialisation } from "./nn/initial";
export { LayerNorm } from "./nn/layer-norm";
export { Linear, type LinearOptions } from "./nn/linear";
export { Mlp, type MlpOptions } from "./nn/mlp";
export { Module, type NamedArray, type ParameterCount, type StateDict } from "./nn/module";
export { type Positions, sincos1d, sincos2d } from "./nn/positions";
export { Trace } from "./nn/trace";
export { type Activation, activate } from "./tensor/activation";
export { attention, attentionScores, mergeHeads, type QueryKeyValue, splitHeads } from "./tensor/attention";
export { type CrossEntropyOptions, crossEntropy } from "./tensor/cross-entropy";
export {
  currentEngine,
  describeEngine,
  type Engine,
  type EngineName,
  type UseEngineOptions,
  useEngine,
} from "./tensor/engine";
export { VitlabError } from "./tensor/error";
export { Random } from "./tensor/random";
export { tf } from "./tensor/tf";
export type { FullViTConfig, ViTConfig } from "./vit/config";
export { Embeddings } from "./vit/embeddings";
export { type RunOptions, ViT, type ViTForwardOptions, type ViTOptions } from "./vit/model";
export { type PatchOptions, type PatchOrder, patchGridSize, patchify, unpatchify } from "./vit/patches";
export { presets } from "./vit/presets";

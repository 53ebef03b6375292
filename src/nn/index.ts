/**
 * `vitlab/nn`: blocks of any Transformer.
 *
 * @module
 */
import "../tensor/node/engine";

export { SelfAttention, type SelfAttentionOptions } from "./attention";
export { ConvStem, type ConvStemOptions } from "./conv-stem";
export { Convolution, type ConvolutionOptions } from "./convolution";
export { CrossAttention, type CrossAttentionOptions } from "./cross-attention";
export { DecoderBlock, type DecoderBlockOptions } from "./decoder-block";
export { Dropout } from "./dropout";
export { Embedding, type EmbeddingOptions } from "./embedding";
export { type BlockFactories, EncoderBlock, type EncoderBlockOptions, type NormLayer } from "./encoder-block";
export { type Edit, ForwardContext, type ForwardInput, type ForwardOptions } from "./forward-context";
export { HOOKS, type Hook } from "./hook-names";
export type { Draws, Initialization } from "./initial";
export { LayerNorm, type LayerNormOptions } from "./layer-norm";
export { LayerScale, type LayerScaleOptions } from "./layer-scale";
export { Linear, type LinearOptions } from "./linear";
export { Mlp, type MlpOptions } from "./mlp";
export {
  Module,
  type NamedArray,
  type ParameterCount,
  type ParameterKind,
  type ParameterRole,
  type StateDict,
} from "./module";
export { type Positions, sincos1d, sincos2d } from "./positions";
export { RelativePositionBias, type RelativePositionBiasOptions } from "./relative-position-bias";
export type { BranchLayer, TokenLayer } from "./residual";
export { RMSNorm, type RMSNormOptions } from "./rms-norm";
export { type Rotary1dOptions, type Rotary2dOptions, type RotaryPositions, rotary1d, rotary2d } from "./rotary";
export { SwiGLU, type SwiGLUOptions } from "./swiglu";
export { Trace } from "./trace";

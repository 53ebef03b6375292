/**
 * `vitlab/tensor`: engines, and the operations of a Transformer with their gradients.
 *
 * @module
 */
export { type Activation, activate } from "./activation";
export { attention, attentionScores, mergeHeads, type QueryKeyValue, splitHeads } from "./attention";
export type { ConvolutionGeometry } from "./convolution";
export { type CrossEntropyOptions, crossEntropy } from "./cross-entropy";
export { causalMask, paddingMask } from "./mask";
export { type MaskedAttentionOptions, maskedAttention } from "./masked-attention";
export { maskedSoftmax } from "./masked-softmax";
export {
  currentEngine,
  describeEngine,
  type Engine,
  type EngineName,
  type UseEngineOptions,
  useEngine,
} from "./node/engine";
export type { Normalization } from "./normalization";
export { type Bfloat16Instructions, bfloat16Instructions, type Precision, withPrecision } from "./precision";
export { tf } from "./tf";

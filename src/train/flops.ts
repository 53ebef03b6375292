import { type FullViTConfig, prefixTokens } from "../vit/config";
import { patchGridSize } from "../vit/patches";

/**
 * Floating-point operations of one image's forward pass: two (a multiplication and an addition) for each pair of numbers
 * that meets in a matrix product. Additions, normalizations and activations are left out, as is usual.
 *
 * With T tokens: embedding `2 P c p² d`; in each block query, key, value and projection `8 T d²`, scores and their use
 * `4 T² d`, the MLP `4 T d m`; head `2 d k` (Kaplan et al., "Scaling Laws for Neural Language Models", 2020, table 1,
 * with both halves of attention).
 */
export function forwardFlops(config: FullViTConfig): number {
  const { imageSize, patchSize, channels, dim, depth, mlpDim, classes } = config;
  const { rows, columns } = patchGridSize(imageSize, patchSize);
  const patches = rows * columns;
  const tokens = patches + prefixTokens(config);
  const embedding = 2 * patches * channels * patchSize ** 2 * dim;
  const block = 8 * tokens * dim ** 2 + 4 * tokens ** 2 * dim + 4 * tokens * dim * mlpDim;
  return embedding + depth * block + 2 * dim * classes;
}

/**
 * Floating-point operations of one image in training: the backward pass takes twice those of the forward pass, one
 * product for the inputs and one for the weights (Kaplan et al., 2020, section 2.1).
 */
export function trainingFlops(config: FullViTConfig): number {
  return 3 * forwardFlops(config);
}

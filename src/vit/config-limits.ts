/** The most that a field may be: above what any model has that was ever trained, below what would fill a memory. */
export const MOST = {
  /** Pixels of a side. */
  imageSize: 16_384,
  patchSize: 16_384,
  channels: 4096,
  dim: 65_536,
  depth: 1000,
  heads: 1024,
  mlpDim: 1_048_576,
  classes: 100_000,
  registerTokens: 1024,
  layerNormEps: 1,
  /** Patches of an image. */
  patches: 16_384,
  /** Numbers of an image: pixels times channels. */
  imageNumbers: 2 ** 28,
  /** Numbers of all parameters together. */
  parameters: 2 ** 31,
} as const;

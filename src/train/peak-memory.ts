import { type FullViTConfig, prefixTokens } from "../vit/config";
import { parameterCount } from "../vit/parameter-count";
import { patchGridSize, sizeOf } from "../vit/patches";
import type { TrainingValues } from "./training-fields";

const BYTES = 4;

/** How many vectors of all parameters there are while an optimizer updates them, its state among them. */
const UPDATE = {
  compiled: { adam: 9, adamw: 9, muon: 31, sgd: 5 },
  portable: { adam: 18, adamw: 18, muon: 31, sgd: 5 },
} as const;
const STATE = { adam: 2, adamw: 2, muon: 2, sgd: 0 } as const;

/** From so many inputs on the compiled MLP keeps its hidden layer. */
const KEPT_FROM = 96;

/**
 * About how many bytes all tensors have at the moment of a training step when there are most, data sets and what the engine
 * itself needs apart: what a plan has as `peakBytes`, without a step.
 *
 * It counts what a block keeps for its gradient in tokens `batch · tokens · dim`, scores `batch · heads · tokens²` and hidden
 * numbers `batch · tokens · mlpDim`; how many of each there are was measured, with the compiled operations and without. It is
 * within a factor of 1.5 of what is measured.
 */
export function peakMemory(
  config: FullViTConfig,
  { batchSize, optimizer, recompute, accumulate }: TrainingValues,
  { compiled }: { compiled: boolean },
): number {
  const { imageSize, patchSize, channels, dim, depth, heads, mlpDim, classes } = config;
  const [height, width] = sizeOf(imageSize);
  const { rows, columns } = patchGridSize(imageSize, patchSize);
  const count = rows * columns + prefixTokens(config);
  const parameters = parameterCount(config).total;
  const tokens = batchSize * count * dim;
  const scores = batchSize * heads * count ** 2;
  const hidden = batchSize * count * mlpDim;
  const dropped =
    (config.dropout > 0 ? 2.3 * tokens : 0) +
    (config.dropPath > 0 ? 5.3 * tokens : 0) +
    (config.attentionDropout > 0 && !compiled ? 3 * scores : 0);
  const block =
    dropped + (compiled ? 19.4 * tokens + (dim >= KEPT_FROM ? hidden : 0) : 64 * tokens + 5 * scores + 3.25 * hidden);
  const outside =
    (compiled ? 8 : 17) * tokens +
    (config.embeddingDropout > 0 ? tokens : 0) +
    4 * batchSize * (height * width * channels + classes);
  const blocks = recompute ? block + 2 * depth * tokens : depth * block;
  const backward = (2 + STATE[optimizer] + (accumulate > 1 ? 1 : 0)) * parameters + outside + blocks;
  const update = UPDATE[compiled ? "compiled" : "portable"][optimizer] * parameters;
  return BYTES * Math.max(backward, update);
}

import { type FullViTConfig, placedTokens } from "./config";
import { patchGridSize } from "./patches";

/** The config's part that decides which parameters a model has. */
type Sizes = Pick<
  FullViTConfig,
  | "imageSize"
  | "patchSize"
  | "channels"
  | "dim"
  | "depth"
  | "mlpDim"
  | "classes"
  | "classToken"
  | "distillationToken"
  | "registerTokens"
  | "positions"
  | "qkvBias"
  | "finalNorm"
>;

/**
 * Name and shape of every parameter that a model of a config has, in the order of `namedParameters()`, without making it: so
 * that weights are held against a config, and a config against the memory, before anything is taken.
 */
export function* parameterShapes(sizes: Sizes): Generator<[name: string, shape: readonly number[]]> {
  const { imageSize, patchSize, channels, dim, depth, mlpDim, classes, positions, qkvBias } = sizes;
  const { classToken, distillationToken, registerTokens } = sizes;
  const { rows, columns } = patchGridSize(imageSize, patchSize);
  if (classToken) yield ["embeddings.classToken", [dim]];
  if (distillationToken) yield ["embeddings.distillationToken", [dim]];
  if (registerTokens > 0) yield ["embeddings.registerTokens", [registerTokens, dim]];
  if (positions === "learned") yield ["embeddings.positionEmbedding", [rows * columns + placedTokens(sizes), dim]];
  yield* linear("embeddings.patchEmbedding", channels * patchSize ** 2, dim);
  for (let i = 0; i < depth; i++) {
    const block = `blocks.${i}`;
    yield* norm(`${block}.norm1`, dim);
    yield* linear(`${block}.attention.qkv`, dim, 3 * dim, qkvBias);
    yield* linear(`${block}.attention.projection`, dim, dim);
    yield* norm(`${block}.norm2`, dim);
    yield* linear(`${block}.mlp.fc1`, dim, mlpDim);
    yield* linear(`${block}.mlp.fc2`, mlpDim, dim);
  }
  if (sizes.finalNorm) yield* norm("norm", dim);
  yield* linear("head", dim, classes);
}

function* linear(name: string, inputs: number, outputs: number, bias = true): Generator<[string, readonly number[]]> {
  yield [`${name}.weight`, [inputs, outputs]];
  if (bias) yield [`${name}.bias`, [outputs]];
}

function* norm(name: string, features: number): Generator<[string, readonly number[]]> {
  yield [`${name}.weight`, [features]];
  yield [`${name}.bias`, [features]];
}

import type { NamedArray } from "../nn/module";
import { type FullViTConfig, prefixTokens } from "../vit/config";
import { patchGridSize } from "../vit/patches";
import { cutColumns, sideBySide, transpose } from "./layout";

/** A parameter of ours, and the tensors of transformers' that hold the same numbers. */
export interface WeightRow {
  /** Name of our parameter. */
  ours: string;
  /** Names of their tensors: one, or query, key and value. */
  theirs: readonly string[];
  /** Shape of each of their tensors. */
  shape: readonly number[];
  /** From their tensors to our parameter. */
  read(parts: readonly NamedArray[]): NamedArray;
  /** From our parameter to their tensors. */
  write(parameter: NamedArray): readonly NamedArray[];
}

/** What the parts of a layer are called. */
export interface LayerNames {
  layer: string;
  qkv: readonly [query: string, key: string, value: string];
  projection: string;
  fc1: string;
  fc2: string;
}

/** Names in files: what transformers 4 and 5 write, and the hub holds. */
export const FILE_NAMES: LayerNames = {
  layer: "encoder.layer.",
  qkv: ["attention.attention.query", "attention.attention.key", "attention.attention.value"],
  projection: "attention.output.dense",
  fc1: "intermediate.dense",
  fc2: "output.dense",
};

/** Names in the memory of transformers 5, which `torch.save` and safetensors' own functions write. */
export const MODULE_NAMES: LayerNames = {
  layer: "layers.",
  qkv: ["attention.q_proj", "attention.k_proj", "attention.v_proj"],
  projection: "attention.o_proj",
  fc1: "mlp.fc1",
  fc2: "mlp.fc2",
};

/**
 * The row of every parameter but the head's, in the order of the model, made one by one: a config may claim any depth.
 *
 * @param layers what stands in front of the names of layers
 */
export function* weightTable(
  sizes: FullViTConfig,
  prefix: string,
  names: LayerNames,
  layers = prefix,
): Generator<WeightRow> {
  const { imageSize, patchSize, channels, dim, depth, mlpDim, qkvBias, distillationToken } = sizes;
  const { rows, columns } = patchGridSize(imageSize, patchSize);
  const embeddings = `${prefix}embeddings`;
  const patches = `${embeddings}.patch_embeddings.projection`;
  const length = channels * patchSize * patchSize;
  yield flat("embeddings.classToken", `${embeddings}.cls_token`, [1, 1, dim], [dim]);
  if (distillationToken)
    yield flat("embeddings.distillationToken", `${embeddings}.distillation_token`, [1, 1, dim], [dim]);
  const tokens = rows * columns + prefixTokens(sizes);
  yield flat("embeddings.positionEmbedding", `${embeddings}.position_embeddings`, [1, tokens, dim], [tokens, dim]);
  yield matrix("embeddings.patchEmbedding", patches, [dim, channels, patchSize, patchSize], length);
  yield vector("embeddings.patchEmbedding.bias", `${patches}.bias`, dim);
  for (let i = 0; i < depth; i++) {
    const from = `${layers}${names.layer}${i}`;
    const to = `blocks.${i}`;
    const qkv = names.qkv.map((name) => `${from}.${name}`);
    yield* norm(`${to}.norm1`, `${from}.layernorm_before`, dim);
    yield {
      ours: `${to}.attention.qkv.weight`,
      theirs: qkv.map((name) => `${name}.weight`),
      shape: [dim, dim],
      read: (parts) => sideBySide(parts.map(transpose)),
      write: (parameter) => cutColumns(parameter, 3).map(transpose),
    };
    if (qkvBias)
      yield {
        ours: `${to}.attention.qkv.bias`,
        theirs: qkv.map((name) => `${name}.bias`),
        shape: [dim],
        read: (parts) => {
          const { data } = sideBySide(parts.map((part) => ({ shape: [1, dim], data: part.data })));
          return { shape: [3 * dim], data };
        },
        write: ({ data }) => [0, 1, 2].map((j) => ({ shape: [dim], data: data.slice(j * dim, (j + 1) * dim) })),
      };
    yield* linear(`${to}.attention.projection`, `${from}.${names.projection}`, dim, dim);
    yield* norm(`${to}.norm2`, `${from}.layernorm_after`, dim);
    yield* linear(`${to}.mlp.fc1`, `${from}.${names.fc1}`, mlpDim, dim);
    yield* linear(`${to}.mlp.fc2`, `${from}.${names.fc2}`, dim, mlpDim);
  }
  yield* norm("norm", `${prefix}layernorm`, dim);
}

/** The rows of the head. */
export function headRows(classes: number, dim: number, prefix = ""): readonly WeightRow[] {
  return [...linear("head", `${prefix}classifier`, classes, dim)];
}

function* linear(ours: string, theirs: string, outputs: number, inputs: number): Generator<WeightRow> {
  yield matrix(ours, theirs, [outputs, inputs], inputs);
  yield vector(`${ours}.bias`, `${theirs}.bias`, outputs);
}

function* norm(ours: string, theirs: string, dim: number): Generator<WeightRow> {
  yield vector(`${ours}.weight`, `${theirs}.weight`, dim);
  yield vector(`${ours}.bias`, `${theirs}.bias`, dim);
}

/** Theirs `[outputs, …]`, flattened to `[outputs, inputs]`; ours `[inputs, outputs]`. */
function matrix(ours: string, theirs: string, shape: readonly number[], inputs: number): WeightRow {
  const outputs = shape[0] as number;
  return {
    ours: `${ours}.weight`,
    theirs: [`${theirs}.weight`],
    shape,
    read: ([part]) => transpose({ shape: [outputs, inputs], data: (part as NamedArray).data }),
    write: (parameter) => [{ shape, data: transpose(parameter).data }],
  };
}

function vector(ours: string, theirs: string, size: number): WeightRow {
  return flat(ours, theirs, [size], [size]);
}

/** The same numbers in the same order, in another shape. */
function flat(ours: string, theirs: string, shape: readonly number[], ownShape: readonly number[]): WeightRow {
  return {
    ours,
    theirs: [theirs],
    shape,
    read: ([part]) => ({ shape: ownShape, data: (part as NamedArray).data }),
    write: ({ data }) => [{ shape, data }],
  };
}

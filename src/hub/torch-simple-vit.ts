import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import type { NamedArray, StateDict } from "../nn/module";
import type { FullViTConfig, ViTConfig } from "../vit/config";
import { ViT } from "../vit/model";
import { presets } from "../vit/presets";
import { channelsFirst, transpose } from "./layout";

/** What the weights of a PyTorch SimpleViT don't tell; each defaults to the article's choice. */
export type TorchSimpleViTOptions = Partial<
  Pick<
    ViTConfig,
    | "imageSize"
    | "channels"
    | "heads"
    | "norm"
    | "activation"
    | "pool"
    | "dropout"
    | "attentionDropout"
    | "layerNormEps"
    | "attentionOverBatch"
  >
>;

/**
 * A ViT with the weights of the article's own PyTorch program, `torch.nn.TransformerEncoder` inside.
 *
 * Sizes are read off the shapes; heads, norm, activation and pooling can't be, so pass what differs from the article's.
 *
 * @param state the `state_dict()`: `patch_to_embedding.*`, `pos_embedding` `[1, tokens, dim]`, `cls_token` `[1, 1, dim]`,
 *   `transformer.layers.i.*`, `fc.*`; linear weights `[outputs, inputs]`
 * @throws VitlabError naming the first tensor that is missing, not known, or doesn't fit.
 */
export function fromTorchSimpleViT(state: StateDict, options: TorchSimpleViTOptions = {}): ViT {
  const read = reader(state);
  const config = configOf(read, Object.keys(state), options);
  const weights: StateDict = {};
  const linear = (from: string, to: string) => {
    weights[`${to}.weight`] = transpose(read(`${from}.weight`, 2));
    weights[`${to}.bias`] = read(`${from}.bias`, 1);
  };
  const flat = (from: string, to: string, shape: number[]) => {
    weights[to] = { shape, data: read(from, 3).data };
  };
  linear("patch_to_embedding", "embeddings.patchEmbedding");
  const tokens = read("pos_embedding", 3).shape[1] as number;
  flat("cls_token", "embeddings.classToken", [config.dim]);
  flat("pos_embedding", "embeddings.positionEmbedding", [tokens, config.dim]);
  for (let i = 0; i < config.depth; i++) {
    const from = `transformer.layers.${i}`;
    const to = `blocks.${i}`;
    weights[`${to}.attention.qkv.weight`] = transpose(read(`${from}.self_attn.in_proj_weight`, 2));
    weights[`${to}.attention.qkv.bias`] = read(`${from}.self_attn.in_proj_bias`, 1);
    linear(`${from}.self_attn.out_proj`, `${to}.attention.projection`);
    linear(`${from}.linear1`, `${to}.mlp.fc1`);
    linear(`${from}.linear2`, `${to}.mlp.fc2`);
    for (const norm of ["norm1", "norm2"]) {
      weights[`${to}.${norm}.weight`] = read(`${from}.${norm}.weight`, 1);
      weights[`${to}.${norm}.bias`] = read(`${from}.${norm}.bias`, 1);
    }
  }
  linear("fc", "head");
  const unknown = Object.keys(state).filter((name) => !read.used.has(name));
  if (unknown.length > 0)
    throw new VitlabError(
      `the SimpleViT weights hold ${unknown.slice(0, 3).join(", ")}, which the article's model doesn't have; ` +
        "pass the state_dict of that model alone",
    );
  const model = new ViT(config, { seed: null });
  try {
    model.loadStateDict(weights);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

/**
 * The weights of a model as the article's own PyTorch program loads them: the inverse of `fromTorchSimpleViT`.
 *
 * Save it with `saveSafetensors`; Python reads that with `model.load_state_dict(safetensors.torch.load_file(path))`.
 *
 * @returns `patch_to_embedding.*`, `pos_embedding` `[1, tokens, dim]`, `cls_token` `[1, 1, dim]`,
 *   `transformer.layers.i.*`, `fc.*`; linear weights `[outputs, inputs]`
 * @throws VitlabError when the model has a part that the article's program doesn't have, or lacks one.
 *
 * @example
 * ```ts
 * import { fromTorchSimpleViT, presets, toTorchSimpleViT, ViT } from "vitlab";
 *
 * // There and back. PyTorch's linear weights are `[outputs, inputs]`.
 * const model = new ViT(presets.articleSimpleViT);
 * const state = toTorchSimpleViT(model);
 * console.log(state["fc.weight"].shape, model.head.weight.shape); // [ 10, 32 ] [ 32, 10 ]
 * console.log(fromTorchSimpleViT(state).parameterCount().total); // 279018
 * ```
 */
export function toTorchSimpleViT(model: ViT): StateDict {
  const { config } = model;
  const { dim, depth, patchOrder, patchSize } = config;
  const unlike = differenceFromArticle(config);
  if (unlike)
    throw new VitlabError(
      `the model is not of the article's kind: ${unlike}; write it for Hugging Face with saveViT instead`,
    );
  const state = model.stateDict();
  const get = (name: string) => state[name] as NamedArray;
  const weights: StateDict = {};
  const linear = (from: string, to: string) => {
    weights[`${to}.weight`] = transpose(get(`${from}.weight`));
    weights[`${to}.bias`] = get(`${from}.bias`);
  };
  const patchWeight = channelsFirst(get("embeddings.patchEmbedding.weight"), patchOrder, patchSize);
  weights["patch_to_embedding.weight"] = transpose(patchWeight);
  weights["patch_to_embedding.bias"] = get("embeddings.patchEmbedding.bias");
  weights.cls_token = { shape: [1, 1, dim], data: get("embeddings.classToken").data };
  const table = get("embeddings.positionEmbedding");
  weights.pos_embedding = { shape: [1, ...table.shape], data: table.data };
  for (let i = 0; i < depth; i++) {
    const from = `blocks.${i}`;
    const to = `transformer.layers.${i}`;
    weights[`${to}.self_attn.in_proj_weight`] = transpose(get(`${from}.attention.qkv.weight`));
    weights[`${to}.self_attn.in_proj_bias`] = get(`${from}.attention.qkv.bias`);
    linear(`${from}.attention.projection`, `${to}.self_attn.out_proj`);
    linear(`${from}.mlp.fc1`, `${to}.linear1`);
    linear(`${from}.mlp.fc2`, `${to}.linear2`);
    for (const part of ["norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"])
      weights[`${to}.${part}`] = get(`${from}.${part}`);
  }
  linear("head", "fc");
  return weights;
}

/** What the article's program doesn't have, or lacks, in words. */
function differenceFromArticle(config: FullViTConfig): string | undefined {
  const { classToken, distillationToken, registerTokens, positions, qkvBias, finalNorm, problemType } = config;
  if (!classToken) return "it has no class token";
  if (distillationToken) return "it has a distillation token";
  if (registerTokens > 0) return "it has register tokens";
  if (positions !== "learned") return `its positions are ${positions}, not learned`;
  if (!qkvBias) return "its query, key and value have no bias";
  if (finalNorm) return "it has a layer normalization after the last block";
  return problemType === "single_label_classification" ? undefined : `its head is for ${problemType}`;
}

function configOf(read: Reader, names: readonly string[], options: TorchSimpleViTOptions): ViTConfig {
  const [dim, patchLength] = read("patch_to_embedding.weight", 2).shape as [number, number];
  const channels = options.channels ?? 3;
  const patchSize = Math.sqrt(patchLength / channels);
  if (!Number.isInteger(patchSize))
    throw new VitlabError(
      `patch_to_embedding.weight takes ${patchLength} numbers, no square patch of ${channels} channels; pass { channels }`,
    );
  const patches = (read("pos_embedding", 3).shape[1] as number) - 1;
  const side = Math.sqrt(patches) * patchSize;
  if (options.imageSize === undefined && !Number.isInteger(side))
    throw new VitlabError(`pos_embedding has ${patches} patches, not a square; pass { imageSize: [height, width] }`);
  const layers = names.flatMap((name) => /^transformer\.layers\.(\d+)\./.exec(name)?.[1] ?? []);
  return {
    ...presets.articleSimpleViT,
    finalNorm: false,
    imageSize: side,
    ...options,
    channels,
    patchSize,
    dim,
    depth: Math.max(-1, ...layers.map(Number)) + 1,
    mlpDim: read("transformer.layers.0.linear1.weight", 2).shape[0] as number,
    classes: read("fc.weight", 2).shape[0] as number,
  };
}

interface Reader {
  (name: string, rank: number): { shape: readonly number[]; data: Float32Array };
  used: Set<string>;
}

function reader(state: StateDict): Reader {
  const used = new Set<string>();
  const read = (name: string, rank: number) => {
    const entry = state[name];
    if (!entry)
      throw new VitlabError(
        `the SimpleViT weights have no ${name}; pass the state_dict of the article's PyTorch model`,
      );
    if (entry.shape.length !== rank)
      throw new VitlabError(`${name} is ${showShape(entry.shape)}: expected ${rank} axes`);
    used.add(name);
    return entry;
  };
  return Object.assign(read, { used });
}

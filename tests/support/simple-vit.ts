import type { Tensor } from "@tensorflow/tfjs-core";
import { fromTorchSimpleViT, type TorchSimpleViTOptions } from "../../src/hub/torch-simple-vit";
import type { StateDict } from "../../src/nn/module";
import type { ViT } from "../../src/vit/model";
import { type Golden, transposed } from "./golden";

/** The golden models of the article's kind, and what their weights don't tell. */
export const simpleViTs: readonly [string, TorchSimpleViTOptions][] = [
  ["article", {}],
  ["small_ff", {}],
  ["pre_norm", { norm: "pre", activation: "gelu", pool: "mean", heads: 2 }],
];

/** A golden model without dropout. */
export function loadSimpleViT(golden: Golden, options: TorchSimpleViTOptions): ViT {
  const state: StateDict = {};
  for (const name of golden.names("param/"))
    state[name] = { shape: golden.shape(`param/${name}`), data: golden.data(`param/${name}`) };
  return fromTorchSimpleViT(state, { dropout: 0, attentionDropout: 0, ...options });
}

/** PyTorch's name of one of our parameters, and whether its matrix lies the other way round. */
export function torchName(name: string): { name: string; turned: boolean } {
  const turned = name.endsWith(".weight") && !name.includes("norm");
  const torch = name
    .replace("embeddings.patchEmbedding", "patch_to_embedding")
    .replace("embeddings.classToken", "cls_token")
    .replace("embeddings.positionEmbedding", "pos_embedding")
    .replace(/^head/, "fc")
    .replace(/^blocks\.(\d+)/, "transformer.layers.$1")
    .replace("attention.qkv.weight", "self_attn.in_proj_weight")
    .replace("attention.qkv.bias", "self_attn.in_proj_bias")
    .replace("attention.projection", "self_attn.out_proj")
    .replace("mlp.fc", "linear");
  return { name: torch, turned };
}

/** A parameter or its gradient in PyTorch's layout. */
export function torchLayout(value: Tensor, turned: boolean): ArrayLike<number> {
  const data = value.dataSync();
  return turned ? transposed(data, value.shape[0] as number, value.shape[1] as number) : data;
}

import type { Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { withDefaults } from "../base/with-defaults";
import type { SelfAttention } from "../nn/attention";
import { type BlockFactories, EncoderBlock, type EncoderBlockOptions, type NormLayer } from "../nn/encoder-block";
import type { ForwardContext } from "../nn/forward-context";
import type { Draws } from "../nn/initial";
import { LayerNorm } from "../nn/layer-norm";
import { Linear, type LinearOptions } from "../nn/linear";
import type { Mlp } from "../nn/mlp";
import type { Module } from "../nn/module";
import type { TokenLayer } from "../nn/residual";
import type { FullViTConfig } from "./config";
import { Embeddings } from "./embeddings";

/** A module that makes `[batch, tokens, dim]` of patches, or of the images themselves; the class token comes first. */
export interface EmbeddingsLayer extends Module {
  forward(
    patches: Tensor3D,
    grid: { rows: number; columns: number },
    context: ForwardContext,
    images: Tensor4D,
  ): Tensor3D;
}

/** A module that makes `[batch, classes]` of `[batch, dim]`. */
export interface HeadLayer extends Module {
  forward(features: Tensor2D, context?: ForwardContext): Tensor2D;
}

/**
 * How a model is made. A factory puts another module in the place of the usual one, and must return a new one each time:
 * `new ViT(config, { norm: (dim) => new RMSNorm(dim) })`. The config doesn't tell of them, so that a checkpoint of such a model
 * fills one that is made likewise: `loadCheckpoint(dir, { model })`.
 */
export interface ViTOptions<
  Norm extends NormLayer = LayerNorm,
  FeedForward extends TokenLayer = Mlp,
  Attention extends TokenLayer = SelfAttention,
  Block extends TokenLayer = EncoderBlock<Norm, Attention, FeedForward>,
  Tokens extends EmbeddingsLayer = Embeddings,
  Head extends HeadLayer = Linear,
> extends BlockFactories<Norm, Attention, FeedForward> {
  /** Seed of the starting weights; null leaves zeros, for weights that are loaded next. Default 0. */
  seed?: number | null;
  /** Block i, by the options of the usual one. Default `(dim, options) => new EncoderBlock(dim, options)`. */
  block?: (dim: number, options: EncoderBlockOptions<Norm, Attention, FeedForward>, index: number) => Block;
  /** What makes tokens of patches. Default `(config, random) => new Embeddings(config, random)`. */
  embeddings?: (config: FullViTConfig, random: Draws) => Tokens;
  /** What makes scores of what was pooled. Default `(dim, classes, options) => new Linear(dim, classes, options)`. */
  head?: (dim: number, classes: number, options: LinearOptions) => Head;
}

/** The names of the factories. */
export const FACTORIES = { norm: true, mlp: true, attention: true, block: true, embeddings: true, head: true } as const;

/** The factories that were given, and the usual ones for all else; `mlp` and `attention` are for blocks to use. */
export function factoriesOf<
  Norm extends NormLayer,
  FeedForward extends TokenLayer,
  Attention extends TokenLayer,
  Block extends TokenLayer,
  Tokens extends EmbeddingsLayer,
  Head extends HeadLayer,
>(
  { layerNormEps }: FullViTConfig,
  { norm, block, embeddings, head }: ViTOptions<Norm, FeedForward, Attention, Block, Tokens, Head>,
) {
  const usual: Omit<Required<ViTOptions>, "seed" | "mlp" | "attention"> = {
    norm: (dim) => new LayerNorm(dim, { epsilon: layerNormEps }),
    block: (dim, options) => new EncoderBlock(dim, options),
    embeddings: (config, random) => new Embeddings(config, random),
    head: (dim, classes, options) => new Linear(dim, classes, options),
  };
  // Where none is given the types are the usual ones, which the compiler can't see from here.
  type Made = Omit<
    Required<ViTOptions<Norm, FeedForward, Attention, Block, Tokens, Head>>,
    "seed" | "mlp" | "attention"
  >;
  return withDefaults(usual as unknown as Made, { norm, block, embeddings, head });
}

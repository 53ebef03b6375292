import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { SelfAttention } from "../nn/attention";
import { EncoderBlock } from "../nn/encoder-block";
import type { ForwardContext } from "../nn/forward-context";
import { LayerNorm } from "../nn/layer-norm";
import { Linear } from "../nn/linear";
import { Mlp } from "../nn/mlp";
import type { Module } from "../nn/module";
import { compiled } from "../tensor/compiled";
import { isRecorded } from "../tensor/differentiable";
import { precision } from "../tensor/precision";
import { tf } from "../tensor/tf";
import type { FullViTConfig } from "./config";
import { placedTokens } from "./config";
import { Embeddings } from "./embeddings";

/** A model whose parts may be any. */
export interface Parts {
  readonly config: FullViTConfig;
  readonly embeddings: Module;
  readonly blocks: readonly Module[];
  readonly norm: Module | null;
  readonly head: Module;
}

/** What the head reads, `[batch, dim]`, and the class scores, `[batch, classes]`. */
export interface OnePass {
  pooled: Tensor2D;
  logits: Tensor2D;
}

/**
 * The whole forward pass as one compiled operation, where there are compiled operations, nothing between is watched or learned
 * from, and the model is made of its usual parts; null otherwise. An operation of its own for each part costs a small model
 * more than what it computes.
 *
 * @param images `[batch, height, width, channels]`, checked
 */
export function onePass(model: Parts, images: Tensor4D, context: ForwardContext): OnePass | null {
  const run = compiled();
  if (!run || isRecorded() || context.watched || !isPlain(context)) return null;
  const parts = usualParts(model);
  if (!parts) return null;
  const { embeddings, blocks, norm, head } = parts;
  const { config } = model;
  const { classToken, distillationToken, registerTokens, patchEmbedding } = embeddings;
  return tf.tidy(() => {
    const none = tf.zeros([0]);
    const front = [classToken, distillationToken, registerTokens].flatMap((tokens) =>
      tokens ? [tf.reshape(tokens as Tensor, [-1, config.dim])] : [],
    );
    const tensors = [
      ...weightsOf(patchEmbedding),
      front.length > 1 ? tf.concat(front) : front[0],
      embeddings.ownPositions(),
      ...(norm ? weightsOf(norm) : [null, null]),
      ...weightsOf(head),
      ...blocks.flatMap(({ norm1, attention, norm2, mlp }) =>
        [norm1, attention.qkv, attention.projection, norm2, mlp.fc1, mlp.fc2].flatMap(weightsOf),
      ),
    ].map((tensor) => tensor ?? none);
    const [pooled, logits] = run("ForwardPass", [images, ...tensors], 2, {
      count: tensors.length,
      heads: config.heads,
      activation: config.activation,
      epsilon: config.layerNormEps,
      patch: config.patchSize,
      placed: placedTokens(config),
      channelsFirst: config.patchOrder === "chw",
      preNorm: config.norm === "pre",
      meanPool: config.pool === "mean",
      bfloat16: precision() === "bfloat16",
    }) as [Tensor2D, Tensor2D];
    return { pooled, logits } as never;
  }) as OnePass;
}

/** Whether nothing is asked for besides what the model answers. */
function isPlain({ options }: ForwardContext): boolean {
  const { training, mask, memoryMask, interpolatePositions } = options as typeof options & {
    interpolatePositions?: boolean;
  };
  return !training && !mask && !memoryMask && !interpolatePositions;
}

interface UsualParts {
  embeddings: Embeddings;
  blocks: { norm1: LayerNorm; attention: SelfAttention; norm2: LayerNorm; mlp: Mlp }[];
  norm: LayerNorm | null;
  head: Linear;
}

/** The parts, where each is the very class that a ViT is made of, with the config's settings; null otherwise. */
function usualParts({ config, embeddings, blocks, norm, head }: Parts): UsualParts | null {
  const isNorm = (module: Module) => is(module, LayerNorm) && module.epsilon === config.layerNormEps;
  if (!is(embeddings, Embeddings) || !is(embeddings.patchEmbedding, Linear) || !is(head, Linear)) return null;
  if (norm && !isNorm(norm)) return null;
  for (const block of blocks) {
    if (!is(block, EncoderBlock) || block.settings.norm !== config.norm) return null;
    const { norm1, attention, norm2, mlp } = block as EncoderBlock;
    if (!isNorm(norm1) || !isNorm(norm2) || !is(attention, SelfAttention) || !is(mlp, Mlp)) return null;
    const { heads, kvHeads, rotary, causal, attentionOverBatch } = attention.settings;
    if (heads !== config.heads || kvHeads !== heads || rotary || causal || attentionOverBatch) return null;
    if (attention.positionBias || mlp.settings.activation !== config.activation) return null;
    if (![attention.qkv, attention.projection, mlp.fc1, mlp.fc2].every((layer) => is(layer, Linear))) return null;
    if (mlp.fc1.weight.shape[1] !== config.mlpDim) return null;
  }
  return { embeddings, blocks: blocks as never, norm: norm as LayerNorm | null, head };
}

/** Whether a module is of a class itself, not of one that extends it, and computes what the class does. */
function is<M extends Module>(module: Module, type: abstract new (...given: never[]) => M): module is M {
  return module.constructor === type && !Object.hasOwn(module, "forward");
}

function weightsOf({ weight, bias }: { weight: Tensor; bias: Tensor | null }): [Tensor, Tensor | null] {
  return [weight, bias];
}

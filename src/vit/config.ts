import type { Initialization } from "../nn/initial";
import type { Positions } from "../nn/positions";
import type { Activation } from "../tensor/activation";
import type { Normalization } from "../tensor/normalization";
import type { PatchOrder } from "./patches";
import type { ProblemType } from "./problem-type";

/** Everything that makes one Vision Transformer differ from another. */
export interface ViTConfig {
  /** Side of the square images, or [height, width], in pixels. */
  imageSize: number | [number, number];
  /** Side of a patch in pixels; divides height and width. */
  patchSize: number;
  /** Default 3. */
  channels?: number;
  /** Length of a token. */
  dim: number;
  /** Number of encoder blocks. */
  depth: number;
  /** Number of attention heads; divides dim. */
  heads: number;
  /** Width of the hidden layer of the feed-forward networks. */
  mlpDim: number;
  /** Number of classes. */
  classes: number;
  /** Layer normalization before each part ("pre", as in ViT) or after it ("post"). Default "pre". */
  norm?: "pre" | "post";
  /** One more layer normalization after the last block. Default true with pre-norm, false with post-norm. */
  finalNorm?: boolean;
  /** Default "gelu". */
  activation?: Activation;
  /** What the head reads: the class token, or the mean of the patch tokens. Default "cls". */
  pool?: "cls" | "mean";
  /** Whether there is a class token. Default true; "mean" pooling works without. */
  classToken?: boolean;
  /**
   * Whether a second learned token stands behind the class token, as in DeiT (Touvron et al., 2021, section 4); the head
   * doesn't read it. Default false.
   */
  distillationToken?: boolean;
  /**
   * Learned tokens without a place that stand behind class and distillation token and that nothing reads: blocks have them to
   * write down what is true of the whole image (Darcet et al., "Vision Transformers Need Registers", 2024). Default 0.
   */
  registerTokens?: number;
  /** Default "learned". */
  positions?: Positions;
  /** Dropout in the blocks: after attention, after the activation, after the MLP. Default 0. */
  dropout?: number;
  /** Dropout on the attention weights. Default 0. */
  attentionDropout?: number;
  /** Dropout on the tokens that enter the first block. Default 0. */
  embeddingDropout?: number;
  /**
   * Stochastic depth: share of images for which a residual branch of the last block is left out in training; earlier blocks
   * have less, the first none. Default 0.
   */
  dropPath?: number;
  /** Biases on query, key and value. Default true. */
  qkvBias?: boolean;
  /** Default 1e-12, Hugging Face's for ViT; PyTorch's own layers have 1e-5. */
  layerNormEps?: number;
  /** Order of the numbers inside a patch. Default "chw". */
  patchOrder?: PatchOrder;
  /**
   * Starting weights: "vit" (truncated normal, deviation 0.02), "torch" (what torch.nn draws) or "mimetic" (attention that
   * starts as if trained, and learned positions that start as sines: learns more from little data). Default "vit".
   */
  initialization?: Initialization;
  /**
   * For teaching only: attention between the images of a batch instead of between the tokens of an image, which is what
   * PyTorch's Transformer layers do without `batch_first=True`. Default false.
   */
  attentionOverBatch?: boolean;
  /** How the bytes of images become the numbers that this model takes. Default mean 0.5 and std 0.5: [-1, 1]. */
  normalize?: Normalization;
  /** What the head's answer means, and so what `predict` makes of it. Default "single_label_classification". */
  problemType?: ProblemType;
}

/** A config with nothing left out. */
export type FullViTConfig = Required<ViTConfig>;

/** How many tokens stand in front of those of the patches. */
export function prefixTokens(
  config: Pick<FullViTConfig, "classToken" | "distillationToken" | "registerTokens">,
): number {
  return placedTokens(config) + config.registerTokens;
}

/** How many of them have a position of their own: all but the registers. */
export function placedTokens({
  classToken,
  distillationToken,
}: Pick<FullViTConfig, "classToken" | "distillationToken">): number {
  return (classToken ? 1 : 0) + (distillationToken ? 1 : 0);
}

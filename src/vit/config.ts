import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import type { Initialisation } from "../nn/initial";
import { checkPositions, hasSincos2d, POSITIONS, type Positions } from "../nn/positions";
import { ACTIVATIONS, type Activation } from "../tensor/activation";
import { completeNormalisation, type Normalisation } from "../tensor/normalisation";
import { checkSize, MOST, wholeField } from "./config-limits";
import { type PatchOrder, patchGridSize } from "./patches";
import { presets } from "./presets";
import { PROBLEM_TYPES, type ProblemType } from "./problem-type";

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
  /** Layer normalisation before each part ("pre", as in ViT) or after it ("post"). Default "pre". */
  norm?: "pre" | "post";
  /** One more layer normalisation after the last block. Default true with pre-norm, false with post-norm. */
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
  initialisation?: Initialisation;
  /**
   * For teaching only: attention between the images of a batch instead of between the tokens of an image, which is what
   * PyTorch's Transformer layers do without `batch_first=True`. Default false.
   */
  attentionOverBatch?: boolean;
  /** How the bytes of images become the numbers that this model takes. Default mean 0.5 and std 0.5: [-1, 1]. */
  normalise?: Normalisation;
  /** What the head's answer means, and so what `predict` makes of it. Default "single_label_classification". */
  problemType?: ProblemType;
}

/** A config with nothing left out. */
export type FullViTConfig = Required<ViTConfig>;

const FIELDS: readonly (keyof ViTConfig)[] = [
  "imageSize",
  "patchSize",
  "channels",
  "dim",
  "depth",
  "heads",
  "mlpDim",
  "classes",
  "norm",
  "finalNorm",
  "activation",
  "pool",
  "classToken",
  "distillationToken",
  "positions",
  "dropout",
  "attentionDropout",
  "embeddingDropout",
  "dropPath",
  "qkvBias",
  "layerNormEps",
  "patchOrder",
  "initialisation",
  "attentionOverBatch",
  "normalise",
  "problemType",
];

/**
 * Fills in the defaults and checks that the parts fit together, each within its limit, so that a config alone, from wherever
 * it came, can't ask for more memory than there is.
 *
 * @throws VitlabError naming the first field that doesn't fit.
 */
export function completeConfig(config: ViTConfig): FullViTConfig {
  checkGiven(config);
  checkOptions("config", config, FIELDS, "field");
  const norm = config.norm ?? "pre";
  const channels = wholeField("channels", config.channels ?? 3);
  const full: FullViTConfig = {
    ...config,
    channels,
    norm,
    finalNorm: config.finalNorm ?? norm === "pre",
    activation: config.activation ?? "gelu",
    pool: config.pool ?? "cls",
    classToken: config.classToken ?? true,
    distillationToken: config.distillationToken ?? false,
    positions: config.positions ?? "learned",
    dropout: config.dropout ?? 0,
    attentionDropout: config.attentionDropout ?? 0,
    embeddingDropout: config.embeddingDropout ?? 0,
    dropPath: config.dropPath ?? 0,
    qkvBias: config.qkvBias ?? true,
    layerNormEps: config.layerNormEps ?? 1e-12,
    patchOrder: config.patchOrder ?? "chw",
    initialisation: config.initialisation ?? "vit",
    attentionOverBatch: config.attentionOverBatch ?? false,
    normalise: completeNormalisation(config.normalise, channels),
    problemType: config.problemType ?? "single_label_classification",
  };
  for (const field of ["patchSize", "dim", "depth", "heads", "mlpDim", "classes"] as const)
    wholeField(field, full[field]);
  const sides = Array.isArray(full.imageSize) ? full.imageSize : [full.imageSize, full.imageSize];
  if (sides.length !== 2 || !sides.every((side) => Number.isInteger(side) && side >= 1)) {
    const shown = Array.isArray(full.imageSize) ? showShape(full.imageSize) : full.imageSize;
    throw new VitlabError(`config.imageSize is ${shown}: it must be whole pixels, or [height, width]`);
  }
  if (sides.some((side) => side > MOST.imageSize))
    throw new VitlabError(
      `config.imageSize is ${sides.join("x")}: a side must be at most ${MOST.imageSize.toLocaleString("en-US")} pixels`,
    );
  patchGridSize(full.imageSize, full.patchSize);
  if (full.dim % full.heads !== 0)
    throw new VitlabError(
      `config.heads is ${full.heads}, which does not divide dim ${full.dim}; ` +
        `use one of ${divisors(full.dim).join(", ")} heads or another dim`,
    );
  oneOf("norm", full.norm, ["pre", "post"]);
  oneOf("activation", full.activation, ACTIVATIONS);
  oneOf("pool", full.pool, ["cls", "mean"]);
  oneOf("positions", full.positions, POSITIONS);
  checkPositions(full.positions, full.dim);
  if (full.initialisation === "mimetic" && full.positions === "learned" && !hasSincos2d(full.dim))
    throw new VitlabError(
      `config.initialisation is "mimetic", but its sines for the positions need a dim of 8 or more that 4 divides, got ` +
        `${full.dim}; use such a dim or "vit"`,
    );
  oneOf("patchOrder", full.patchOrder, ["chw", "hwc"]);
  oneOf("initialisation", full.initialisation, ["torch", "vit", "mimetic"]);
  oneOf("problemType", full.problemType, PROBLEM_TYPES);
  for (const field of ["finalNorm", "classToken", "distillationToken", "qkvBias", "attentionOverBatch"] as const)
    if (typeof full[field] !== "boolean")
      throw new VitlabError(`config.${field} is ${show(full[field])}: it must be true or false`);
  for (const field of ["dropout", "attentionDropout", "embeddingDropout", "dropPath"] as const)
    if (!(typeof full[field] === "number" && full[field] >= 0 && full[field] < 1))
      throw new VitlabError(`config.${field} is ${full[field]}: it must be at least 0 and below 1`);
  if (!(typeof full.layerNormEps === "number" && full.layerNormEps > 0))
    throw new VitlabError(`config.layerNormEps is ${full.layerNormEps}: it must be above 0`);
  if (full.layerNormEps > MOST.layerNormEps)
    throw new VitlabError(`config.layerNormEps is ${full.layerNormEps}: it must be at most ${MOST.layerNormEps}`);
  if (full.pool === "cls" && !full.classToken)
    throw new VitlabError('config.pool is "cls" but classToken is false: set classToken to true, or pool to "mean"');
  if (full.distillationToken && !full.classToken)
    throw new VitlabError(
      "config.distillationToken is true but classToken is false: the distillation token stands behind the class token; set both or none",
    );
  checkSize(full);
  return full;
}

/** How many tokens stand in front of those of the patches. */
export function prefixTokens({ classToken, distillationToken }: FullViTConfig): number {
  return (classToken ? 1 : 0) + (distillationToken ? 1 : 0);
}

function checkGiven(config: unknown): void {
  if (typeof config === "object" && config !== null && !Array.isArray(config)) return;
  const names = Object.keys(presets).map((name) => `presets.${name}`);
  throw new VitlabError(
    `the model's config is ${show(config)}: give one of ${names.join(", ")}, or an object with the fields of ViTConfig`,
  );
}

function oneOf(field: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value))
    throw new VitlabError(`config.${field} is "${value}": it must be one of ${allowed.join(", ")}`);
}

function divisors(n: number): number[] {
  return Array.from({ length: Math.min(n, 32) }, (_, i) => i + 1).filter((d) => n % d === 0);
}

import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { WeightType } from "../base/safetensors-numbers";
import type { Activation } from "../tensor/activation";
import { completeConfig } from "../vit/complete-config";
import type { FullViTConfig, ViTConfig } from "../vit/config";
import { MOST } from "../vit/config-limits";
import { sizeOf } from "../vit/patches";
import { PROBLEM_TYPES, type ProblemType } from "../vit/problem-type";
import { type Architecture, architectureOf } from "./architecture";
import { type Fields, isObject } from "./read-json";

/** What a Hugging Face `config.json` says of a Vision Transformer. */
export interface HubConfig {
  /** The model, but for its classes. Rows and columns of the images that fill no patch are left out of the size. */
  config: Omit<ViTConfig, "classes">;
  architecture: Architecture;
  /** The [height, width] that images come in. */
  imageSize: readonly [number, number];
  /** Class names; undefined where the file tells none. */
  labels: readonly string[] | undefined;
  /** Deviation of the numbers that a new head is drawn with. */
  initializerRange: number;
}

/** The most that a field may be, so that no file alone decides how much memory is taken. */
const LIMITS = {
  patch_size: MOST.patchSize,
  image_size: MOST.imageSize,
  num_channels: MOST.channels,
  hidden_size: MOST.dim,
  num_hidden_layers: MOST.depth,
  num_attention_heads: MOST.heads,
  intermediate_size: MOST.mlpDim,
  layer_norm_eps: MOST.layerNormEps,
  initializer_range: 10,
} as const;

/** Names of activations in transformers (activations.py, ACT2FN). */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: "gelu",
  gelu_python: "gelu",
  gelu_pytorch_tanh: "gelu_tanh",
  gelu_python_tanh: "gelu_tanh",
  gelu_new: "gelu_tanh",
  gelu_fast: "gelu_tanh",
  relu: "relu",
};

/**
 * Reads the fields of a `config.json`; those that are missing have transformers' defaults.
 *
 * @param path names the file in messages
 * @throws VitlabError when it is of another architecture, or a field is out of range.
 */
export function readHubConfig(fields: Fields, path: string): HubConfig {
  const architecture = architectureOf(fields, path);
  const wrong = (field: string, expected: string) =>
    new VitlabError(`${path}: ${field} is ${show(fields[field])}; expected ${expected}`);
  const checkMost = (field: keyof typeof LIMITS, value: number) => {
    if (value > LIMITS[field]) throw wrong(field, `at most ${LIMITS[field].toLocaleString("en-US")}`);
  };
  const whole = (field: keyof typeof LIMITS, missing: number): number => {
    const value = fields[field] ?? missing;
    if (!isWhole(value)) throw wrong(field, "a whole number, 1 or more");
    checkMost(field, value);
    return value;
  };
  const share = (field: string): number => {
    const value = fields[field] ?? 0;
    if (typeof value !== "number" || !(value >= 0 && value < 1)) throw wrong(field, "a number from 0 to below 1");
    return value;
  };
  const positive = (field: keyof typeof LIMITS, missing: number): number => {
    const value = fields[field] ?? missing;
    if (typeof value !== "number" || !(value > 0)) throw wrong(field, "a number above 0");
    checkMost(field, value);
    return value;
  };
  const pair = (field: keyof typeof LIMITS, missing: number): readonly [number, number] => {
    const value = fields[field] ?? missing;
    const [height, width, ...more] = Array.isArray(value) ? value : [value, value];
    if (!isWhole(height) || !isWhole(width) || more.length > 0) throw wrong(field, "whole pixels, or [height, width]");
    checkMost(field, Math.max(height, width));
    return [height, width];
  };
  const [patchSize, patchWidth] = pair("patch_size", 16);
  if (patchSize !== patchWidth) throw new VitlabError(`${path}: patches of ${patchSize}x${patchWidth} are not square`);
  const imageSize = pair("image_size", 224);
  const [height, width] = imageSize.map((side) => side - (side % patchSize)) as [number, number];
  if (height === 0 || width === 0) throw wrong("patch_size", `at most image_size, ${imageSize.join("x")}`);
  const dim = whole("hidden_size", 768);
  const heads = whole("num_attention_heads", 12);
  const headDim = fields.head_dim ?? dim / heads;
  if (dim % heads !== 0 || headDim !== dim / heads)
    throw wrong("num_attention_heads", `a number that divides hidden_size, ${dim}, with head_dim of their ratio`);
  const act = fields.hidden_act ?? "gelu";
  const activation = activationOf(act);
  if (!activation) throw wrong("hidden_act", `one of ${Object.keys(ACTIVATIONS).join(", ")}`);
  const qkvBias = fields.qkv_bias ?? true;
  if (typeof qkvBias !== "boolean") throw wrong("qkv_bias", "true or false");
  const problemType = problemTypeOf(fields);
  if (!problemType) throw wrong("problem_type", `one of ${PROBLEM_TYPES.join(", ")}, or null`);
  const dropout = share("hidden_dropout_prob");
  const config: Omit<ViTConfig, "classes"> = {
    imageSize: height === width ? height : [height, width],
    patchSize,
    channels: whole("num_channels", 3),
    dim,
    depth: whole("num_hidden_layers", 12),
    heads,
    mlpDim: whole("intermediate_size", 3072),
    norm: "pre",
    activation,
    dropout,
    embeddingDropout: dropout,
    attentionDropout: share("attention_probs_dropout_prob"),
    qkvBias,
    layerNormEps: positive("layer_norm_eps", architecture.layerNormEps),
    distillationToken: architecture.distillationToken,
    problemType,
  };
  try {
    completeConfig({ ...config, classes: 1 });
  } catch (error) {
    throw error instanceof VitlabError ? new VitlabError(`${path}: ${error.message}`) : error;
  }
  const initializerRange = positive("initializer_range", 0.02);
  return { config, architecture, imageSize, labels: labelsOf(fields, path), initializerRange };
}

/**
 * The `config.json` of a model, for transformers' `ViTForImageClassification`, or `DeiTForImageClassification` where it has
 * a distillation token.
 *
 * @param base fields of a file that was read, which are kept where they don't contradict the model
 */
export function writeHubConfig(
  config: FullViTConfig,
  { labels, dtype, base }: { labels: readonly string[]; dtype: WeightType; base: Fields },
): Fields {
  const { num_labels: _, torch_dtype: old, problem_type: before, ...kept } = base;
  const [height, width] = sizeOf(config.imageSize);
  const type = { F32: "float32", F16: "float16", BF16: "bfloat16" }[dtype];
  return {
    encoder_stride: config.patchSize,
    initializer_range: 0.02,
    pooler_act: "tanh",
    pooler_output_size: config.dim,
    ...kept,
    architectures: [config.distillationToken ? "DeiTForImageClassification" : "ViTForImageClassification"],
    model_type: config.distillationToken ? "deit" : "vit",
    image_size: sameSize(base.image_size, config) ? base.image_size : height === width ? height : [height, width],
    patch_size: sameSide(base.patch_size, config.patchSize) ? base.patch_size : config.patchSize,
    num_channels: config.channels,
    hidden_size: config.dim,
    num_hidden_layers: config.depth,
    num_attention_heads: config.heads,
    intermediate_size: config.mlpDim,
    hidden_act: hiddenAct(base.hidden_act, config.activation),
    hidden_dropout_prob: config.dropout,
    attention_probs_dropout_prob: config.attentionDropout,
    qkv_bias: config.qkvBias,
    layer_norm_eps: config.layerNormEps,
    id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
    label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
    ...writtenProblemType(before, config),
    // transformers 4 calls it torch_dtype; both names are read by its last versions.
    ...(old === undefined ? { dtype: type } : { torch_dtype: type }),
  };
}

/** What transformers calls classes that have no names. */
export function defaultLabels(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `LABEL_${i}`);
}

/** Undefined where it is none; null and a missing one have the meaning of a single label. */
function problemTypeOf({ problem_type: type }: Fields): ProblemType | undefined {
  return PROBLEM_TYPES.find((known) => known === (type ?? "single_label_classification"));
}

/** As it was where it means the same; a head that was made anew forgets what the one before was for. */
function writtenProblemType(before: unknown, { problemType, classes }: FullViTConfig): Fields {
  const type = problemTypeOf({ problem_type: before }) === problemType ? before : problemType;
  // transformers 5 takes a single label of one class for a mistake.
  const goesWithoutSaying = type !== before || classes === 1;
  if (type === undefined || (type === "single_label_classification" && goesWithoutSaying)) return {};
  return { problem_type: type };
}

function labelsOf({ id2label, label2id, num_labels: count }: Fields, path: string): readonly string[] | undefined {
  const wrong = (field: string) =>
    new VitlabError(`${path}: ${field} does not name classes 0, 1, 2, … one after the other; mend it, or remove it`);
  if (isObject(id2label)) {
    const labels = Object.keys(id2label).map((_, i) => id2label[i]);
    if (labels.length === 0) return undefined;
    checkCount("id2label", labels.length, path);
    if (!labels.every((label) => typeof label === "string")) throw wrong("id2label");
    return labels as string[];
  }
  if (isObject(label2id)) {
    checkCount("label2id", Object.keys(label2id).length, path);
    const labels: string[] = [];
    for (const [label, id] of Object.entries(label2id)) {
      if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) >= MOST.classes) throw wrong("label2id");
      labels[id as number] = label;
    }
    // Two names of one class leave a hole.
    const named = Object.keys(label2id).length;
    if (labels.length !== named || Object.keys(labels).length !== named) throw wrong("label2id");
    return labels.length === 0 ? undefined : labels;
  }
  if (count === undefined || count === null) return undefined;
  if (!isWhole(count))
    throw new VitlabError(`${path}: num_labels is ${show(count)}; expected a whole number, 1 or more`);
  checkCount("num_labels", count, path);
  return defaultLabels(count);
}

function checkCount(field: string, count: number, path: string): void {
  if (count > MOST.classes)
    throw new VitlabError(
      `${path}: ${field} tells of ${count} classes; expected at most ${MOST.classes.toLocaleString("en-US")}`,
    );
}

function activationOf(name: unknown): Activation | undefined {
  return typeof name === "string" && Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
}

function hiddenAct(before: unknown, activation: Activation): unknown {
  if (activationOf(before) === activation) return before;
  return activation === "gelu_tanh" ? "gelu_pytorch_tanh" : activation;
}

/** Whether images of a size given in a config.json fill the model's patches. */
function sameSize(size: unknown, { imageSize, patchSize }: FullViTConfig): boolean {
  const [height, width] = Array.isArray(size) ? size : [size, size];
  const [ownHeight, ownWidth] = sizeOf(imageSize);
  const fills = (side: unknown, own: number) => isWhole(side) && side - (side % patchSize) === own;
  return fills(height, ownHeight) && fills(width, ownWidth);
}

function sameSide(size: unknown, side: number): boolean {
  return Array.isArray(size) ? size.length === 2 && size.every((given) => given === side) : size === side;
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

import { checkOptions, type OptionNames, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { checkPositions, hasSincos2d, POSITIONS } from "../nn/positions";
import { ACTIVATIONS } from "../tensor/activation";
import { completeNormalization } from "../tensor/normalization";
import type { FullViTConfig, ViTConfig } from "./config";
import { checkSize, MOST, wholeField } from "./config-limits";
import { patchGridSize } from "./patches";
import { presets } from "./presets";
import { PROBLEM_TYPES } from "./problem-type";

const FIELDS: OptionNames<ViTConfig> = {
  imageSize: true,
  patchSize: true,
  channels: true,
  dim: true,
  depth: true,
  heads: true,
  mlpDim: true,
  classes: true,
  norm: true,
  finalNorm: true,
  activation: true,
  pool: true,
  classToken: true,
  distillationToken: true,
  registerTokens: true,
  positions: true,
  dropout: true,
  attentionDropout: true,
  embeddingDropout: true,
  dropPath: true,
  qkvBias: true,
  layerNormEps: true,
  patchOrder: true,
  initialization: true,
  attentionOverBatch: true,
  normalize: true,
  problemType: true,
};

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
    registerTokens: config.registerTokens ?? 0,
    positions: config.positions ?? "learned",
    dropout: config.dropout ?? 0,
    attentionDropout: config.attentionDropout ?? 0,
    embeddingDropout: config.embeddingDropout ?? 0,
    dropPath: config.dropPath ?? 0,
    qkvBias: config.qkvBias ?? true,
    layerNormEps: config.layerNormEps ?? 1e-12,
    patchOrder: config.patchOrder ?? "chw",
    initialization: config.initialization ?? "vit",
    attentionOverBatch: config.attentionOverBatch ?? false,
    normalize: completeNormalization(config.normalize, channels),
    problemType: config.problemType ?? "single_label_classification",
  };
  for (const field of ["patchSize", "dim", "depth", "heads", "mlpDim", "classes"] as const)
    wholeField(field, full[field]);
  if (full.registerTokens !== 0) wholeField("registerTokens", full.registerTokens);
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
  if (full.initialization === "mimetic" && full.positions === "learned" && !hasSincos2d(full.dim))
    throw new VitlabError(
      `config.initialization is "mimetic", but its sines for the positions need a dim of 8 or more that 4 divides, got ` +
        `${full.dim}; use such a dim or "vit"`,
    );
  oneOf("patchOrder", full.patchOrder, ["chw", "hwc"]);
  oneOf("initialization", full.initialization, ["torch", "vit", "mimetic"]);
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

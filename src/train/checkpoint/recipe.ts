import { createHash } from "node:crypto";
import { type AnyDataset, exampleBatch, exampleBatches, isImageDataset } from "../../data/examples";
import type { MixOptions } from "../../data/mix";
import { type Structure, structureOf } from "../../nn/structure";
import type { Precision } from "../../tensor/precision";
import { tf } from "../../tensor/tf";
import { isAsConfigured } from "../../vit/check-as-configured";
import { completeConfig } from "../../vit/complete-config";
import type { FullViTConfig } from "../../vit/config";
import { storedConfig } from "../../vit/stored-config";
import type { Monitor } from "../monitor";
import type { Trainable } from "../trainable";
import { batchOptions, type TrainingSettings } from "../training-settings";

/** Which data set it was. */
export interface DatasetName {
  name: string;
  split: string;
  length: number;
}

/** A data set as a checkpoint remembers it. */
export interface DatasetPrint extends DatasetName {
  /** Of all bytes and labels, or of all inputs and targets. */
  sha256: string;
}

/** The settings of a run, as far as they are words and numbers. */
export interface RunSettings {
  /** The config of a ViT that is as it says, of all else what it is made of. */
  model: FullViTConfig | Structure;
  /** Name of a loss of one's own; null for cross-entropy. */
  loss: string | null;
  epochs: number;
  batchSize: number;
  /** Null for one batch a step. */
  accumulate: number | null;
  /** A run from before there was a choice has none: float32. */
  precision?: Precision;
  seed: number;
  optimizer: Record<string, unknown>;
  schedule: Record<string, unknown>;
  labelSmoothing: number;
  clipNorm: number | null;
  mix: Readonly<MixOptions> | null;
  ema: number | null;
  /** The part of the learning rate by the names of parameters, where not 1. */
  rates: Record<string, number> | null;
  train: DatasetName;
  validation: DatasetName | null;
}

/** Everything that decides which numbers a run gives, its engine apart. */
export interface Recipe extends RunSettings {
  train: DatasetPrint;
  validation: DatasetPrint | null;
  /** SHA-256 of the first batch as the model gets it: a change of order or augmentation shows here. */
  firstBatch: string;
  /** By what the epoch is chosen whose weights are left for use; null for the last. A run from before it was saved has none. */
  best?: Monitor | null;
}

/** The settings of a run, without looking at its data. */
export function describeSettings(model: Trainable, settings: TrainingSettings): RunSettings {
  const { train, validation, epochs, batchSize, seed, optimizer, schedule, labelSmoothing, clipNorm, ema } = settings;
  const { accumulate, precision, mix, rates, loss } = settings;
  const { decay } = optimizer;
  const notDecayed = decay
    ? [...model.parameterKinds()].flatMap(([name, { role }]) => (decay(name, role) ? [] : [name]))
    : [];
  return {
    model: isAsConfigured(model) ? model.config : structureOf(model),
    loss: loss && (loss.name || "a function without a name"),
    epochs,
    batchSize,
    accumulate: accumulate > 1 ? accumulate : null,
    precision,
    seed,
    optimizer: { name: optimizer.name, ...optimizer.settings, notDecayed },
    schedule: { name: schedule.name, ...schedule.settings },
    labelSmoothing,
    clipNorm,
    mix: mix?.options ?? null,
    ema,
    rates: rates && Object.fromEntries([...rates.scales].filter(([, scale]) => scale !== 1)),
    train: nameOf(train),
    validation: validation ? nameOf(validation) : null,
  };
}

/** The recipe of a run; reads all data once. */
export function makeRecipe(model: Trainable, settings: TrainingSettings): Recipe {
  const { train, validation } = settings;
  const { input, target } = exampleBatch(train, 0, batchOptions(model, settings));
  const firstBatch = createHash("sha256").update(input.dataSync()).digest("hex");
  tf.dispose([input, target]);
  return {
    ...describeSettings(model, settings),
    train: printOf(train),
    validation: validation ? printOf(validation) : null,
    firstBatch,
    best: settings.best,
  };
}

/**
 * What differs between the recipe of a saved run and the one asked for, in words; empty where nothing does.
 *
 * More epochs are no difference where the learning rate is constant: the longer run would have begun with the same numbers.
 */
export function differences(saved: Recipe, asked: Recipe): string[] {
  // A run from before a field was there has its default.
  const isConfig = "imageSize" in saved.model;
  const before = flatSettings({
    ...saved,
    precision: saved.precision ?? "float32",
    // To leave the last weights from now on is as good as ever; the best of epochs whose weights are gone can't be left.
    best: saved.best === undefined || !asked.best ? asked.best : saved.best,
    model: isConfig ? completeConfig(storedConfig({ ...saved.model })) : saved.model,
  });
  const now = flatSettings(asked);
  const longer = asked.epochs >= saved.epochs && asked.schedule.name === "constant";
  const found: string[] = [];
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    if (before.get(key) === now.get(key) || (key === "epochs" && longer)) continue;
    found.push(`${key} was ${before.get(key) ?? "not set"} and is now ${now.get(key) ?? "not set"}`);
  }
  // The hashes differ wherever anything about the data does: say so only where nothing plainer was found.
  const plain = found.filter((text) => !/sha256|firstBatch/.test(text));
  if (plain.length > 0 || found.length === 0) return plain;
  const images = ["train", "validation"].filter((part) => before.get(`${part}.sha256`) !== now.get(`${part}.sha256`));
  return images.length > 0 ? [`the ${images.join(" and ")} images are others`] : ["the augmentation is another"];
}

function nameOf({ name = "data set", split = "", length }: AnyDataset): DatasetName {
  return { name, split, length };
}

function printOf(dataset: AnyDataset): DatasetPrint {
  const hash = createHash("sha256");
  if (isImageDataset(dataset)) hash.update(dataset.images).update(dataset.labels);
  else
    for (const { input, target } of exampleBatches(dataset, { batchSize: HASHED_EXAMPLES, shuffle: false })) {
      hash.update(input.dataSync()).update(target.dataSync());
      tf.dispose([input, target]);
    }
  return { ...nameOf(dataset), sha256: hash.digest("hex") };
}

/** Examples at a time where all are read. */
const HASHED_EXAMPLES = 1000;

/** Nested settings as texts by path; null and what isn't set have none. */
export function flatSettings(value: unknown, prefix = ""): Map<string, string> {
  const all = new Map<string, string>();
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value))
      for (const [path, text] of flatSettings(inner, prefix ? `${prefix}.${key}` : key)) all.set(path, text);
  } else if (value !== null && value !== undefined)
    all.set(prefix, typeof value === "string" ? value : JSON.stringify(value));
  return all;
}

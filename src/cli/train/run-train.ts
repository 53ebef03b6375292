import { join } from "node:path";
import type { Command } from "commander";
import { VitlabError } from "../../base/error";
import { type AugmentOptions, augment } from "../../data/augment";
import { describeDataset } from "../../data/dataset";
import type { MixOptions } from "../../data/mix";
import { describeEngine, type EngineName, useEngine } from "../../tensor/node/engine";
import type { Precision } from "../../tensor/precision";
import { fit } from "../../train/fit";
import { adam, adamW } from "../../train/optimizers/adam";
import { matricesOnly } from "../../train/optimizers/decay-rules";
import { muon } from "../../train/optimizers/muon";
import type { Optimizer } from "../../train/optimizers/optimizer";
import { sgd } from "../../train/optimizers/sgd";
import { constant, type Schedule, warmupCosine } from "../../train/schedules";
import { completeConfig } from "../../vit/complete-config";
import type { FullViTConfig, ViTConfig } from "../../vit/config";
import { ViT } from "../../vit/model";
import { sizeOf } from "../../vit/patches";
import { DATA_HELP, type DataSource, describeSource } from "../inputs/data-source";
import { loadSplits } from "../inputs/load-data";
import { lineFor } from "../terminal/output";
import { savedRun, settingsOf } from "../training/run-settings";
import { costOf, sayTest } from "../training/say-test";
import { inTrainingSession } from "../training/training-session";
import { configFromFile, PRESETS } from "./model-choice";

/** The options of `vitlab train`. */
export interface TrainArguments {
  preset?: string;
  config?: string;
  data?: DataSource;
  out?: string;
  epochs: number;
  batchSize: number;
  accumulate: number;
  recompute?: boolean;
  learningRate?: number;
  optimizer: string;
  weightDecay?: number;
  momentum?: number;
  schedule: string;
  warmupSteps?: number;
  labelSmoothing: number;
  clipNorm?: number;
  augment?: AugmentOptions;
  dropout?: number;
  dropPath?: number;
  decay: string;
  mixup?: number;
  cutmix?: number;
  ema?: number;
  seed: number;
  trainCount?: number;
  validation?: number;
  precision: Precision;
  engine?: EngineName;
  saveEvery: number;
  snapshots?: number;
  resume?: boolean;
  overwrite?: boolean;
  json?: boolean;
}

/** Trains as the command line says, with `--resume` as the run in the folder does, and measures the result on the test images. */
export async function runTrain(given: TrainArguments, command: Command): Promise<void> {
  const out = given.out ?? join("runs", given.config ? "model" : (given.preset ?? "article"));
  const saved = given.resume ? await savedRun(command, out, lineFor(given.json ?? false)) : undefined;
  const args: TrainArguments = { ...given, ...saved?.settings };
  const config = chosenConfig(args, saved?.model);
  const optimizer = chosenOptimizer(args);
  const schedule = chosenSchedule(args);
  const data = args.data ?? saved?.data();
  if (!data) throw new VitlabError(`--data is missing: give ${DATA_HELP}`);
  const validation = args.validation ?? saved?.validation;
  await inTrainingSession(args.json ?? false, { ...args, out }, async ({ say, signal, follow, sayStopped, fail }) => {
    say(describeEngine(await useEngine(args.engine, { quiet: true })));
    const sizes = { imageSize: sizeOf(config.imageSize), validation };
    const { train, validation: heldOut, test } = await loadSplits(data, sizes, args.trainCount);
    for (const dataset of [train, heldOut, test]) say(describeDataset(dataset));
    const model = new ViT({ ...config, classes: train.classNames.length }, { seed: args.seed });
    const run = fit(model, {
      train,
      validation: heldOut,
      epochs: args.epochs,
      batchSize: args.batchSize,
      accumulate: args.accumulate,
      recompute: args.recompute,
      precision: args.precision,
      optimizer,
      schedule,
      augment: args.augment && augment(args.augment),
      mix: chosenMix(args),
      labelSmoothing: args.labelSmoothing,
      clipNorm: args.clipNorm,
      ema: args.ema,
      seed: args.seed,
      signal,
      ...(args.snapshots !== undefined && { snapshots: { every: args.snapshots } }),
      checkpoint: {
        dir: out,
        resume: args.resume,
        overwrite: args.overwrite,
        everySeconds: args.saveEvery,
        about: { data: describeSource(data), validation: validation ?? null, settings: settingsOf(command, args) },
      },
    });
    const result = await follow(run);
    if (result.reason !== "finished") return sayStopped(result, out);
    say(`saved in ${out}`);
    await sayTest(model, test, costOf(result), args.json ?? false, { signal, fail });
  });
}

/** The model that was asked for, or that of the run that is to go on. */
function chosenConfig(
  { preset, config: file, dropout, dropPath }: TrainArguments,
  saved: FullViTConfig | undefined,
): FullViTConfig {
  const named = preset === undefined && saved ? saved : (PRESETS[preset ?? "article"] as ViTConfig);
  const chosen = file ? configFromFile(file) : named;
  const config = completeConfig({ ...chosen, ...(dropPath !== undefined && { dropPath }) });
  if (dropout === undefined) return config;
  // One rate for both where the model drops attention weights at all, as in PyTorch's encoder layers.
  return { ...config, dropout, attentionDropout: config.attentionDropout > 0 ? dropout : 0 };
}

function chosenOptimizer({ optimizer, learningRate, weightDecay, momentum, decay }: TrainArguments): Optimizer {
  if (momentum !== undefined && optimizer !== "sgd")
    throw new VitlabError(`--momentum is for --optimizer sgd: ${optimizer} has its own`);
  const settings = {
    learningRate,
    ...(weightDecay !== undefined && { weightDecay }),
    ...(decay === "matrices" && { decay: matricesOnly }),
  };
  if (optimizer === "sgd") return sgd({ ...settings, momentum });
  if (optimizer === "muon") return muon(settings);
  return optimizer === "adamw" ? adamW(settings) : adam(settings);
}

function chosenMix({ mixup = 0, cutmix = 0 }: TrainArguments): MixOptions | undefined {
  return mixup > 0 || cutmix > 0 ? { mixup, cutmix } : undefined;
}

function chosenSchedule({ schedule, warmupSteps }: TrainArguments): Schedule {
  if (schedule === "cosine") return warmupCosine({ warmupSteps });
  if (warmupSteps)
    throw new VitlabError("--warmup-steps needs --schedule cosine: the constant schedule doesn't warm up");
  return constant();
}

import { join } from "node:path";
import type { Command } from "commander";
import { VitlabError } from "../../base/error";
import { type AugmentOptions, augment } from "../../data/augment";
import { describeDataset } from "../../data/dataset";
import { describeEngine, type EngineName, useEngine } from "../../tensor/node/engine";
import type { Precision } from "../../tensor/precision";
import { fit } from "../../train/fit";
import { ViT } from "../../vit/model";
import { sizeOf } from "../../vit/patches";
import { DATA_HELP, type DataSource, describeSource } from "../inputs/data-source";
import { loadSplits } from "../inputs/load-data";
import { lineFor } from "../terminal/output";
import { savedRun, settingsOf } from "../training/run-settings";
import { costOf, sayTest } from "../training/say-test";
import { inTrainingSession } from "../training/training-session";
import { chosenConfig, chosenMix, chosenOptimizer, chosenSchedule } from "./chosen";

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

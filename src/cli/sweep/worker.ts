import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import "../../base/node/keep-compiled";
import { VitlabError } from "../../base/error";
import { checkUnlocked, isOfOtherHost, lockFolder } from "../../base/node/folder-lock";
import { type AugmentOptions, augment } from "../../data/augment";
import type { ImageDataset } from "../../data/dataset";
import { epochsOf, type Trial } from "../../sweep/plan";
import { type ChosenSettings, describeSettings } from "../../sweep/space";
import type { TrialEpoch } from "../../sweep/store";
import type { FromWorker, ToWorker, TrialWork, WorkEnd } from "../../sweep/worker-protocol";
import { useEngine } from "../../tensor/node/engine";
import { CHECKPOINT_FILES } from "../../train/checkpoint/files";
import type { EpochEvent } from "../../train/events";
import { fit } from "../../train/fit";
import type { FitOptions } from "../../train/fit-options";
import type { TrainingRun } from "../../train/training-run";
import { trainingSettings } from "../../train/training-settings";
import { completeConfig } from "../../vit/complete-config";
import type { FullViTConfig, ViTConfig } from "../../vit/config";
import { CONFIG_FIELDS } from "../../vit/config-fields";
import { ViT } from "../../vit/model";
import { sizeOf } from "../../vit/patches";
import { augmentChoice } from "../inputs/arguments";
import { type DataSource, dataSource } from "../inputs/data-source";
import type { DataSizes } from "../inputs/data-splits";
import { loadSplit, loadSplits } from "../inputs/load-data";
import { chosenMix, chosenOptimizer, chosenSchedule } from "../train/chosen";
import { PRESETS, presetName } from "../train/model-choice";
import type { TrainArguments } from "../train/run-train";
import { NAMED_SETTINGS, TRAINING_DEFAULTS } from "../train/settings";
import { ToldSteps } from "./told-steps";

/** A worker of a sweep: trains one trial after the other, as it is told by the process that started it. */

type TrainingData = { readonly train: ImageDataset; readonly validation: ImageDataset };

/** What a trial's settings come to: the model, but for its classes, and the options of `fit`. */
interface Ready {
  readonly config: FullViTConfig;
  readonly options: Omit<FitOptions, "train" | "validation">;
  readonly arguments: TrainArguments;
}

let running: TrainingRun | null = null;
/** The work under way is to end, perhaps before there is a run. */
let isStopped = false;
/** The data of the trial before: most trials have the same. */
let loaded: { readonly key: string; readonly data: Promise<TrainingData> } | null = null;

const send = (message: FromWorker) => process.send?.(message);

/** @throws VitlabError in a sentence where the settings don't fit together. */
function prepare({ settings, seed }: Trial): Ready {
  const { preset = "article", augment: wanted, ...rest } = settings as ChosenSettings & Record<string, never>;
  if (typeof preset !== "string" || !Object.keys(PRESETS).some((name) => name === presetOf(preset)))
    throw new VitlabError(`preset is ${JSON.stringify(preset)}: it must be one of ${Object.keys(PRESETS).join(", ")}`);
  const model = Object.fromEntries(Object.entries(rest).filter(([name]) => Object.hasOwn(CONFIG_FIELDS, name)));
  const training = Object.fromEntries(Object.entries(rest).filter(([name]) => !Object.hasOwn(CONFIG_FIELDS, name)));
  for (const [name, known] of Object.entries<readonly string[]>(NAMED_SETTINGS)) {
    const value = training[name];
    if (value !== undefined && !known.includes(value as string))
      throw new VitlabError(`${name} is ${JSON.stringify(value)}: it must be one of ${known.join(", ")}`);
  }
  const given = {
    ...TRAINING_DEFAULTS,
    ...training,
    epochs: epochsOf({ settings }),
    seed,
  } as unknown as TrainArguments;
  // What follows from other fields, such as finalNorm from norm, follows from those of the trial.
  const config = completeConfig({ ...PRESETS[presetOf(preset)], ...model } as ViTConfig);
  const augmentation =
    typeof wanted === "string" ? augmentationOf(wanted) : (wanted as unknown as AugmentOptions | null);
  const options = {
    epochs: given.epochs,
    batchSize: given.batchSize,
    accumulate: given.accumulate,
    recompute: given.recompute,
    precision: given.precision,
    optimizer: chosenOptimizer(given),
    schedule: chosenSchedule(given),
    // As in other settings, null is none.
    augment: augmentation === undefined || augmentation === null ? undefined : augment(augmentation),
    mix: chosenMix(given),
    labelSmoothing: given.labelSmoothing,
    clipNorm: given.clipNorm,
    ema: given.ema,
    seed,
    timing: false,
  };
  return { config, options, arguments: given };
}

function presetOf(name: string): string {
  try {
    return presetName(name);
  } catch {
    return name;
  }
}

function augmentationOf(list: string): AugmentOptions {
  try {
    return augmentChoice(list);
  } catch (error) {
    throw new VitlabError(`augment is ${JSON.stringify(list)}: ${asSentenceEnd(error)}`);
  }
}

function sourceOf(data: string): DataSource {
  try {
    return dataSource(data);
  } catch (error) {
    throw new VitlabError(`the plan's data is ${JSON.stringify(data)}: ${asSentenceEnd(error)}`);
  }
}

/** What is said of an option of the command line, "It must be ….", behind what was given. */
function asSentenceEnd(error: unknown): string {
  const { message } = error as Error;
  return `${message.charAt(0).toLowerCase()}${message.slice(1).replace(/\.$/, "")}`;
}

function keyOf(data: string, { config, arguments: { trainCount, validation } }: Ready): string {
  return JSON.stringify([data, sizeOf(config.imageSize), trainCount, validation]);
}

function load(data: string, ready: Ready): Promise<TrainingData> {
  const { config, arguments: given } = ready;
  const { trainCount, validation } = given;
  const key = keyOf(data, ready);
  if (loaded?.key !== key) {
    const own = read(data, { imageSize: sizeOf(config.imageSize), validation }, trainCount);
    loaded = { key, data: own };
    // What can't be read now may be there again for the next trial.
    own.catch(() => {
      if (loaded?.data === own) loaded = null;
    });
  }
  return loaded.data;
}

/** The test images are nobody's business here: what is chosen by them can't be measured by them any more. */
async function read(data: string, sizes: DataSizes, trainCount: number | undefined): Promise<TrainingData> {
  const source = sourceOf(data);
  if (source.kind === "folder") {
    const { train, validation } = await loadSplits(source, sizes, trainCount);
    return { train, validation };
  }
  const some = trainCount === undefined ? undefined : { subset: trainCount };
  const [train, validation] = await Promise.all([
    loadSplit(source, "train", sizes, some),
    loadSplit(source, "validation", sizes),
  ]);
  return { train, validation };
}

/** Says what is wrong with a trial that couldn't be trained; null where all could. */
async function check(data: string, trials: readonly Trial[]): Promise<string | null> {
  let checked: Trial | undefined;
  try {
    sourceOf(data);
    const byData = new Map<string, Trial[]>();
    for (const trial of trials) {
      checked = trial;
      const key = keyOf(data, prepare(trial));
      if (!byData.get(key)?.push(trial)) byData.set(key, [trial]);
    }
    const models = new Map<string, ViT>();
    // So that each data set is read once.
    for (const trial of [...byData.values()].flat()) {
      checked = trial;
      const ready = prepare(trial);
      const sets = await load(data, ready);
      trainingSettings(standIn(models, ready.config, sets), { ...ready.options, ...sets });
    }
    return null;
  } catch (error) {
    const { message } = error as Error;
    return checked ? `trial ${checked.id + 1} (${describeSettings(checked.settings)}): ${message}` : message;
  }
}

/** A model that takes and answers the same, and is made in a moment: of thousands of trials each may have another size. */
function standIn(models: Map<string, ViT>, config: FullViTConfig, { train }: TrainingData): ViT {
  const small = { ...config, dim: 4, heads: 1, mlpDim: 1, depth: 1, classes: train.classNames.length };
  const key = JSON.stringify(small);
  const model = models.get(key) ?? new ViT(small);
  models.set(key, model);
  return model;
}

async function train({ data, trial, folder, untilEpoch }: TrialWork): Promise<WorkEnd> {
  const { id, point, settings, seed } = trial;
  let model: ViT | undefined;
  try {
    const holder = await untilFree(folder);
    if (isStopped) return { type: "ended", trial: id, epoch: 0 };
    if (holder !== null) return { type: "held", trial: id, problem: holder };
    if (isDone(folder)) return { type: "ended", trial: id, epoch: untilEpoch };
    const ready = prepare(trial);
    const sets = await load(data, ready).catch((error: Error) => error);
    // It could be read when the sweep began.
    if (sets instanceof Error)
      return { type: "stuck", trial: id, problem: `the data can't be read at ${hostname()}: ${sets.message}` };
    const { train, validation } = sets;
    model = new ViT({ ...ready.config, classes: train.classNames.length }, { seed });
    const told = new ToldSteps(folder, id);
    const run = fit(model, {
      ...ready.options,
      train,
      validation,
      checkpoint: { dir: folder, resume: true, about: { data, sweep: { trial: id, point, settings } } },
      callbacks: (event, { history }) => {
        if (event.type === "step") told.add(event);
        if (event.type !== "epoch") return;
        send({ type: "measured", trial: id, epochs: [epochRow(id, event)], steps: told.take() });
        if (history.length >= untilEpoch) run.stop();
      },
    });
    running = run;
    if (isStopped) run.stop();
    // Of a trial that goes on, what was told before may have got lost with a process.
    await run.plan;
    send({ type: "measured", trial: id, epochs: run.history.map((event) => epochRow(id, event)), steps: told.take() });
    if (run.history.length >= untilEpoch) run.stop();
    const { history } = await run;
    send({ type: "measured", trial: id, epochs: [], steps: told.take() });
    return { type: "ended", trial: id, epoch: history.length };
  } catch (error) {
    const { message, cause } = error as Error;
    const { code } = (cause ?? {}) as NodeJS.ErrnoException;
    const isOfDisk = error instanceof VitlabError && code !== undefined;
    return { type: isOfDisk ? "stuck" : "failed", trial: id, problem: message };
  } finally {
    running = null;
    model?.dispose();
  }
}

/** How long the process that had the trial before may take to save it. */
const PATIENCE_MS = 60_000;

/** Waits for a process that was told to leave the trial, or takes its time to hear of it; says who it is that doesn't. */
async function untilFree(folder: string): Promise<string | null> {
  for (const end = Date.now() + PATIENCE_MS; !isStopped; await setTimeout(100)) {
    try {
      checkUnlocked(folder);
      return null;
    } catch (error) {
      if (Date.now() < end) continue;
      if (isOfOtherHost(folder)) {
        // It was given to this one because that one wasn't heard of, and would have left it by now.
        (await lockFolder(folder, { overwrite: true })).release();
        return null;
      }
      return (error as Error).message;
    }
  }
  return null;
}

/** Whether the trial came to its end, and what only serves to go on is gone. */
function isDone(folder: string): boolean {
  const { weights, training } = CHECKPOINT_FILES;
  return existsSync(join(folder, weights)) && !existsSync(join(folder, training));
}

function epochRow(trial: number, event: EpochEvent): TrialEpoch {
  const { epoch, trainLoss, validationLoss, validationAccuracy, learningRate, update: steps, seconds } = event;
  return { trial, epoch, trainLoss, validationLoss, validationAccuracy, learningRate, steps, seconds };
}

process.on("message", async (message: ToWorker) => {
  if (message.type === "check") send({ type: "checked", problem: await check(message.data, message.trials) });
  else if (message.type === "train") {
    isStopped = false;
    const end = await train(message);
    if (!process.connected) process.exit(0);
    send(end);
  } else {
    isStopped = true;
    running?.stop();
  }
});
// Whoever started it is gone: the trial is saved, and another process will go on with it.
process.on("disconnect", () => (running ? running.stop() : process.exit(0)));
// Ctrl-C goes to the whole group; the process that started this one says what is to be done.
process.on("SIGINT", () => {});

void useEngine(undefined, { quiet: true }).then(({ engine }) => send({ type: "ready", engine }));

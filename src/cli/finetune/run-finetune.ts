import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Command } from "commander";
import { VitlabError } from "../../base/error";
import { type AugmentOptions, augment } from "../../data/augment";
import { majorityOf } from "../../data/class-counts";
import { describeDataset } from "../../data/dataset";
import { pickClasses } from "../../data/pick-classes";
import { rememberHub } from "../../recipes/hub-memory";
import { describeEngine, type EngineName, useEngine } from "../../tensor/node/engine";
import type { Precision } from "../../tensor/precision";
import { saveCheckpoint } from "../../train/checkpoint/model-checkpoint";
import { type FinetuneRecipe, finetune } from "../../train/finetune";
import { linearProbe } from "../../train/linear-probe";
import { percent } from "../../train/percent";
import { duration } from "../../train/plan";
import type { ViT } from "../../vit/model";
import { sizeOf } from "../../vit/patches";
import { DATA_HELP, type DataSource, describeSource } from "../inputs/data-source";
import type { DataSplits } from "../inputs/data-splits";
import { fewer, loadSplits } from "../inputs/load-data";
import { openModel } from "../inputs/open-model";
import { lineFor } from "../terminal/output";
import { savedRun, settingsOf } from "../training/run-settings";
import { costOf, sayTest } from "../training/say-test";
import { inTrainingSession, type TrainingSession } from "../training/training-session";
import { headFor } from "./head-for";

/** The options of `vitlab finetune`. */
export interface FinetuneArguments {
  data?: DataSource;
  classes?: string[];
  recipe: FinetuneRecipe;
  probe?: boolean;
  out?: string;
  epochs?: number;
  batchSize?: number;
  learningRate?: number;
  layerDecay?: number;
  freeze?: string[];
  augment?: AugmentOptions;
  seed: number;
  trainCount?: number;
  testCount?: number;
  validation?: number;
  precision: Precision;
  engine?: EngineName;
  resume?: boolean;
  overwrite?: boolean;
  json?: boolean;
}

/**
 * Fine-tunes a saved model as the command line says, with `--resume` as the run in the folder does, and measures the result on
 * the test images.
 */
export async function runFinetune(
  model: string | undefined,
  given: FinetuneArguments,
  command: Command,
): Promise<void> {
  const { folder, out, args } = await completed(model, given, command);
  if (resolve(out) === resolve(folder))
    throw new VitlabError(`${out} is the model itself, which would be lost: choose another folder (--out)`);
  await inTrainingSession(args.json ?? false, { ...args, out }, async (session) => {
    session.say(describeEngine(await useEngine(args.engine, { quiet: true })));
    const given = await openModel(folder, session.say);
    const sizes = { imageSize: sizeOf(given.model.config.imageSize), fit: given, validation: args.validation };
    const splits = chosenClasses(await loadSplits(args.data, sizes), args.classes);
    const { model, note } = headFor(given, splits.train.classNames, args.seed);
    const test = fewer(splits.test, args.testCount);
    const data = { train: fewer(splits.train, args.trainCount), validation: splits.validation };
    for (const dataset of [data.train, data.validation, test]) session.say(describeDataset(dataset));
    session.say(note);
    const about = {
      data: describeSource(args.data),
      validation: args.validation ?? null,
      ...(args.classes && { classes: args.classes }),
      finetunedFrom: folder,
      settings: settingsOf(command, args),
      ...rememberHub(given, model),
    };
    const told = args.probe
      ? await probe(model, data, args, { out, about, session })
      : await tune(model, data, args, { out, about, session });
    if (!told) return;
    session.say(
      `saved in ${out}: vitlab predict ${out} PICTURE asks it, vitlab export ${out} FOLDER writes it for transformers`,
    );
    await sayTest(model, test, told, args.json ?? false, session);
  });
}

/** What was left out, as the run has it that is to go on. */
async function completed(model: string | undefined, given: FinetuneArguments, command: Command) {
  if (model === undefined && !(given.resume && given.out))
    throw new VitlabError("the model is missing: give its folder, or a run that is to go on (--out FOLDER --resume)");
  const out = given.out ?? resultFolder(model as string);
  const saved = given.resume ? await savedRun(command, out, lineFor(given.json ?? false)) : undefined;
  const before = saved?.about.finetunedFrom;
  const folder = model ?? (typeof before === "string" ? before : undefined);
  if (folder === undefined)
    throw new VitlabError(`${out} does not tell which model it was fine-tuned from: give its folder`);
  const data = given.data ?? saved?.data();
  if (!data) throw new VitlabError(`--data is missing: give ${DATA_HELP}`);
  const validation = given.validation ?? saved?.validation;
  return { folder, out, args: { ...given, ...saved?.settings, data, validation } };
}

/** Beside the model; for a repository, which is elsewhere, here. */
function resultFolder(model: string): string {
  const isHere = existsSync(model);
  const name = isHere ? model.replace(/(?<=.)[/\\]+$/, "") : basename(model);
  // "." and ".." have no name to add to.
  return `${/(^|[/\\])\.{1,2}$/.test(name) ? resolve(name) : name}-finetuned`;
}

interface Destination {
  out: string;
  about: Record<string, unknown>;
  session: TrainingSession;
}

async function tune(
  model: ViT,
  data: Pick<DataSplits, "train" | "validation">,
  args: FinetuneArguments,
  { out, about, session }: Destination,
) {
  const { recipe, epochs, batchSize, learningRate, layerDecay, freeze, precision, seed, resume, overwrite } = args;
  const run = finetune(model, {
    ...data,
    recipe,
    epochs,
    batchSize,
    learningRate,
    layerDecay,
    freeze,
    precision,
    seed,
    augment: args.augment && augment(args.augment),
    signal: session.signal,
    checkpoint: { dir: out, resume, overwrite, about },
  });
  const result = await session.follow(run);
  if (result.reason === "finished") return costOf(result);
  session.sayStopped(result, out);
  return null;
}

async function probe(
  model: ViT,
  data: Pick<DataSplits, "train" | "validation">,
  { epochs, batchSize, learningRate, seed }: FinetuneArguments,
  { out, about, session }: Destination,
) {
  const given = Object.entries({ epochs, batchSize, learningRate }).filter(([, value]) => value !== undefined);
  const { trainLosses, validationLoss, validationAccuracy, seconds } = await linearProbe(model, {
    ...data,
    ...Object.fromEntries(given),
    seed,
    signal: session.signal,
  });
  session.say(
    `linear probe: training loss ${trainLosses.at(-1)?.toFixed(3)}, validation loss ${validationLoss?.toFixed(3)}, ` +
      `accuracy ${percent(validationAccuracy ?? 0)} (guessing the commonest class gets ` +
      `${percent(majorityOf(data.validation).accuracy)}), ${duration(seconds)}`,
  );
  await saveCheckpoint(out, model, { classNames: data.train.classNames, about });
  return { epochs: trainLosses.length, steps: 0, seconds };
}

function chosenClasses({ train, validation, test }: DataSplits, classes: readonly string[] | undefined): DataSplits {
  if (!classes) return { train, validation, test };
  const [picked, held, tested] = [train, validation, test].map((dataset) => pickClasses(dataset, classes));
  return { train: picked, validation: held, test: tested } as DataSplits;
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { show } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { writeFileAtomic } from "../../base/node/atomic-file";
import { SafetensorsFile } from "../../base/node/safetensors-file";
import { encodeSafetensors } from "../../base/node/safetensors-writer";
import type { SafetensorsEntry } from "../../base/safetensors-numbers";
import type { StateDict } from "../../nn/module";
import type { EpochEvent, LearningRateEvent } from "../events";
import type { RunRecord } from "../recent-runs";
import type { TrainingSettings } from "../training-settings";
import { CHECKPOINT_FILES } from "./files";
import type { Recipe } from "./recipe";

/** Where a run stands, numbers only. */
export interface Progress {
  /** Whole epochs done. */
  epoch: number;
  /** Steps of the present epoch done. */
  step: number;
  /** Steps done in all. */
  update: number;
  /** Sum of the losses of the images of the present epoch. */
  lossSum: number;
  /** Time spent in the present epoch. */
  seconds: number;
  history: EpochEvent[];
  /** Changes of the learning rate by hand; a run from before there were any has none. */
  rateChanges?: LearningRateEvent[];
}

/** Everything a run needs to go on as if it had never stopped. */
export interface TrainingState {
  recipe: Recipe;
  engine: string;
  progress: Progress;
  weights: StateDict;
  /** One vector a slot of the optimizer. */
  optimizer: Float32Array[];
  /** The average of the weights, where one is kept. */
  average: Float32Array | null;
}

const FORMAT = "vitlab-training/1";

/** Replaces `training.safetensors` in one move. */
export async function writeTrainingState(dir: string, state: TrainingState): Promise<void> {
  const { recipe, engine, progress, weights, optimizer, average } = state;
  const tensors: Record<string, SafetensorsEntry> = {};
  for (const [name, entry] of Object.entries(weights)) tensors[`weights/${name}`] = entry;
  optimizer.forEach((data, slot) => {
    tensors[`optimizer/${slot}`] = { shape: [data.length], data };
  });
  if (average) tensors.average = { shape: [average.length], data: average };
  const metadata = { format: FORMAT, state: JSON.stringify({ recipe, engine, progress }) };
  const pieces = encodeSafetensors(tensors, metadata, { digest: true });
  await writeFileAtomic(join(dir, CHECKPOINT_FILES.training), pieces);
}

/**
 * Where the run saved in a folder stands; null where none was saved.
 *
 * @throws VitlabError when the file is damaged.
 */
export async function readTrainingState(dir: string): Promise<TrainingState | null> {
  const path = join(dir, CHECKPOINT_FILES.training);
  if (!existsSync(path)) return null;
  const file = await SafetensorsFile.open(path);
  try {
    await file.verify();
    const { recipe, engine, progress } = parseState(file, path);
    const weights: StateDict = {};
    const optimizer: Float32Array[] = [];
    let average: Float32Array | null = null;
    for (const name of file.names()) {
      const slot = Number(/^optimizer\/([0-9])$/.exec(name)?.[1]);
      if (name.startsWith("weights/")) weights[name.slice("weights/".length)] = await file.read(name);
      else if (name === "average") average = (await file.read(name)).data;
      else if (slot >= 0) optimizer[slot] = (await file.read(name)).data;
      else throw damaged(path, `it has a tensor ${name}`);
    }
    return { recipe, engine, progress, weights, optimizer, average };
  } finally {
    await file.close();
  }
}

/**
 * What a saved run tells of itself, its weights left unread; its name is the folder.
 *
 * @throws VitlabError when there is none, or it is damaged.
 */
export async function readRunRecord(dir: string): Promise<RunRecord> {
  const path = join(dir, CHECKPOINT_FILES.training);
  const file = await SafetensorsFile.open(path);
  try {
    const { recipe, progress } = parseState(file, path);
    const { history, rateChanges = [] } = progress;
    const numbers = Array.isArray(history) && history.every((event) => Number.isFinite(event?.trainLoss));
    if (!numbers || !Array.isArray(rateChanges)) throw damaged(path, "its history isn't one of epochs");
    return { name: dir, settings: recipe, history, rateChanges };
  } finally {
    await file.close();
  }
}

function parseState(file: SafetensorsFile, path: string): Pick<TrainingState, "recipe" | "engine" | "progress"> {
  const { format, state: text } = file.metadata;
  if (format !== FORMAT || text === undefined)
    throw new VitlabError(`${path} was not written by this version of vitlab: train anew in another folder`);
  let state: Partial<TrainingState> | null;
  try {
    state = JSON.parse(text);
  } catch {
    throw damaged(path, "its state is not JSON");
  }
  const { recipe, progress, engine } = state ?? {};
  if (!isObject(recipe) || !isObject(progress) || typeof engine !== "string")
    throw damaged(path, "its state has no recipe, progress and engine");
  return { recipe, progress, engine };
}

/**
 * Checks that a saved run stands at a place that a run of these settings comes by.
 *
 * @throws VitlabError naming the number that no such run could have saved.
 */
export function checkStanding(
  { progress, weights, optimizer, average }: TrainingState,
  settings: Pick<TrainingSettings, "epochs" | "stepsPerEpoch" | "optimizer" | "ema">,
  dir: string,
): void {
  const path = join(dir, CHECKPOINT_FILES.training);
  const { epochs, stepsPerEpoch } = settings;
  const { epoch, step, update, lossSum, seconds, history } = progress;
  const within = (name: string, value: unknown, most: number) => {
    if (!(Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most))
      throw damaged(path, `${name} is ${show(value)}, not a whole number from 0 to ${most}`);
  };
  const finite = (name: string, value: unknown) => {
    if (!Number.isFinite(value)) throw damaged(path, `${name} is ${show(value)}, not a number`);
  };
  within("epoch", epoch, epochs);
  within("step", step, stepsPerEpoch);
  if (update !== epoch * stepsPerEpoch + step)
    throw damaged(path, `update is ${show(update)} after step ${step} of epoch ${epoch}`);
  finite("lossSum", lossSum);
  finite("seconds", seconds);
  if (!Array.isArray(history) || history.length !== epoch)
    throw damaged(path, `history doesn't tell of ${epoch} epochs`);
  for (const event of history)
    for (const name of ["trainLoss", "learningRate", "seconds"] as const) finite(name, event?.[name]);
  checkRateChanges(progress.rateChanges ?? [], update, path);
  const numbers = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
  const slots = settings.optimizer.slots.length;
  // Sparse where a number is left out, so counted.
  const vectors = [...optimizer, ...(average ? [average] : [])].filter((vector) => vector?.length === numbers);
  if (
    optimizer.length !== slots ||
    (average !== null) !== (settings.ema !== null) ||
    vectors.length !== slots + (average ? 1 : 0)
  )
    throw damaged(path, `its optimizer doesn't keep ${slots} times ${numbers} numbers`);
}

/** @throws VitlabError unless they are in order, and of before the step that the run stands at. */
function checkRateChanges(changes: unknown, update: number, path: string): void {
  if (!Array.isArray(changes)) throw damaged(path, `rateChanges is ${show(changes)}, not a list`);
  let before = 0;
  for (const change of changes as (Partial<LearningRateEvent> | null)[]) {
    const at = change?.update;
    if (!(Number.isSafeInteger(at) && (at as number) >= before && (at as number) <= update))
      throw damaged(
        path,
        `a change of the learning rate is after step ${show(at)}, not one from ${before} to ${update}`,
      );
    const rate = change?.learningRate;
    if (!(Number.isFinite(rate) && (rate as number) > 0))
      throw damaged(path, `a learning rate is ${show(rate)}, not a number above 0`);
    before = at as number;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(path: string, what: string): VitlabError {
  return new VitlabError(`${path} was changed or damaged (${what}): train anew in another folder`);
}

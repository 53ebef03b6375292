import { existsSync } from "node:fs";
import { join } from "node:path";
import type { StateDict } from "../../nn/module";
import { writeFileAtomic } from "../../tensor/atomic-file";
import { VitlabError } from "../../tensor/error";
import { decodeSafetensors, encodeSafetensors, type SafetensorsEntry } from "../../tensor/safetensors";
import type { EpochEvent } from "../events";
import { CHECKPOINT_FILES, readCheckpointFile } from "./files";
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
  const pieces = encodeSafetensors(tensors, { format: FORMAT, state: JSON.stringify({ recipe, engine, progress }) });
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
  const { tensors, metadata } = decodeSafetensors(await readCheckpointFile(dir, CHECKPOINT_FILES.training), path);
  if (metadata.format !== FORMAT || metadata.state === undefined)
    throw new VitlabError(`${path} was not written by this version of vitlab: train anew in another folder`);
  const weights: StateDict = {};
  const optimizer: Float32Array[] = [];
  let average: Float32Array | null = null;
  for (const [name, entry] of Object.entries(tensors)) {
    if (name.startsWith("weights/")) weights[name.slice("weights/".length)] = entry;
    else if (name === "average") average = entry.data;
    else optimizer[Number(name.slice("optimizer/".length))] = entry.data;
  }
  const { recipe, engine, progress } = JSON.parse(metadata.state) as Omit<
    TrainingState,
    "weights" | "optimizer" | "average"
  >;
  return { recipe, engine, progress, weights, optimizer, average };
}

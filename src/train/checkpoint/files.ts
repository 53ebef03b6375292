import { existsSync } from "node:fs";
import { join } from "node:path";
import { VitlabError } from "../../base/error";
import { readJsonText } from "../../base/node/json-file";
import { SafetensorsFile } from "../../base/node/safetensors-file";

/** The files of a checkpoint folder. */
export const CHECKPOINT_FILES = {
  /** The model's config, class names, and what else `about` tells. */
  config: "config.json",
  /** The weights, for use. */
  weights: "model.safetensors",
  /** Everything that the run needs to go on, weights included. */
  training: "training.safetensors",
} as const;

/** Whether a folder holds a checkpoint already. */
export function hasCheckpoint(dir: string): boolean {
  return Object.values(CHECKPOINT_FILES).some((name) => existsSync(join(dir, name)));
}

/**
 * The text of a JSON file of the folder.
 *
 * @throws VitlabError when the file is missing, can't be read or is too large.
 */
export async function readCheckpointText(dir: string, name: string): Promise<string> {
  checkIsThere(dir, name);
  const path = join(dir, name);
  try {
    return await readJsonText(path);
  } catch (error) {
    throw error instanceof VitlabError ? error : new VitlabError(`${path} can't be read: ${(error as Error).message}`);
  }
}

/**
 * Opens a file of weights; close it after use.
 *
 * @throws VitlabError when it is missing, or not a whole safetensors file.
 */
export async function openCheckpointFile(dir: string, name: string): Promise<SafetensorsFile> {
  checkIsThere(dir, name);
  return SafetensorsFile.open(join(dir, name));
}

function checkIsThere(dir: string, name: string): void {
  const missing = !existsSync(dir)
    ? `there is no folder ${dir}`
    : !existsSync(join(dir, name))
      ? `${dir} has no ${name}`
      : undefined;
  if (missing) throw new VitlabError(`${missing}: give a folder that training or saveCheckpoint wrote`);
}

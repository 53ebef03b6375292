import { existsSync } from "node:fs";
import { join } from "node:path";
import { VitlabError } from "../../tensor/error";
import { MOST_JSON, readRegularFile } from "../../tensor/read-regular-file";

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

/** @throws VitlabError when the file is missing or can't be read. */
export async function readCheckpointFile(dir: string, name: string): Promise<Buffer> {
  try {
    return await readRegularFile(
      join(dir, name),
      name === CHECKPOINT_FILES.config ? MOST_JSON : Number.POSITIVE_INFINITY,
    );
  } catch (error) {
    if (error instanceof VitlabError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (!existsSync(dir))
      throw new VitlabError(`there is no folder ${dir}: give a folder that training or saveCheckpoint wrote`);
    if (code === "ENOENT")
      throw new VitlabError(`${dir} has no ${name}: give a folder that training or saveCheckpoint wrote`);
    throw new VitlabError(`${join(dir, name)} can't be read: ${(error as Error).message}`);
  }
}

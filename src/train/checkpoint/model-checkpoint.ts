import { join } from "node:path";
import { writeFileAtomic } from "../../tensor/atomic-file";
import { writeFolderAtomic } from "../../tensor/atomic-folder";
import { VitlabError } from "../../tensor/error";
import { decodeSafetensors, encodeSafetensors, type WeightType } from "../../tensor/safetensors";
import { completeConfig, type FullViTConfig, type ViTConfig } from "../../vit/config";
import { ViT } from "../../vit/model";
import { CHECKPOINT_FILES, readCheckpointFile } from "./files";

/** What a checkpoint tells besides weights. */
export interface CheckpointInfo {
  /** One for each class, or none. */
  classNames: readonly string[];
  /** Anything else: where the data came from, … */
  about: Readonly<Record<string, unknown>>;
}

/** How `saveCheckpoint` writes. */
export interface SaveCheckpointOptions extends Partial<CheckpointInfo> {
  /** Type of the numbers; of 16 bits they take half the room, and are rounded. Default "F32". */
  dtype?: WeightType;
}

/** A model out of a checkpoint folder. */
export interface LoadedCheckpoint extends CheckpointInfo {
  model: ViT;
}

const FORMAT = "vitlab-checkpoint/1";

/**
 * Writes a model into a folder: `config.json` and `model.safetensors`, both or none.
 *
 * @throws VitlabError when `classNames` doesn't name each class, or the folder can't be written; files from before stay.
 */
export async function saveCheckpoint(
  dir: string,
  model: ViT,
  { classNames = [], about = {}, dtype = "F32" }: SaveCheckpointOptions = {},
): Promise<void> {
  const misnamed = misnaming(classNames, model.config.classes);
  if (misnamed) throw new VitlabError(`${misnamed}: give one for each, or none`);
  const config = { format: FORMAT, model: model.config, classNames, about };
  await writeFolderAtomic(dir, {
    [CHECKPOINT_FILES.weights]: encodeSafetensors(model.stateDict(), { format: FORMAT }, dtype),
    [CHECKPOINT_FILES.config]: `${JSON.stringify(config, null, 2)}\n`,
  });
}

/** Writes `model.safetensors` alone. */
export async function saveWeights(dir: string, model: ViT): Promise<void> {
  const pieces = encodeSafetensors(model.stateDict(), { format: FORMAT });
  await writeFileAtomic(join(dir, CHECKPOINT_FILES.weights), pieces);
}

/**
 * The model that `saveCheckpoint` or `fit` wrote into a folder.
 *
 * @throws VitlabError when the folder holds no checkpoint, or one that is damaged.
 */
export async function loadCheckpoint(dir: string): Promise<LoadedCheckpoint> {
  const info = await readCheckpointInfo(dir);
  const path = join(dir, CHECKPOINT_FILES.weights);
  const { tensors } = decodeSafetensors(await readCheckpointFile(dir, CHECKPOINT_FILES.weights), path);
  const model = new ViT(info.config);
  try {
    model.loadStateDict(tensors);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { model, classNames: info.classNames, about: info.about };
}

/** What `config.json` tells, without the weights. */
export async function readCheckpointInfo(dir: string): Promise<CheckpointInfo & { config: ViTConfig }> {
  const path = join(dir, CHECKPOINT_FILES.config);
  const text = (await readCheckpointFile(dir, CHECKPOINT_FILES.config)).toString("utf8");
  let parsed: { format?: unknown; model?: ViTConfig; classNames?: string[]; about?: Record<string, unknown> };
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new VitlabError(`${path} is not JSON: it was changed or damaged; train again or restore the file`);
  }
  if (parsed?.format !== FORMAT || !parsed.model)
    throw new VitlabError(
      `${path} is not of a vitlab checkpoint (its format is ${JSON.stringify(parsed?.format ?? null)}, not "${FORMAT}"); ` +
        "give a folder that training or saveCheckpoint wrote",
    );
  const damaged = (what: string) =>
    new VitlabError(`${path} was changed or damaged (${what}): train again or restore the file`);
  const { model, classNames = [], about = {} } = parsed;
  if (!Array.isArray(classNames) || !classNames.every((name) => typeof name === "string"))
    throw damaged("classNames is not a list of names");
  if (typeof about !== "object" || about === null) throw damaged("about is not an object");
  let config: FullViTConfig;
  try {
    config = completeConfig(model);
  } catch (error) {
    throw error instanceof VitlabError ? damaged(error.message) : error;
  }
  const misnamed = misnaming(classNames, config.classes);
  if (misnamed) throw new VitlabError(`${path}: ${misnamed}; name each class there, or none ("classNames": [])`);
  return { config, classNames, about };
}

/** What is wrong with the number of class names, in words. */
function misnaming(classNames: readonly string[], classes: number): string | undefined {
  if (classNames.length === 0 || classNames.length === classes) return undefined;
  return `classNames names ${classNames.length} ${classNames.length === 1 ? "class" : "classes"}, and the model has ${classes}`;
}

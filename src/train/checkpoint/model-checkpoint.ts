import { join } from "node:path";
import { checkOptions } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { writeFileAtomic } from "../../base/node/atomic-file";
import { writeFolderAtomic } from "../../base/node/atomic-folder";
import { whileLocked } from "../../base/node/folder-lock";
import { jsonDigest } from "../../base/node/json-digest";
import { encodeSafetensors } from "../../base/node/safetensors-writer";
import type { HeaderEntry } from "../../base/safetensors-header";
import type { WeightType } from "../../base/safetensors-numbers";
import { checkWeights } from "../../nn/check-weights";
import { tf } from "../../tensor/tf";
import { checkAsConfigured } from "../../vit/check-as-configured";
import { completeConfig } from "../../vit/complete-config";
import type { FullViTConfig } from "../../vit/config";
import { ViT } from "../../vit/model";
import { parameterShapes } from "../../vit/parameter-shapes";
import { storedConfig } from "../../vit/stored-config";
import { CHECKPOINT_FILES, openCheckpointFile, readCheckpointText } from "./files";

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
 * @throws VitlabError when `classNames` doesn't name each class, the folder can't be written, or a training writes there; files
 *   from before stay.
 */
export async function saveCheckpoint(dir: string, model: ViT, options: SaveCheckpointOptions = {}): Promise<void> {
  checkOptions("saveCheckpoint", options, { classNames: true, about: true, dtype: true });
  await whileLocked(dir, () => writeCheckpoint(dir, model, options));
}

/** What `saveCheckpoint` does, for whoever has locked the folder. */
export async function writeCheckpoint(
  dir: string,
  model: ViT,
  { classNames = [], about = {}, dtype = "F32" }: SaveCheckpointOptions,
): Promise<void> {
  checkAsConfigured("a checkpoint", model);
  const misnamed = misnaming(classNames, model.config.classes);
  if (misnamed) throw new VitlabError(`${misnamed}: give one for each, or none`);
  await writeFolderAtomic(dir, {
    [CHECKPOINT_FILES.weights]: encodeSafetensors(model.stateDict(), { format: FORMAT }, { dtype, digest: true }),
    [CHECKPOINT_FILES.config]: configText({ format: FORMAT, model: model.config, classNames, about }),
  });
}

/** A config.json that tells its own SHA-256. */
function configText(fields: Record<string, unknown>): string {
  // As it will be read: without what JSON leaves out.
  const told = JSON.parse(JSON.stringify(fields)) as Record<string, unknown>;
  return `${JSON.stringify({ ...told, [CONFIG_DIGEST]: jsonDigest(told) }, null, 2)}\n`;
}

const CONFIG_DIGEST = "sha256";

/** Writes `model.safetensors` alone. */
export async function saveWeights(dir: string, model: ViT): Promise<void> {
  const pieces = encodeSafetensors(model.stateDict(), { format: FORMAT }, { digest: true });
  await writeFileAtomic(join(dir, CHECKPOINT_FILES.weights), pieces);
}

/** How `loadCheckpoint` reads. */
export interface LoadCheckpointOptions {
  /** What tells that `config.json` was changed after it was written. Default `console.log`. */
  say?: (text: string) => void;
}

/**
 * The model that `saveCheckpoint` or `fit` wrote into a folder.
 *
 * Nothing is made of the config before it fits the weights. A config.json that was changed by hand is used as it is, which
 * is told.
 *
 * @throws VitlabError when the folder holds no checkpoint, or one that is damaged: weights must have the SHA-256 that they
 *   were written with.
 */
export async function loadCheckpoint(dir: string, options: LoadCheckpointOptions = {}): Promise<LoadedCheckpoint> {
  checkOptions("loadCheckpoint", options, { say: true });
  const info = await readCheckpointInfo(dir, options.say);
  const file = await openCheckpointFile(dir, CHECKPOINT_FILES.weights);
  try {
    checkWeights(
      parameterShapes(info.config),
      new Map(file.names().map((name) => [name, file.entry(name) as HeaderEntry])),
    );
    await file.verify();
    const model = new ViT(info.config, { seed: null });
    try {
      for (const [name, parameter] of model.namedParameters()) {
        const { shape, data } = await file.read(name);
        tf.tidy(() => parameter.assign(tf.tensor(data, [...shape], "float32")));
      }
    } catch (error) {
      model.dispose();
      throw error;
    }
    return { model, classNames: info.classNames, about: info.about };
  } finally {
    await file.close();
  }
}

/**
 * What `config.json` tells, without the weights.
 *
 * @param say tells that it was changed after it was written
 * @throws VitlabError when there is none, or it is damaged.
 */
export async function readCheckpointInfo(
  dir: string,
  say: (text: string) => void = console.log,
): Promise<CheckpointInfo & { config: FullViTConfig }> {
  const path = join(dir, CHECKPOINT_FILES.config);
  const text = await readCheckpointText(dir, CHECKPOINT_FILES.config);
  let parsed: {
    format?: unknown;
    model?: Record<string, unknown>;
    classNames?: string[];
    about?: Record<string, unknown>;
    [CONFIG_DIGEST]?: unknown;
  };
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
  const { [CONFIG_DIGEST]: digest, ...told } = parsed;
  if (digest !== undefined && digest !== jsonDigest(told))
    say(
      `${path} was changed after it was written: it is used as it is now (without its ${CONFIG_DIGEST} that isn't said)`,
    );
  const { model, classNames = [], about = {} } = told;
  if (!Array.isArray(classNames) || !classNames.every((name) => typeof name === "string"))
    throw damaged("classNames is not a list of names");
  if (typeof about !== "object" || about === null) throw damaged("about is not an object");
  let config: FullViTConfig;
  try {
    config = completeConfig(storedConfig(model as Record<string, unknown>));
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

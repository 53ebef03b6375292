import { join } from "node:path";
import type { Variable } from "@tensorflow/tfjs-core";
import { checkOptions } from "../../base/check-options";
import { VitlabError } from "../../base/error";
import { writeFileAtomic } from "../../base/node/atomic-file";
import { writeFolderAtomic } from "../../base/node/atomic-folder";
import { checkFolderName } from "../../base/node/folder";
import { whileLocked } from "../../base/node/folder-lock";
import { jsonDigest } from "../../base/node/json-digest";
import { encodeSafetensors } from "../../base/node/safetensors-writer";
import { quoteJson } from "../../base/quote-json";
import type { HeaderEntry } from "../../base/safetensors-header";
import type { WeightType } from "../../base/safetensors-numbers";
import { checkWeights } from "../../nn/check-weights";
import type { Module, NamedArray, StateDict } from "../../nn/module";
import { type Structure, structureDifference, structureOf } from "../../nn/structure";
import { tf } from "../../tensor/tf";
import { isAsConfigured } from "../../vit/check-as-configured";
import { completeConfig } from "../../vit/complete-config";
import type { FullViTConfig } from "../../vit/config";
import { ViT } from "../../vit/model";
import { parameterShapes } from "../../vit/parameter-shapes";
import { storedConfig } from "../../vit/stored-config";
import { checkModel } from "../check-arguments";
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
export interface LoadedCheckpoint<M extends Module = ViT> extends CheckpointInfo {
  model: M;
}

const FORMAT = "vitlab-checkpoint/1";

/**
 * Writes a model into a folder: `config.json` and `model.safetensors`, both or none. Of a ViT the config is kept, of any other
 * module what it is made of: `loadCheckpoint(dir, { model })` fills one of the same make.
 *
 * @throws VitlabError when `classNames` doesn't name each class, the folder can't be written, or a training writes there; files
 *   from before stay.
 *
 * @example
 * ```ts
 * import { cifar10ClassNames, loadCheckpoint, presets, saveCheckpoint, ViT } from "vitlab";
 *
 * await saveCheckpoint("mine", new ViT(presets.tiny), { classNames: cifar10ClassNames, about: { epochs: 3 } });
 * const { model, classNames, about } = await loadCheckpoint("mine");
 * console.log(model.config.dim, classNames[3], about); // 48 cat { epochs: 3 }
 * ```
 */
export async function saveCheckpoint(dir: string, model: Module, options: SaveCheckpointOptions = {}): Promise<void> {
  checkOptions("saveCheckpoint", options, { classNames: true, about: true, dtype: true });
  checkFolderName("saveCheckpoint", dir);
  checkModel("saveCheckpoint", model);
  await whileLocked(dir, () => writeCheckpoint(dir, model, options));
}

/** What `saveCheckpoint` does, for whoever has locked the folder. */
export async function writeCheckpoint(
  dir: string,
  model: Module,
  { dtype = "F32", ...told }: SaveCheckpointOptions,
): Promise<void> {
  const config = configOfCheckpoint(model, told);
  await writeFolderAtomic(dir, {
    [CHECKPOINT_FILES.weights]: encodeSafetensors(model.stateDict(), { format: FORMAT }, { dtype, digest: true }),
    [CHECKPOINT_FILES.config]: config,
  });
}

/** Writes `config.json` alone, beside weights that the same model had. */
export async function writeCheckpointConfig(dir: string, model: Module, told: Partial<CheckpointInfo>): Promise<void> {
  await writeFileAtomic(join(dir, CHECKPOINT_FILES.config), configOfCheckpoint(model, told));
}

function configOfCheckpoint(model: Module, { classNames = [], about = {} }: Partial<CheckpointInfo>): string {
  const made = isAsConfigured(model) ? { model: model.config } : { module: structureOf(model) };
  const misnamed = made.model && misnaming(classNames, made.model.classes);
  if (misnamed) throw new VitlabError(`${misnamed}: give one for each, or none`);
  return configText({ format: FORMAT, ...made, classNames, about });
}

/** A config.json that tells its own SHA-256. */
function configText(fields: Record<string, unknown>): string {
  // As it will be read: without what JSON leaves out.
  const told = JSON.parse(JSON.stringify(fields)) as Record<string, unknown>;
  return `${JSON.stringify({ ...told, [CONFIG_DIGEST]: jsonDigest(told) }, null, 2)}\n`;
}

const CONFIG_DIGEST = "sha256";

/** Writes `model.safetensors` alone. */
export async function saveWeights(dir: string, model: Module): Promise<void> {
  const pieces = encodeSafetensors(model.stateDict(), { format: FORMAT }, { digest: true });
  await writeFileAtomic(join(dir, CHECKPOINT_FILES.weights), pieces);
}

/** How `loadCheckpoint` reads. */
export interface LoadCheckpointOptions<M extends Module = ViT> {
  /** A module to fill with the weights, made as the one that was saved. Default a new ViT, as the config says. */
  model?: M;
  /** What tells that `config.json` was changed after it was written. Default `console.log`. */
  say?: (text: string) => void;
}

/**
 * The model that `saveCheckpoint` or `fit` wrote into a folder: a ViT, or in `{ model }` the module that is filled.
 *
 * Nothing is made of the config before it fits the weights. A config.json that was changed by hand is used as it is, which
 * is told.
 *
 * @throws VitlabError when the folder holds no checkpoint, one of a module that must be given, one of another structure than the
 *   module given, or one that is damaged: weights must have the SHA-256 that they were written with. A module given stays as
 *   it was then.
 *
 * @example A module of one's own is filled; a ViT is made from the checkpoint alone.
 * ```ts
 * import { Linear, loadCheckpoint, Random, saveCheckpoint } from "vitlab";
 *
 * const line = new Linear(1, 1, { random: new Random(1) });
 * await saveCheckpoint("line", line);
 * const { model } = await loadCheckpoint("line", { model: new Linear(1, 1, { random: null }) });
 * console.log(model.weight.dataSync()[0] === line.weight.dataSync()[0]); // true
 * ```
 */
export async function loadCheckpoint<M extends Module = ViT>(
  dir: string,
  options: LoadCheckpointOptions<M> = {},
): Promise<LoadedCheckpoint<M>> {
  checkOptions("loadCheckpoint", options, { model: true, say: true });
  const { model: given, say } = options;
  if (given !== undefined) checkModel("loadCheckpoint", given);
  const told = await readCheckpoint(dir, say);
  const { classNames, about } = told;
  if (given) {
    checkSameStructure(dir, told, given);
    const state: StateDict = {};
    await readWeights(
      dir,
      [...given.namedParameters()].map(([name, { shape }]) => [name, shape]),
      (name, entry) => {
        state[name] = entry;
      },
    );
    given.loadStateDict(state);
    return { model: given, classNames, about };
  }
  const config = configIn(dir, told);
  let model: ViT | undefined;
  let parameters: Map<string, Variable> | undefined;
  try {
    await readWeights(dir, [...parameterShapes(config)], (name, { shape, data }) => {
      // Not before it is known that the weights fit it.
      model ??= new ViT(config, { seed: null });
      parameters ??= model.namedParameters();
      const parameter = parameters.get(name);
      tf.tidy(() => parameter?.assign(tf.tensor(data, [...shape], "float32")));
    });
  } catch (error) {
    model?.dispose();
    throw error;
  }
  return { model: model as Module as M, classNames, about };
}

/** Reads the weights of a folder one after the other, once they are known to be those wanted and whole. */
async function readWeights(
  dir: string,
  wanted: readonly (readonly [name: string, shape: readonly number[]])[],
  take: (name: string, entry: NamedArray) => void,
): Promise<void> {
  const file = await openCheckpointFile(dir, CHECKPOINT_FILES.weights);
  try {
    checkWeights(wanted, new Map(file.names().map((name) => [name, file.entry(name) as HeaderEntry])));
    await file.verify();
    for (const [name] of wanted) take(name, await file.read(name));
  } finally {
    await file.close();
  }
}

/** @throws VitlabError where the module that was saved answers otherwise than the one given. */
function checkSameStructure(dir: string, { config, structure }: CheckpointContents, model: Module): void {
  const difference = config
    ? configDifference(config, model)
    : structureDifference(structure as Structure, structureOf(model));
  if (difference === undefined) return;
  throw new VitlabError(
    `the module given is of another structure than the one saved in ${dir}: ${difference}; make it as it was made then`,
  );
}

/** The same for a ViT that was saved by its config alone. */
function configDifference(config: FullViTConfig, model: Module): string | undefined {
  const replaced = model instanceof ViT ? model.replacedModules() : [];
  if (replaced.length > 0) return `${replaced.join(", ")} is another module than the config says`;
  return structureDifference({ "": { kind: "ViT", ...config } }, { "": structureOf(model)[""] as Structure[string] });
}

/** @throws VitlabError where the folder holds a module that isn't described by a config. */
function configIn(dir: string, { config, structure }: CheckpointContents): FullViTConfig {
  if (config) return config;
  const kind = structure && Object.hasOwn(structure, "") ? structure[""]?.kind : "module";
  throw new VitlabError(
    `${dir} holds a ${kind === "ViT" ? "ViT with modules of someone's own" : kind}, which only the code that made it can make: ` +
      "make it so and have it filled, loadCheckpoint(dir, { model })",
  );
}

/**
 * What `config.json` tells of a ViT, without the weights.
 *
 * @param say tells that it was changed after it was written
 * @throws VitlabError when there is none, it is damaged, or of a module that isn't described by a config.
 */
export async function readCheckpointInfo(
  dir: string,
  say?: (text: string) => void,
): Promise<CheckpointInfo & { config: FullViTConfig }> {
  const told = await readCheckpoint(dir, say);
  return { config: configIn(dir, told), classNames: told.classNames, about: told.about };
}

/** What `config.json` tells: either the config of a ViT or the structure of another module. */
interface CheckpointContents extends CheckpointInfo {
  config: FullViTConfig | null;
  structure: Structure | null;
}

async function readCheckpoint(dir: string, say: (text: string) => void = console.log): Promise<CheckpointContents> {
  const path = join(dir, CHECKPOINT_FILES.config);
  const text = await readCheckpointText(dir, CHECKPOINT_FILES.config);
  let parsed: {
    format?: unknown;
    model?: Record<string, unknown>;
    module?: Structure;
    classNames?: string[];
    about?: Record<string, unknown>;
    [CONFIG_DIGEST]?: unknown;
  };
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new VitlabError(`${path} is not JSON: it was changed or damaged; train again or restore the file`);
  }
  if (parsed?.format !== FORMAT || !(parsed.model ?? parsed.module))
    throw new VitlabError(
      `${path} is not of a vitlab checkpoint (its format is ${quoteJson(parsed?.format ?? null)}, not "${FORMAT}"); ` +
        "give a folder that training or saveCheckpoint wrote",
    );
  const damaged = (what: string) =>
    new VitlabError(`${path} was changed or damaged (${what}): train again or restore the file`);
  const { [CONFIG_DIGEST]: digest, ...told } = parsed;
  const own = jsonDigest(told);
  if (digest !== undefined && digest !== own)
    say(
      `${path} was changed after it was written: it is used as it is now (without its ${CONFIG_DIGEST} that isn't said)`,
    );
  const { model, module: structure = null, classNames = [], about = {} } = told;
  if (!Array.isArray(classNames) || !classNames.every((name) => typeof name === "string"))
    throw damaged("classNames is not a list of names");
  if (typeof about !== "object" || about === null) throw damaged("about is not an object");
  if (structure) {
    const isPart = (part: { kind?: unknown } | null) => typeof part?.kind === "string";
    if (typeof structure !== "object" || !Object.values(structure).every(isPart))
      throw damaged("module doesn't say of which kind each part is");
    return { config: null, structure, classNames, about };
  }
  let config: FullViTConfig;
  try {
    config = completeConfig(storedConfig(model as Record<string, unknown>));
  } catch (error) {
    throw error instanceof VitlabError ? damaged(error.message) : error;
  }
  const misnamed = misnaming(classNames, config.classes);
  if (misnamed) throw new VitlabError(`${path}: ${misnamed}; name each class there, or none ("classNames": [])`);
  return { config, structure: null, classNames, about };
}

/** What is wrong with the number of class names, in words. */
function misnaming(classNames: readonly string[], classes: number): string | undefined {
  if (classNames.length === 0 || classNames.length === classes) return undefined;
  return `classNames names ${classNames.length} ${classNames.length === 1 ? "class" : "classes"}, and the model has ${classes}`;
}

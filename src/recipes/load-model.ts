import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { plainText } from "../base/plain-text";
import { defaultLabels } from "../hub/hub-config";
import { type LoadedViT, type LoadViTOptions, loadViT, sayLargeFiles } from "../hub/load-vit";
import { isRepo, modelFolder } from "../hub/model-folder";
import { readJson } from "../hub/read-json";
import { CHECKPOINT_FILES } from "../train/checkpoint/files";
import { type LoadedCheckpoint, loadCheckpoint } from "../train/checkpoint/model-checkpoint";
import { sizeOf } from "../vit/patches";
import { type HubPart, rememberedHub } from "./hub-memory";
import { readReport } from "./report";
import { shippedModel, shippedModels } from "./shipped-models";

/** How `loadModel` reads a model, and downloads it where it is on the Hugging Face hub. */
export type LoadModelOptions = Pick<LoadViTOptions, "trainedHead" | "say" | "revision" | "onProgress" | "signal">;

/**
 * A model, whatever it was read from. `config`, `processor` and `imageProcessor` are those of a folder in Hugging Face's
 * format, or of that which a checkpoint was fine-tuned from.
 */
export interface LoadedModel
  extends HubPart,
    Pick<LoadedViT, "model" | "folder" | "classNames" | "imageSize" | "dtype" | "newHead"> {
  /** Whether the folder names the classes; where it doesn't, they are called LABEL_0, LABEL_1, … */
  named: boolean;
  /** What a checkpoint remembers of its training; of a recipe's model the name of its data, of others nothing. */
  about: LoadedCheckpoint["about"];
}

/**
 * Opens a model, whichever of three kinds it is: a folder, in Hugging Face's format or written by `saveCheckpoint` or a
 * training; a repository `owner/name` of the Hugging Face hub, which is downloaded first; or a model that comes with vitlab,
 * by its name, such as "vit-cifar10". A folder that is here comes before a model of the same name.
 *
 * @throws VitlabError when it is none of them, or damaged, or has no trained head where one is asked for.
 *
 * @example
 * ```ts
 * import { loadModel } from "vitlab";
 *
 * const { model, classNames, imageSize } = await loadModel("vit-needle");
 * console.log(classNames, imageSize, model.config.patchSize); // [ 'same', 'different' ] [ 32, 32 ] 4
 * ```
 */
export async function loadModel(name: string, options: LoadModelOptions = {}): Promise<LoadedModel> {
  checkOptions("loadModel", options, { trainedHead: true, say: true, revision: true, onProgress: true, signal: true });
  const { trainedHead, say = (text: string) => console.log(plainText(text)) } = options;
  const folder = await folderOf(name, { ...options, say });
  const path = join(folder, CHECKPOINT_FILES.config);
  const fields = await readJson(path);
  if (!fields) throw new VitlabError(`${folder} has no config.json: give ${threeKinds()}`);
  if (fields.format === undefined) {
    const loaded = await loadViT(folder, { say, trainedHead });
    return { ...loaded, named: !isDefault(loaded.classNames), about: await reported(folder) };
  }
  const { model, classNames, about } = await loadCheckpoint(folder, { say });
  const { classes, imageSize } = model.config;
  const named = classNames.length > 0;
  try {
    return {
      model,
      folder,
      classNames: named ? classNames : defaultLabels(classes),
      named,
      newHead: false,
      imageSize: sizeOf(imageSize),
      about,
      dtype: "F32",
      ...rememberedHub(model, about, path),
    };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** The folder of a model on this machine; that of a repository is downloaded. */
async function folderOf(name: string, options: LoadModelOptions & { say: (text: string) => void }): Promise<string> {
  if (typeof name !== "string" || name === "")
    throw new VitlabError(`loadModel got ${show(name)} for a model: give ${threeKinds()}`);
  if (!existsSync(name)) {
    const shipped = shippedModel(name);
    if (shipped !== undefined) return shipped;
    if (!isRepo(name)) throw new VitlabError(`there is no folder ${name}: give ${threeKinds()}`);
  }
  const { say, revision, onProgress = sayLargeFiles(say), signal } = options;
  return modelFolder(name, { say, revision, onProgress, signal });
}

/** What the report beside a recipe's model tells of its training. */
async function reported(folder: string): Promise<{ data?: string }> {
  // A model without one, or with a file of that name that is something else, is no worse for it.
  const report = await readReport(folder).catch(() => undefined);
  return report ? { data: report.recipe.data } : {};
}

function threeKinds(): string {
  return (
    "a folder that training wrote or one in Hugging Face's format, " +
    `"owner/name" of a model on the Hugging Face hub, or one that comes with vitlab (${shippedModels().join(", ")})`
  );
}

function isDefault(classNames: readonly string[]): boolean {
  return classNames.every((name, i) => name === `LABEL_${i}`);
}

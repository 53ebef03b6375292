import { existsSync } from "node:fs";
import { join } from "node:path";
import { defaultLabels } from "../hub/hub-config";
import { loadViT } from "../hub/load-vit";
import { type Fields, readJson } from "../hub/read-json";
import { VitlabError } from "../tensor/error";
import type { WeightType } from "../tensor/safetensors";
import { loadCheckpoint } from "../train/checkpoint/model-checkpoint";
import type { ViT } from "../vit/model";
import { sizeOf } from "../vit/patches";

/** A model that a command was given, of either kind of folder. */
export interface GivenModel {
  model: ViT;
  /** Class names, one for each class. */
  labels: readonly string[];
  /** Whether the folder named the classes. */
  labelled: boolean;
  /** The [height, width] that images come in. */
  imageSize: readonly [number, number];
  /** What a checkpoint remembers of its training. */
  about: Readonly<Record<string, unknown>>;
  /** `config.json` and `preprocessor_config.json` of a folder in Hugging Face's format. */
  config?: Fields;
  processor?: Fields;
  dtype: WeightType;
}

/**
 * Opens a checkpoint of vitlab, or a folder in Hugging Face's format.
 *
 * @param say tells of what a reader of the numbers should know
 * @throws VitlabError when it is neither, or damaged.
 */
export async function loadModel(folder: string, say: (text: string) => void): Promise<GivenModel> {
  if (!existsSync(folder))
    throw new VitlabError(
      `there is no folder ${folder}: give one that vitlab train wrote, or one in Hugging Face's format`,
    );
  const fields = await readJson(join(folder, "config.json"));
  if (fields?.format === undefined) {
    const { labels, ...loaded } = await loadViT(folder, { say });
    return { ...loaded, labels, labelled: !isDefault(labels), about: {} };
  }
  const { model, classNames, about } = await loadCheckpoint(folder);
  const { classes, imageSize } = model.config;
  const labelled = classNames.length === classes;
  const labels = labelled ? classNames : defaultLabels(classes);
  return { model, labels, labelled, imageSize: sizeOf(imageSize), about, dtype: "F32" };
}

function isDefault(labels: readonly string[]): boolean {
  return labels.every((label, i) => label === `LABEL_${i}`);
}

import { join } from "node:path";
import { VitlabError } from "../../base/error";
import type { WeightType } from "../../base/safetensors-numbers";
import { defaultLabels, readHubConfig } from "../../hub/hub-config";
import { ImageProcessor } from "../../hub/image-processor";
import { loadViT } from "../../hub/load-vit";
import { modelFolder } from "../../hub/model-folder";
import { type Fields, isObject, readJson } from "../../hub/read-json";
import { CHECKPOINT_FILES } from "../../train/checkpoint/files";
import { loadCheckpoint } from "../../train/checkpoint/model-checkpoint";
import type { ViT } from "../../vit/model";
import { sizeOf } from "../../vit/patches";
import { downloadDisplay } from "./download-display";

/** A model that a command was given, of either kind of folder. */
export interface GivenModel {
  model: ViT;
  /** One for each class. */
  classNames: readonly string[];
  /** Whether the folder named the classes. */
  labeled: boolean;
  /** Whether the folder had no head, and one was drawn at random. */
  newHead: boolean;
  /** The [height, width] that images come in. */
  imageSize: readonly [number, number];
  /** What a checkpoint remembers of its training. */
  about: Readonly<Record<string, unknown>>;
  /**
   * `config.json` and `preprocessor_config.json` of a folder in Hugging Face's format, or of that which a checkpoint was
   * fine-tuned from.
   */
  config?: Fields;
  processor?: Fields;
  /** Of a folder in Hugging Face's format. */
  imageProcessor?: () => ImageProcessor;
  dtype: WeightType;
}

/**
 * Opens a model: a checkpoint of vitlab, a folder in Hugging Face's format, or a repository of the Hugging Face hub, which
 * is downloaded with its progress on stderr.
 *
 * @param say tells of what a reader of the numbers should know
 * @param options `trainedHead`: whether a head drawn at random is refused
 * @throws VitlabError when it is none of them, or damaged, or has no head where one is needed.
 */
export async function loadModel(
  dirOrRepo: string,
  say: (text: string) => void,
  { trainedHead = false }: { trainedHead?: boolean } = {},
): Promise<GivenModel> {
  const folder = await download(dirOrRepo, say);
  const path = join(folder, CHECKPOINT_FILES.config);
  const fields = await readJson(path);
  if (!fields)
    throw new VitlabError(
      `${folder} has no config.json: give a folder that vitlab train wrote, or one in Hugging Face's format`,
    );
  if (fields.format === undefined) {
    const loaded = await loadViT(folder, { say, trainedHead });
    return { ...loaded, labeled: !isDefault(loaded.classNames), about: {} };
  }
  const { model, classNames: names, about } = await loadCheckpoint(folder, { say });
  const { classes, imageSize } = model.config;
  const labeled = names.length > 0;
  const classNames = labeled ? names : defaultLabels(classes);
  const given: GivenModel = {
    model,
    classNames,
    labeled,
    newHead: false,
    imageSize: sizeOf(imageSize),
    about,
    dtype: "F32",
  };
  try {
    return { ...given, ...hubPart(given, path) };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** What a checkpoint remembers of the folder in Hugging Face's format that it was fine-tuned from. */
function hubPart({ model, about }: GivenModel, path: string): Partial<GivenModel> {
  const before = about.huggingFace;
  if (!isObject(before) || !isObject(before.config)) return {};
  const { config } = before;
  const processor = isObject(before.processor) ? before.processor : undefined;
  const hub = readHubConfig(config, path);
  const [height, width] = hub.imageSize;
  const own = sizeOf(model.config.imageSize).join("x");
  if (sizeOf(hub.config.imageSize).join("x") !== own)
    throw new VitlabError(
      `${path}: about.huggingFace.config tells of images of ${height}x${width}, and the model takes ${own}; restore the file`,
    );
  const { channels } = model.config;
  const imageProcessor = () => new ImageProcessor(processor ?? { size: { height, width } }, { channels });
  return { config, processor, imageProcessor, imageSize: [height, width] };
}

/**
 * What a checkpoint has to remember of a model in Hugging Face's format: all that isn't the model itself.
 *
 * @param model what came of it; where its head is another, what the former was for is forgotten
 */
export function rememberHub(given: GivenModel, model: ViT): Record<string, unknown> {
  const { config, processor } = given;
  if (!config) return {};
  const { id2label: _, label2id: __, problem_type: problemType, ...kept } = config;
  const keeps = model === given.model && !given.newHead && problemType !== undefined;
  return { huggingFace: { config: { ...kept, ...(keeps && { problem_type: problemType }) }, processor } };
}

async function download(dirOrRepo: string, say: (text: string) => void): Promise<string> {
  const display = downloadDisplay();
  try {
    return await modelFolder(dirOrRepo, {
      say,
      onProgress: ({ file, ...progress }) => {
        // Small files are here at once.
        if ((progress.total ?? 0) >= 1e6) display.show(`${dirOrRepo} ${file}`, progress);
      },
    });
  } finally {
    display.end();
  }
}

function isDefault(classNames: readonly string[]): boolean {
  return classNames.every((name, i) => name === `LABEL_${i}`);
}

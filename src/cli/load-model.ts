import { join } from "node:path";
import { defaultLabels, readHubConfig } from "../hub/hub-config";
import { ImageProcessor } from "../hub/image-processor";
import { loadViT } from "../hub/load-vit";
import { modelFolder } from "../hub/model-folder";
import { type Fields, isObject, readJson } from "../hub/read-json";
import { VitlabError } from "../tensor/error";
import type { WeightType } from "../tensor/safetensors";
import { CHECKPOINT_FILES } from "../train/checkpoint/files";
import { loadCheckpoint } from "../train/checkpoint/model-checkpoint";
import type { ViT } from "../vit/model";
import { sizeOf } from "../vit/patches";
import { downloadDisplay } from "./download-display";

/** A model that a command was given, of either kind of folder. */
export interface GivenModel {
  model: ViT;
  /** Class names, one for each class. */
  labels: readonly string[];
  /** Whether the folder named the classes. */
  labelled: boolean;
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
 * @throws VitlabError when it is none of them, or damaged.
 */
export async function loadModel(dirOrRepo: string, say: (text: string) => void): Promise<GivenModel> {
  const folder = await download(dirOrRepo, say);
  const path = join(folder, CHECKPOINT_FILES.config);
  const fields = await readJson(path);
  if (!fields)
    throw new VitlabError(
      `${folder} has no config.json: give a folder that vitlab train wrote, or one in Hugging Face's format`,
    );
  if (fields.format === undefined) {
    const loaded = await loadViT(folder, { say });
    return { ...loaded, labelled: !isDefault(loaded.labels), about: {} };
  }
  const { model, classNames, about } = await loadCheckpoint(folder);
  const { classes, imageSize, channels } = model.config;
  const labelled = classNames.length > 0;
  const labels = labelled ? classNames : defaultLabels(classes);
  const given: GivenModel = {
    model,
    labels,
    labelled,
    newHead: false,
    imageSize: sizeOf(imageSize),
    about,
    dtype: "F32",
  };
  const before = about.huggingFace;
  if (!isObject(before) || !isObject(before.config)) return given;
  const { config } = before;
  const processor = isObject(before.processor) ? before.processor : undefined;
  const [height, width] = readHubConfig(config, path).imageSize;
  const imageProcessor = () => new ImageProcessor(processor ?? { size: { height, width } }, { channels });
  return { ...given, config, processor, imageProcessor, imageSize: [height, width] };
}

/** What a checkpoint has to remember of a model in Hugging Face's format: all that isn't the model itself. */
export function rememberHub({ config, processor }: GivenModel): Record<string, unknown> {
  if (!config) return {};
  const { id2label: _, label2id: __, ...kept } = config;
  return { huggingFace: { config: kept, processor } };
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

function isDefault(labels: readonly string[]): boolean {
  return labels.every((label, i) => label === `LABEL_${i}`);
}

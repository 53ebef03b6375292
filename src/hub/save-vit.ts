import { join } from "node:path";
import type { Tensor } from "@tensorflow/tfjs-core";
import { checkOptions, type OptionNames } from "../base/check-options";
import { VitlabError } from "../base/error";
import { writeFolderAtomic } from "../base/node/atomic-folder";
import { checkFolderName } from "../base/node/folder";
import { whileLocked } from "../base/node/folder-lock";
import { jsonDigest } from "../base/node/json-digest";
import { digestName } from "../base/node/safetensors-digest";
import { type LazyEntry, safetensorsPieces } from "../base/node/safetensors-writer";
import type { WeightType } from "../base/safetensors-numbers";
import type { NamedArray } from "../nn/module";
import type { Normalization } from "../tensor/normalization";
import { checkAsConfigured } from "../vit/check-as-configured";
import { checkViT } from "../vit/check-vit";
import { type FullViTConfig, prefixTokens } from "../vit/config";
import type { ViT } from "../vit/model";
import { patchGridSize } from "../vit/patches";
import { checkWritable } from "./check-writable";
import { defaultLabels, readHubConfig, writeHubConfig } from "./hub-config";
import { channelsFirst } from "./layout";
import type { LoadedViT } from "./load-vit";
import { PREPROCESSOR_FILE, PROCESSOR_FILE } from "./processor-file";
import { type Fields, isObject, readJson, showJson } from "./read-json";
import { checkWeightType } from "./safetensors-file";
import { FILE_NAMES, headRows, type WeightRow, weightTable } from "./weight-table";
import { WEIGHTS_FILE } from "./weights-folder";

/** How `saveViT` writes a model. What `loadViT` gave fits as it is, so that nothing of the folder is lost. */
export interface SaveViTOptions extends Partial<Omit<LoadedViT, "classNames" | "dtype" | "config" | "processor">> {
  /** One for each class. Default: those of `config`, else LABEL_0, LABEL_1, … */
  classNames?: readonly string[];
  /** "F32", or half the size: "F16" or "BF16", each number rounded to the nearest. Default "F32". */
  dtype?: WeightType;
  /** Fields of a `config.json` to keep where they don't contradict the model. */
  config?: Fields;
  /** The contents of `preprocessor_config.json`. Default: images of the model's size, values as its config normalizes them. */
  processor?: Fields;
}

const OPTIONS: OptionNames<SaveViTOptions> = {
  classNames: true,
  dtype: true,
  config: true,
  processor: true,
  model: true,
  folder: true,
  imageProcessor: true,
  imageSize: true,
  newHead: true,
};

/**
 * Writes a model into a folder in Hugging Face's format, which transformers opens as `ViTForImageClassification`, or as
 * `DeiTForImageClassification` where it has a distillation token: `config.json`, `preprocessor_config.json` and
 * `model.safetensors`, all of them or none. Where the folder has a `processor_config.json` with an image processor, which
 * transformers would read first, that is replaced, too.
 *
 * @throws VitlabError when transformers has no such model, a weight can't be written in the dtype, or the folder can't be
 *   written or a training writes there; nothing has changed then.
 *
 * @example
 * ```ts
 * import { loadViT, presets, saveViT, ViT } from "vitlab";
 *
 * // A folder that transformers' ViTForImageClassification opens as well.
 * await saveViT(new ViT({ ...presets.tiny, classes: 2 }), "mine", { classNames: ["cat", "dog"] });
 * const { model, classNames, config } = await loadViT("mine");
 * console.log(model.config.dim, classNames, config.model_type); // 48 [ 'cat', 'dog' ] vit
 * ```
 */
export async function saveViT(model: ViT, dir: string, options: SaveViTOptions = {}): Promise<void> {
  checkOptions("saveViT", options, OPTIONS);
  checkViT("saveViT", model);
  checkFolderName("saveViT", dir);
  checkAsConfigured("a folder in Hugging Face's format", model);
  const { dtype = "F32", config: base = {} } = options;
  checkWeightType(dtype);
  const { config } = model;
  checkSavable(config);
  const labels = labelsFor(config.classes, options);
  const fields = writeHubConfig(config, { labels, dtype, base });
  const { imageSize } = readHubConfig(fields, "the config to write");
  const processor = options.processor ? withType(options.processor) : defaultProcessor(imageSize, config.normalize);
  const several = await readJson(join(dir, PROCESSOR_FILE));
  const beside = {
    "config.json": showJson(fields),
    [PREPROCESSOR_FILE]: showJson(processor),
    ...(isObject(several?.image_processor) && {
      [PROCESSOR_FILE]: showJson({ ...several, image_processor: processor }),
    }),
  };
  const digests = Object.entries(beside).map(([name, text]) => [digestName(name), jsonDigest(JSON.parse(text))]);
  // As Python's safetensors does it: in the order of the names, with a note of where the layout comes from.
  const metadata = { format: "pt", ...Object.fromEntries(digests) };
  const files = {
    ...beside,
    [WEIGHTS_FILE]: safetensorsPieces(weightsOf(model, dtype), metadata, { dtype, digest: true }),
  };
  await whileLocked(dir, () => writeFolderAtomic(dir, files));
}

/** @throws VitlabError when transformers has no such model. */
function checkSavable({ norm, finalNorm, pool, classToken, registerTokens, attentionOverBatch }: FullViTConfig): void {
  const unlike =
    norm !== "pre"
      ? "its layer normalization comes after each part"
      : !finalNorm
        ? "it has no layer normalization after the last block"
        : !classToken
          ? "it has no class token"
          : pool !== "cls"
            ? "its head reads the mean of the patches"
            : registerTokens > 0
              ? "it has register tokens"
              : attentionOverBatch
                ? "its attention runs over the batch"
                : undefined;
  if (unlike)
    throw new VitlabError(
      `the model can't be written for Hugging Face, whose ViT is another: ${unlike}; keep it with saveCheckpoint`,
    );
}

function labelsFor(classes: number, { classNames, config = {} }: SaveViTOptions): readonly string[] {
  if (classNames) {
    if (classNames.length === classes) return classNames;
    throw new VitlabError(
      `classNames names ${classNames.length} classes, and the model has ${classes}: give one for each`,
    );
  }
  const before = config.model_type === undefined ? undefined : readHubConfig(config, "config").labels;
  return before?.length === classes ? before : defaultLabels(classes);
}

/** What transformers' ViTImageProcessor needs to give the model what it was trained on here. */
function defaultProcessor([height, width]: readonly [number, number], { mean, std }: Normalization): Fields {
  return {
    do_normalize: true,
    do_rescale: true,
    do_resize: true,
    image_mean: mean,
    image_processor_type: "ViTImageProcessor",
    image_std: std,
    // Bilinear.
    resample: 2,
    rescale_factor: 1 / 255,
    size: { height, width },
  };
}

/** Says ViT's type where none is said, which transformers would take from the model. */
function withType(processor: Fields): Fields {
  const isTyped = processor.image_processor_type ?? processor.feature_extractor_type ?? processor.auto_map;
  return isTyped ? processor : { ...processor, image_processor_type: "ViTImageProcessor" };
}

/** The tensors to write, in the order of their names. */
function weightsOf(model: ViT, dtype: WeightType): LazyEntry[] {
  const { config } = model;
  const encoder = config.distillationToken ? "deit." : "vit.";
  const rows = [...weightTable(config, encoder, FILE_NAMES), ...headRows(config.classes, config.dim)];
  return rows
    .flatMap((row) =>
      row.theirs.map((name, part) => ({
        name,
        shape: row.shape,
        data: () => checkWritable((row.write(parameterOf(model, row))[part] as NamedArray).data, name, dtype),
      })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parameterOf(model: ViT, { ours }: WeightRow): NamedArray {
  const { patchOrder, patchSize } = model.config;
  // Sines and cosines, or no positions at all, are written as the table that transformers would have learnt.
  if (ours === "embeddings.positionEmbedding") return positionTable(model);
  const parameter = arrayOf(model.namedParameters().get(ours) as Tensor);
  return ours === "embeddings.patchEmbedding.weight" ? channelsFirst(parameter, patchOrder, patchSize) : parameter;
}

function positionTable({ config, embeddings }: ViT): NamedArray {
  const { imageSize, patchSize, dim } = config;
  const grid = patchGridSize(imageSize, patchSize);
  const tokens = grid.rows * grid.columns + prefixTokens(config);
  const table = embeddings.positions(grid);
  if (!table) return { shape: [tokens, dim], data: new Float32Array(tokens * dim) };
  const array = arrayOf(table);
  table.dispose();
  return array;
}

function arrayOf(tensor: Tensor): NamedArray {
  return { shape: tensor.shape, data: tensor.dataSync() as Float32Array };
}

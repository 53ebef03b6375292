import { join } from "node:path";
import { truncatedNormal } from "../nn/initial";
import type { NamedArray } from "../nn/module";
import { checkOptions, show } from "../tensor/check-options";
import { VitlabError } from "../tensor/error";
import type { Normalisation } from "../tensor/normalisation";
import { Random } from "../tensor/random";
import { WEIGHT_TYPES, type WeightType } from "../tensor/safetensors";
import { showShape } from "../tensor/shape";
import { tf } from "../tensor/tf";
import type { ViTConfig } from "../vit/config";
import { MOST } from "../vit/config-limits";
import { ViT } from "../vit/model";
import { sizeOf } from "../vit/patches";
import { defaultLabels, type HubConfig, readHubConfig } from "./hub-config";
import { ImageProcessor } from "./image-processor";
import { type ModelFolderOptions, modelFolder } from "./model-folder";
import { type Fields, readJson } from "./read-json";
import { FILE_NAMES, headRows, MODULE_NAMES, type WeightRow, weightTable } from "./weight-table";
import { WeightsFolder } from "./weights-folder";

/** How `loadViT` reads a model, and downloads it where it is on the Hugging Face hub. */
export interface LoadViTOptions extends Omit<ModelFolderOptions, "say"> {
  /** Number of classes; where the file has another, the model gets a new head. Default: the file's. */
  classes?: number;
  /** Names of the classes, which say their number too. Default: the file's. */
  labels?: readonly string[];
  /** A new head even where the file's would fit. Default false. */
  newHead?: boolean;
  /** Seed of a new head. Default 0. */
  seed?: number;
  /** What tells of a download, of a new head and of tensors that were left out. Default `console.log`. */
  say?: (text: string) => void;
}

/** A model from a Hugging Face folder. */
export interface LoadedViT {
  model: ViT;
  /** Where it is on this machine: the folder given, or the one in the cache of downloads. */
  folder: string;
  /** Class names, one for each class. */
  labels: readonly string[];
  /** `config.json` as it was read; `saveViT` keeps the fields that it doesn't know. */
  config: Fields;
  /** `preprocessor_config.json` as it was read; undefined where there is none. */
  processor: Fields | undefined;
  /**
   * What makes of pictures what the model takes: `await imageProcessor().tensor(["cat.jpg"])`. As `processor` says; else
   * resized to `imageSize` (bilinear), values in [-1, 1].
   *
   * @throws VitlabError when `processor` has a field without meaning, or the model takes neither 3 channels nor 1.
   */
  imageProcessor: () => ImageProcessor;
  /** The [height, width] that images come in; larger than the model's where its patches don't fill them. */
  imageSize: readonly [number, number];
  /** The type of the numbers in the file; "F32" where it mixes several. */
  dtype: WeightType;
  /** Whether the head was drawn anew and has to be trained. */
  newHead: boolean;
}

/**
 * Reads a Vision Transformer from a folder in Hugging Face's format: `config.json`, and `model.safetensors` or the files
 * that its index lists. A repository `owner/name` of the Hugging Face hub is downloaded first, as `modelFolder` does.
 *
 * Opens what transformers 4 and 5 write for ViTForImageClassification and ViTModel, and the encoder of ViT-MAE.
 *
 * @throws VitlabError when a file is missing or damaged, is of another architecture, a tensor is missing, of another
 *   shape, or holds NaN or infinity, or the download fails.
 */
export async function loadViT(dirOrRepo: string, options: LoadViTOptions = {}): Promise<LoadedViT> {
  checkOptions("loadViT", options, [...OPTIONS]);
  checkHead(options);
  const { say = console.log, seed = 0, revision, onProgress = largeFiles(say), signal } = options;
  const dir = await modelFolder(dirOrRepo, { revision, say, onProgress, signal });
  const path = join(dir, "config.json");
  const fields = await readJson(path);
  if (!fields)
    throw new VitlabError(`${dir} has no config.json: give a folder in Hugging Face's format, such as saveViT writes`);
  const hub = readHubConfig(fields, path);
  const processor = await readJson(join(dir, "preprocessor_config.json"));
  const weights = await WeightsFolder.open(dir);
  try {
    for (const [name, json] of [["config.json", fields] as const, ["preprocessor_config.json", processor] as const])
      if (weights.isChanged(name, json))
        say(`${join(dir, name)} was changed after the weights were written beside it: what it says now is used`);
    const { prefix, names } = layoutOf(weights, dir);
    const head = chooseHead(weights, hub, options, dir);
    const imageProcessor = () => processorOf(processor, hub, dir);
    const { normalise, note } = normalisationFrom(imageProcessor, processor);
    const config: ViTConfig = { ...hub.config, classes: head.labels.length, normalise };
    const sizes = { ...hub.config, channels: config.channels as number, qkvBias: config.qkvBias as boolean };
    const rows: WeightRow[] = [];
    for (const row of weightTable(sizes, prefix, names)) rows.push(checkedRow(row, weights, dir));
    if (!head.isNew) for (const row of headRows(config.classes, config.dim)) rows.push(checkedRow(row, weights, dir));
    await weights.verify();
    const model = new ViT(config, { seed: null });
    try {
      await readWeights(model, rows, weights, dir);
      if (head.isNew) drawHead(model, hub.initializerRange, seed);
    } catch (error) {
      model.dispose();
      throw error;
    }
    if (head.note) say(head.note);
    if (note) say(note);
    const left = leftOut(weights, rows);
    if (left) say(`${dir}: left out ${left}, which a classifier doesn't use`);
    const [height, width] = sizeOf(config.imageSize);
    if (height !== hub.imageSize[0] || width !== hub.imageSize[1])
      say(
        `${dir}: patches of ${config.patchSize} cover ${height}x${width} pixels of images of ${hub.imageSize.join("x")}; ` +
          "as in transformers, the rows and columns behind them aren't looked at",
      );
    const { imageSize } = hub;
    return {
      model,
      folder: dir,
      labels: head.labels,
      config: fields,
      processor,
      imageProcessor,
      imageSize,
      dtype: dtypeOf(weights),
      newHead: head.isNew,
    };
  } finally {
    await weights.close();
  }
}

const OPTIONS = ["classes", "labels", "newHead", "seed", "say", "revision", "onProgress", "signal"] as const;

/** Says what is downloaded, where nobody listens to the progress: a file that takes a while, once. */
function largeFiles(say: (text: string) => void): ModelFolderOptions["onProgress"] {
  let last = "";
  return ({ file, total }) => {
    if (file !== last && total !== undefined && total >= 1e6)
      say(`downloading ${file}: ${Math.ceil(total / 1e6)} MB, once`);
    last = file;
  };
}

/** The processor that the folder tells of, or ViT's own with the model's size. */
function processorOf(processor: Fields | undefined, { imageSize, config }: HubConfig, dir: string): ImageProcessor {
  const [height, width] = imageSize;
  try {
    return new ImageProcessor(processor ?? { size: { height, width } }, { channels: config.channels ?? 3 });
  } catch (error) {
    if (!(error instanceof VitlabError) || !processor) throw error;
    throw new VitlabError(`${join(dir, "preprocessor_config.json")}: ${error.message}`);
  }
}

/** Numbers out of bytes as the processor makes them; a processor for other images keeps no model from being opened. */
function normalisationFrom(
  imageProcessor: () => ImageProcessor,
  processor: Fields | undefined,
): { normalise?: Normalisation; note?: string } {
  try {
    return { normalise: imageProcessor().normalise };
  } catch (error) {
    if (!(error instanceof VitlabError)) throw error;
    return processor ? { note: `${error.message}; until then pictures can't be made ready for the model` } : {};
  }
}

function checkHead({ classes, labels }: LoadViTOptions): void {
  if (
    labels !== undefined &&
    !(Array.isArray(labels) && labels.length > 0 && labels.every((l) => typeof l === "string"))
  )
    throw new VitlabError(`labels is ${show(labels)}: give a list of class names, as in { labels: ["cat", "dog"] }`);
  if (classes !== undefined && !(Number.isSafeInteger(classes) && classes >= 1))
    throw new VitlabError(`classes is ${show(classes)}: it must be a whole number, 1 or more`);
  if (labels && classes !== undefined && labels.length !== classes)
    throw new VitlabError(`classes is ${classes}, and labels names ${labels.length}: leave classes out`);
}

/** How the tensors of a file are called: what stands in front of their names, and how the parts of a layer are named. */
function layoutOf(weights: WeightsFolder, dir: string) {
  const mark = "embeddings.patch_embeddings.projection.weight";
  const found = weights.names().find((name) => name === mark || name.endsWith(`.${mark}`));
  if (found === undefined)
    throw new VitlabError(
      `${dir}: the weights have no tensor vit.${mark}, so they are of no Vision Transformer of transformers'; give the folder of one`,
    );
  const prefix = found.slice(0, -mark.length);
  if (weights.entry(`${prefix}embeddings.distillation_token`))
    throw new VitlabError(
      `${dir} is a distilled DeiT, whose second class token a plain ViT doesn't have: take the model without "distilled" in its name`,
    );
  const names = weights.names().some((name) => name.startsWith(prefix + MODULE_NAMES.layer))
    ? MODULE_NAMES
    : FILE_NAMES;
  return { prefix, names };
}

interface Head {
  labels: readonly string[];
  isNew: boolean;
  note?: string;
}

/** Which classes the model gets, and whether the file's head is of use for them. */
function chooseHead(weights: WeightsFolder, hub: HubConfig, options: LoadViTOptions, dir: string): Head {
  const inFile = weights.entry("classifier.weight")?.shape[0];
  const asked = options.labels?.length ?? options.classes;
  if (inFile !== undefined && asked === undefined && !options.newHead && inFile !== (hub.labels?.length ?? inFile))
    throw new VitlabError(
      `${dir}: tensor classifier.weight has ${inFile} classes and config.json names ${hub.labels?.length}: ` +
        `pass { classes: ${hub.labels?.length} } for a new head, or get both files again`,
    );
  // Two is how many transformers takes where nothing tells.
  const classes = asked ?? hub.labels?.length ?? inFile ?? 2;
  if (classes > MOST.classes)
    throw new VitlabError(`${dir}: a head of ${classes} classes can't be made; at most ${MOST.classes} are read`);
  const named = hub.labels?.length === classes ? hub.labels : defaultLabels(classes);
  const labels = options.labels ?? named;
  const drawn = `new head for ${classes} ${classes === 1 ? "class" : "classes"}, drawn at random: train it before you trust its answers`;
  if (inFile === undefined) return { labels, isNew: true, note: `${dir}: it has no head; ${drawn}` };
  if (inFile !== classes) return { labels, isNew: true, note: `${dir}: its head has ${inFile} classes; ${drawn}` };
  if (options.newHead) return { labels, isNew: true, note: `${dir}: its head was left out as asked; ${drawn}` };
  const renamed =
    hub.labels !== undefined && labels.some((label, i) => label !== named[i] && named[i] !== `LABEL_${i}`);
  const note = `${dir}: its head is kept and its classes are renamed; pass { newHead: true } where they are other classes`;
  return renamed ? { labels, isNew: false, note } : { labels, isNew: false };
}

/** @throws VitlabError when a tensor of the row is missing, or of another shape. */
function checkedRow(row: WeightRow, weights: WeightsFolder, dir: string): WeightRow {
  for (const name of row.theirs) {
    const entry = weights.entry(name);
    if (!entry)
      throw new VitlabError(
        `${dir}: the weights have no tensor ${name}, which config.json asks for; get both files again`,
      );
    if (showShape(entry.shape) !== showShape(row.shape))
      throw new VitlabError(
        `${dir}: tensor ${name} is ${showShape(entry.shape)}, and config.json asks for ${showShape(row.shape)}; get both files again`,
      );
  }
  return row;
}

/** One parameter after the other, so that the file is never in memory twice. */
async function readWeights(model: ViT, rows: readonly WeightRow[], weights: WeightsFolder, dir: string): Promise<void> {
  const parameters = model.namedParameters();
  for (const row of rows) {
    const parts: NamedArray[] = [];
    for (const name of row.theirs) {
      const part = await weights.read(name);
      checkFinite(part, name, dir);
      parts.push(part);
    }
    const { shape, data } = row.read(parts);
    tf.tidy(() => parameters.get(row.ours)?.assign(tf.tensor(data, [...shape], "float32")));
  }
}

function checkFinite({ data }: NamedArray, name: string, dir: string): void {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new VitlabError(
        `${dir}: tensor ${name} holds ${data[i]} at number ${i}: its training went wrong or the file is damaged; take other weights`,
      );
}

/** As transformers draws a head: normal weights, zero bias. */
function drawHead({ head }: ViT, deviation: number, seed: number): void {
  const random = new Random(seed);
  tf.tidy(() => head.weight.assign(truncatedNormal(head.weight.shape, deviation, random)));
}

/** The tensors that nothing was read from, in words. */
function leftOut(weights: WeightsFolder, rows: readonly WeightRow[]): string | undefined {
  const used = new Set(rows.flatMap(({ theirs }) => theirs));
  // A head that was replaced has been told of.
  const rest = weights.names().filter((name) => !used.has(name) && !name.startsWith("classifier."));
  if (rest.length === 0) return undefined;
  const shown = rest.slice(0, 3).join(", ");
  return rest.length > 3 ? `${shown} and ${rest.length - 3} more tensors` : shown;
}

function dtypeOf(weights: WeightsFolder): WeightType {
  const [first, ...others] = new Set(weights.names().map((name) => weights.entry(name)?.dtype));
  const dtype = WEIGHT_TYPES.find((type) => type === first);
  return dtype && others.length === 0 ? dtype : "F32";
}

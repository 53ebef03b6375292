import { join } from "node:path";
import { checkWhole } from "../base/check-number";
import { checkOptions, type OptionNames, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { plainText } from "../base/plain-text";
import { Random } from "../base/random";
import { WEIGHT_TYPES, type WeightType } from "../base/safetensors-numbers";
import { showShape } from "../base/shape";
import { truncatedNormal } from "../nn/initial";
import type { NamedArray } from "../nn/module";
import type { Normalization } from "../tensor/normalization";
import { tf } from "../tensor/tf";
import { completeConfig } from "../vit/complete-config";
import { MOST } from "../vit/config-limits";
import { ViT } from "../vit/model";
import { sizeOf } from "../vit/patches";
import { defaultLabels, type HubConfig, readHubConfig } from "./hub-config";
import { ImageProcessor, makeProcessor } from "./image-processor";
import { type ModelFolderOptions, modelFolder } from "./model-folder";
import { PREPROCESSOR_FILE, PROCESSOR_FILE, type ProcessorFile, readProcessor } from "./processor-file";
import { type Fields, readJson } from "./read-json";
import { type WeightLayout, weightLayout } from "./weight-layout";
import { headRows, type WeightRow, weightTable } from "./weight-table";
import { WeightsFolder } from "./weights-folder";

/** How `loadViT` reads a model, and downloads it where it is on the Hugging Face hub. */
export interface LoadViTOptions extends Omit<ModelFolderOptions, "say"> {
  /** Number of classes; where the file has another, the model gets a new head. Default: the file's. */
  classes?: number;
  /** Names of the classes, which say their number too. Default: the file's. */
  classNames?: readonly string[];
  /** A new head even where the file's would fit. Default false. */
  newHead?: boolean;
  /** Refuse a model whose head would be drawn at random, as its answers mean nothing. Default false. */
  trainedHead?: boolean;
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
  /** One for each class. */
  classNames: readonly string[];
  /** `config.json` as it was read; `saveViT` keeps the fields that it doesn't know. */
  config: Fields;
  /**
   * The image processor's config as it was read: the section of `processor_config.json`, else `preprocessor_config.json`;
   * undefined where there is neither. Where it names no type, it is completed by that of the model.
   */
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
 * Opens what transformers 4 and 5 write for ViTForImageClassification and ViTModel, DeiTForImageClassification,
 * ViTMSNForImageClassification, and the encoder of ViT-MAE and of a DeiT with two heads.
 *
 * @throws VitlabError when a file is missing or damaged, is of another architecture, a tensor is missing, of another
 *   shape, or holds NaN or infinity, or the download fails.
 *
 * @example
 * ```ts
 * import { loadViT, presets, saveViT, ViT } from "vitlab";
 *
 * // A new head, for classes of one's own, on the encoder of a pre-trained model.
 * await saveViT(new ViT(presets.tiny), "pretrained");
 * const { model, newHead } = await loadViT("pretrained", { classNames: ["cat", "dog"], newHead: true, say: () => {} });
 * console.log(model.head.weight.shape, newHead); // [ 48, 2 ] true
 * ```
 */
export async function loadViT(dirOrRepo: string, options: LoadViTOptions = {}): Promise<LoadedViT> {
  checkOptions("loadViT", options, OPTIONS);
  checkHead(options);
  const {
    say = (text: string) => console.log(plainText(text)),
    seed = 0,
    revision,
    onProgress = sayLargeFiles(say),
    signal,
  } = options;
  const dir = await modelFolder(dirOrRepo, { revision, say, onProgress, signal });
  const path = join(dir, "config.json");
  const fields = await readJson(path);
  if (!fields)
    throw new VitlabError(`${dir} has no config.json: give a folder in Hugging Face's format, such as saveViT writes`);
  const hub = readHubConfig(fields, path);
  const processor = await readProcessor(dir);
  const weights = await WeightsFolder.open(dir);
  try {
    for (const name of ["config.json", PREPROCESSOR_FILE, PROCESSOR_FILE])
      if (weights.isChanged(name, await readJson(join(dir, name))))
        say(`${join(dir, name)} was changed after the weights were written beside it: what it says now is used`);
    const layout = weightLayout(weights, hub.architecture, dir);
    const head = chooseHead(weights, layout, hub, options, dir);
    const imageProcessor = () => processorOf(processor, hub);
    const { normalize, note } = normalizationFrom(imageProcessor, processor);
    const config = completeConfig({
      ...hub.config,
      classes: head.classNames.length,
      normalize,
      // A new head is for images of one class each, whatever the one before was for.
      problemType: head.isNew ? undefined : hub.config.problemType,
    });
    const { prefix, names, layers } = layout;
    const rows: WeightRow[] = [];
    for (const row of weightTable(config, prefix, names, layers)) rows.push(checkedRow(row, weights, dir));
    if (!head.isNew)
      for (const row of headRows(config.classes, config.dim, layout.heads[0])) rows.push(checkedRow(row, weights, dir));
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
    const left = leftOut(weights, rows, head);
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
      classNames: head.classNames,
      config: fields,
      processor: processor?.fields,
      imageProcessor,
      imageSize,
      dtype: dtypeOf(weights),
      newHead: head.isNew,
    };
  } finally {
    await weights.close();
  }
}

const OPTIONS: OptionNames<LoadViTOptions> = {
  classes: true,
  classNames: true,
  newHead: true,
  trainedHead: true,
  seed: true,
  say: true,
  revision: true,
  onProgress: true,
  signal: true,
};

/** Says what is downloaded, where nobody listens to the progress: a file that takes a while, once. */
export function sayLargeFiles(say: (text: string) => void): ModelFolderOptions["onProgress"] {
  let last = "";
  return ({ file, total }) => {
    if (file !== last && total !== undefined && total >= 1e6)
      say(`downloading ${file}: ${Math.ceil(total / 1e6)} MB, once`);
    last = file;
  };
}

/** The processor that the folder tells of, or ViT's own with the model's size. */
function processorOf(processor: ProcessorFile | undefined, { imageSize, config }: HubConfig): ImageProcessor {
  const [height, width] = imageSize;
  const { channels = 3 } = config;
  return processor
    ? makeProcessor(processor, { channels })
    : new ImageProcessor({ size: { height, width } }, { channels });
}

/** Numbers out of bytes as the processor makes them; a processor for other images keeps no model from being opened. */
function normalizationFrom(
  imageProcessor: () => ImageProcessor,
  processor: ProcessorFile | undefined,
): { normalize?: Normalization; note?: string } {
  try {
    return { normalize: imageProcessor().normalize };
  } catch (error) {
    if (!(error instanceof VitlabError)) throw error;
    return processor ? { note: `${error.message}; until then pictures can't be made ready for the model` } : {};
  }
}

function checkHead({ classes, classNames, newHead, trainedHead }: LoadViTOptions): void {
  if (newHead && trainedHead)
    throw new VitlabError("newHead draws a head at random, which trainedHead refuses: give one of them");
  if (
    classNames !== undefined &&
    !(Array.isArray(classNames) && classNames.length > 0 && classNames.every((name) => typeof name === "string"))
  )
    throw new VitlabError(
      `classNames is ${show(classNames)}: give a list of names, as in { classNames: ["cat", "dog"] }`,
    );
  if (classes !== undefined) checkWhole("classes", classes);
  if (classNames && classes !== undefined && classNames.length !== classes)
    throw new VitlabError(`classes is ${classes}, and classNames names ${classNames.length}: leave classes out`);
}

interface Head {
  classNames: readonly string[];
  isNew: boolean;
  note?: string;
  /** Names of the tensors of heads that were told of, but for their ends. */
  told: readonly string[];
}

/**
 * Which classes the model gets, and whether the file's head is of use for them.
 *
 * @throws VitlabError when config and weights contradict each other, or the head would be drawn against the options.
 */
function chooseHead(
  weights: WeightsFolder,
  layout: WeightLayout,
  hub: HubConfig,
  options: LoadViTOptions,
  dir: string,
): Head {
  const { heads, headIsBeside } = layout;
  const { newHead, trainedHead } = options;
  if (heads.length > 1 && !headIsBeside && !newHead)
    throw new VitlabError(
      `${dir}: the weights have several heads (${heads.map((head) => `${head}classifier`).join(", ")}) and none beside the encoder, ` +
        `${layout.prefix}embeddings: take the others out, or pass { newHead: true }`,
    );
  const name = heads.length > 0 ? `${heads[0]}classifier.weight` : undefined;
  const inFile = name === undefined ? undefined : weights.entry(name)?.shape[0];
  const asked = options.classNames?.length ?? options.classes;
  if (inFile !== undefined && asked === undefined && !newHead && inFile !== (hub.labels?.length ?? inFile))
    throw new VitlabError(
      `${dir}: tensor ${name} has ${inFile} classes and config.json names ${hub.labels?.length}: ` +
        `pass { classes: ${hub.labels?.length} } for a new head, or get both files again`,
    );
  // Two is how many transformers takes where nothing tells.
  const classes = asked ?? hub.labels?.length ?? inFile ?? 2;
  if (classes > MOST.classes)
    throw new VitlabError(`${dir}: a head of ${classes} classes can't be made; at most ${MOST.classes} are read`);
  const named = hub.labels?.length === classes ? hub.labels : defaultLabels(classes);
  const classNames = options.classNames ?? named;
  const two = inFile === undefined && weights.names().some((tensor) => tensor.endsWith(DISTILLED_HEAD));
  const why =
    inFile === undefined
      ? two
        ? "it is a DeiT with two heads whose answers are averaged, which vitlab doesn't read"
        : "its weights have no classifier.weight, so it has no trained head"
      : inFile !== classes
        ? `its head has ${inFile} classes`
        : newHead
          ? "its head was left out as asked"
          : undefined;
  if (why !== undefined) {
    if (trainedHead)
      throw new VitlabError(
        `${dir}: ${why}; what it answers would be drawn at random, so fine-tune it first: npx vitlab finetune ${dir} --data folder:PICTURES`,
      );
    const drawn = `new head for ${classes} ${classes === 1 ? "class" : "classes"}, drawn at random: train it before you trust its answers`;
    const told = two ? ["cls_classifier.", "distillation_classifier."] : heads.map((head) => `${head}classifier.`);
    return { classNames, isNew: true, note: `${dir}: ${why}; ${drawn}`, told };
  }
  const renamed =
    hub.labels !== undefined && classNames.some((name, i) => name !== named[i] && named[i] !== `LABEL_${i}`);
  const note = `${dir}: its head is kept and its classes are renamed; pass { newHead: true } where they are other classes`;
  return { classNames, isNew: false, told: [], ...(renamed && { note }) };
}

/** Of `DeiTForImageClassificationWithTeacher`. */
const DISTILLED_HEAD = "distillation_classifier.weight";

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
function leftOut(weights: WeightsFolder, rows: readonly WeightRow[], { told }: Head): string | undefined {
  const used = new Set(rows.flatMap(({ theirs }) => theirs));
  const isTold = (name: string) => told.some((head) => name.startsWith(head) || name.includes(`.${head}`));
  const rest = weights.names().filter((name) => !used.has(name) && !isTold(name));
  if (rest.length === 0) return undefined;
  const shown = rest.slice(0, 3).join(", ");
  return rest.length > 3 ? `${shown} and ${rest.length - 3} more tensors` : shown;
}

function dtypeOf(weights: WeightsFolder): WeightType {
  const [first, ...others] = new Set(weights.names().map((name) => weights.entry(name)?.dtype));
  const dtype = WEIGHT_TYPES.find((type) => type === first);
  return dtype && others.length === 0 ? dtype : "F32";
}

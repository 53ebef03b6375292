import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { quoteJson } from "../base/quote-json";
import { type PilFilter, pilFilterNumbers } from "../data/pil-resize";
import type { Normalization } from "../tensor/normalization";
import type { PictureStep } from "./picture-step";
import { type ImageProcessorSize, readSides, readSize, type Sides } from "./processor-size";
import { PROCESSOR_TYPES, type ProcessorType, processorTypeName } from "./processor-type";

/**
 * What a `preprocessor_config.json` may say. What is left out has the default of its type; a `do_…` that is null is off, as
 * in transformers.
 */
export interface ImageProcessorConfig {
  /**
   * Whose meanings and defaults the other fields have: "ViTImageProcessor", or that of DeiT, Beit, Pvt, Siglip, CLIP, Bit,
   * Levit or ConvNext. Default ViT's.
   */
  image_processor_type?: string | null;
  /** What older files have in the place of `image_processor_type`: "CLIPFeatureExtractor". */
  feature_extractor_type?: string | null;
  do_resize?: boolean | null;
  /** Sides in pixels: one number, [height, width], or named. */
  size?: number | readonly [number, number] | ImageProcessorSize;
  /** Whether one number as `size` stands for both sides; else for the shorter one, and the other keeps proportions. */
  default_to_square?: boolean | null;
  /** Pillow's filter: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic, 4 box, 5 Hamming. */
  resample?: number;
  /** ConvNeXT's: the share of the resized picture's shorter side that is cut out, where `size` is below 384. */
  crop_pct?: number;
  /** Cut the middle out after the resize. */
  do_center_crop?: boolean | null;
  /** What is cut out: a square's side, or both. */
  crop_size?: number | readonly [number, number] | ImageProcessorSize;
  /** Multiply bytes with `rescale_factor`. */
  do_rescale?: boolean | null;
  /** Default 1/255. */
  rescale_factor?: number;
  /** Subtract the mean, divide by the standard deviation, channel by channel. */
  do_normalize?: boolean | null;
  image_mean?: number | readonly number[];
  image_std?: number | readonly number[];
  /** Put zeros behind the last rows and columns of the numbers, once they are normalized. */
  do_pad?: boolean | null;
  /** The size then; default that of the largest picture of a batch. */
  pad_size?: number | readonly [number, number] | ImageProcessorSize;
  /** Make three channels of gray pictures. */
  do_convert_rgb?: boolean | null;
  [field: string]: unknown;
}

/** A config with every default filled in and every value checked. */
export interface ProcessorSteps {
  /** What is done to the bytes, in this order. */
  picture: readonly PictureStep[];
  /** 1 where nothing is rescaled. */
  rescaleFactor: number;
  /** One a channel; null where nothing is normalized. */
  normalize: { mean: readonly number[]; std: readonly number[] } | null;
  /** The size that the numbers are filled up to with zeros; null where they aren't. */
  pad: Sides | "largest" | null;
}

/**
 * What a config asks for, with the meanings and defaults that transformers 5.23 gives it by its type.
 *
 * @throws VitlabError naming the type or the field that isn't read, or has no meaning.
 */
export function processorSteps(config: ImageProcessorConfig, channels: number): ProcessorSteps {
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new VitlabError("an image processor's config must be an object as preprocessor_config.json holds it");
  const type = typeOf(config);
  checkFields(config);
  if (flag(config, "do_convert_rgb", type.convertRgb) && channels !== 3)
    throw new VitlabError(
      `the image processor's do_convert_rgb makes 3 channels and the model takes ${channels}: set do_convert_rgb to false`,
    );
  const picture: PictureStep[] = [];
  if (flag(config, "do_resize", true)) {
    const square = flag(config, "default_to_square", type.square);
    const size = readSize(neededValue(config, "size", type.size), "size", square);
    picture.push(...type.resize(size, filterOf(config, type), cropShareOf(config)));
  }
  if (flag(config, "do_center_crop", type.centerCrop))
    picture.push({ kind: "crop", ...readSides(neededValue(config, "crop_size", type.cropSize), "crop_size") });
  return {
    picture,
    rescaleFactor: flag(config, "do_rescale", true) ? rescaleFactorOf(config) : 1,
    normalize: flag(config, "do_normalize", true)
      ? {
          mean: perChannel(config, "image_mean", type.mean, channels),
          std: perChannel(config, "image_std", type.std, channels),
        }
      : null,
    pad: flag(config, "do_pad", false) && type.pads ? padOf(config) : null,
  };
}

/** Fields that change no pixel of a picture that is classified. */
const WITHOUT_EFFECT: readonly string[] = [
  "image_processor_type",
  "feature_extractor_type",
  "processor_class",
  "_processor_class",
  "auto_map",
  "_auto_class",
  "_valid_processor_keys",
  "_valid_kwargs_names",
  "model_input_names",
  "name_or_path",
  "_name_or_path",
  "_commit_hash",
  "transformers_version",
  "data_format",
  "input_data_format",
  "return_tensors",
  "device",
  "disable_grouping",
  "use_fast",
  "image_seq_length",
  // Of the labels of a segmentation.
  "do_reduce_labels",
  "reduce_labels",
];

const READ: readonly string[] = [
  "do_resize",
  "size",
  "default_to_square",
  "resample",
  "crop_pct",
  "do_center_crop",
  "crop_size",
  "do_rescale",
  "rescale_factor",
  "do_normalize",
  "image_mean",
  "image_std",
  "do_pad",
  "pad_size",
  "do_convert_rgb",
];

/** @throws VitlabError naming a field that isn't read; one that is null or false asks for nothing. */
function checkFields(config: ImageProcessorConfig): void {
  for (const [name, value] of Object.entries(config)) {
    if (value === null || value === false || READ.includes(name) || WITHOUT_EFFECT.includes(name)) continue;
    throw new VitlabError(
      `the image processor has a field ${name}, ${quoteJson(value)}, which vitlab doesn't read: remove it where it changes no picture`,
    );
  }
}

/** @throws VitlabError naming the type where it isn't read. */
function typeOf(config: ImageProcessorConfig): ProcessorType {
  const { image_processor_type: given, feature_extractor_type: former, auto_map: code } = config;
  const name = given ?? former;
  if (name === undefined || name === null) {
    if (typeof code === "object" && code !== null && "AutoImageProcessor" in code)
      throw new VitlabError(
        `the image processor is code of its own (auto_map names ${show(code.AutoImageProcessor)}), which vitlab doesn't run: ` +
          "make the pictures ready in Python, or name the image_processor_type that it is like",
      );
    return PROCESSOR_TYPES.ViT;
  }
  const type = processorTypeName(name);
  if (type) return PROCESSOR_TYPES[type];
  const names = Object.keys(PROCESSOR_TYPES).map((known) => `${known}ImageProcessor`);
  throw new VitlabError(
    `the image processor is of type ${show(name)}, which vitlab doesn't read: it reads ${names.join(", ")}`,
  );
}

/** @throws VitlabError when a field that is needed is null, or left out and without a default. */
function neededValue(config: ImageProcessorConfig, name: string, standard: unknown): unknown {
  const value = name in config ? config[name] : standard;
  if (value !== undefined && value !== null) return value;
  throw new VitlabError(
    `the image processor's ${name} is ${value === null ? "null" : "missing"}: give it, or set the do_… that needs it to false`,
  );
}

function padOf(config: ImageProcessorConfig): Sides | "largest" {
  return config.pad_size === undefined || config.pad_size === null ? "largest" : readSides(config.pad_size, "pad_size");
}

/** ConvNeXT's default where the file says nothing. */
const CROP_SHARE = 224 / 256;

function cropShareOf(config: ImageProcessorConfig): number {
  const share = config.crop_pct ?? CROP_SHARE;
  if (typeof share === "number" && share > 0 && Number.isFinite(share)) return share;
  throw new VitlabError(`the image processor's crop_pct is ${quoteJson(share)}: give a share above 0, such as 0.875`);
}

/**
 * Rescaling and normalizing as one: `(byte · factor - mean) / std = (byte / 255 - mean / (255 factor)) / (std / (255 factor))`.
 */
export function normalizationOf({ rescaleFactor, normalize }: ProcessorSteps, channels: number): Normalization {
  const factor = rescaleFactor * 255;
  // 0.00392156862745098 is 1/255 as files have it, and means exactly that.
  const scale = Math.abs(factor - 1) < 1e-9 ? 1 : factor;
  const every = (value: number) => new Array<number>(channels).fill(value);
  const { mean, std } = normalize ?? { mean: every(0), std: every(1) };
  return { mean: mean.map((value) => value / scale), std: std.map((value) => value / scale) };
}

type FlagName =
  | "do_resize"
  | "default_to_square"
  | "do_center_crop"
  | "do_rescale"
  | "do_normalize"
  | "do_pad"
  | "do_convert_rgb";

function flag(config: ImageProcessorConfig, name: FlagName, standard: boolean): boolean {
  const value = config[name] === null ? false : (config[name] ?? standard);
  if (typeof value !== "boolean")
    throw new VitlabError(`the image processor's ${name} is ${quoteJson(value)}: give true or false`);
  return value;
}

function filterOf(config: ImageProcessorConfig, type: ProcessorType): PilFilter {
  const resample = neededValue(config, "resample", pilFilterNumbers[type.filter]);
  const names = Object.keys(pilFilterNumbers) as PilFilter[];
  const filter = names.find((name) => pilFilterNumbers[name] === resample);
  if (filter) return filter;
  const known = names.map((name) => `${pilFilterNumbers[name]} (${name})`).join(", ");
  throw new VitlabError(`the image processor's resample is ${quoteJson(resample)}: give one of ${known}`);
}

function rescaleFactorOf(config: ImageProcessorConfig): number {
  const factor = neededValue(config, "rescale_factor", 1 / 255);
  if (typeof factor === "number" && Number.isFinite(factor) && factor !== 0) {
    checkMagnitudes("rescale_factor", [factor]);
    return factor;
  }
  throw new VitlabError(
    `the image processor's rescale_factor is ${quoteJson(factor)}: give a number other than 0, such as ${1 / 255}`,
  );
}

/** Beyond it, or nearer to 0 than one divided by it, what comes out is no finite number. */
const MOST = 1e12;

function checkMagnitudes(name: string, list: readonly number[]): void {
  const wild = list.find((value) => Math.abs(value) > MOST || (value !== 0 && Math.abs(value) < 1 / MOST));
  if (wild !== undefined)
    throw new VitlabError(
      `the image processor's ${name} has ${wild}: no picture is made by numbers beyond ${MOST}, or nearer to 0 than ${1 / MOST}`,
    );
}

function perChannel(
  config: ImageProcessorConfig,
  name: "image_mean" | "image_std",
  standard: readonly number[],
  channels: number,
): number[] {
  const given = neededValue(config, name, standard);
  const list = typeof given === "number" ? [given] : given;
  const fine = Array.isArray(list) && list.length > 0 && list.every(Number.isFinite);
  if (!fine || (name === "image_std" && list.includes(0)))
    throw new VitlabError(
      `the image processor's ${name} is ${quoteJson(given)}: give a number a channel${name === "image_std" ? ", none of them 0" : ""}`,
    );
  checkMagnitudes(name, list);
  if (list.length === channels) return [...list];
  // One number for all, or the same for three where the model takes one.
  if (list.every((value) => value === list[0])) return new Array(channels).fill(list[0]);
  throw new VitlabError(
    `the image processor's ${name} has ${list.length} numbers and the model takes ${channels} ${channels === 1 ? "channel" : "channels"}: give one a channel`,
  );
}

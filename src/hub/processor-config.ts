import { type PilFilter, pilFilterNumbers } from "../data/pil-resize";
import { VitlabError } from "../tensor/error";
import type { Normalisation } from "../tensor/normalisation";

/** What a `preprocessor_config.json` may say; fields that nothing here reads are kept. */
export interface ImageProcessorConfig {
  /** Default true. */
  do_resize?: boolean;
  /** Sides in pixels: of a square, or both, or the shorter one (the other keeps proportions). Default 224. */
  size?: number | ImageProcessorSize;
  /** Pillow's filter: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic, 4 box, 5 Hamming. Default 2. */
  resample?: number;
  /** Cut the middle out after the resize. Default false. */
  do_center_crop?: boolean;
  /** What is cut out: a square's side, or both. Default `size`. */
  crop_size?: number | ImageProcessorSize;
  /** Multiply bytes with `rescale_factor`. Default true. */
  do_rescale?: boolean;
  /** Default 1/255. */
  rescale_factor?: number;
  /** Subtract the mean, divide by the standard deviation, channel by channel. Default true. */
  do_normalize?: boolean;
  /** Default 0.5 for each channel. */
  image_mean?: number | readonly number[];
  /** Default 0.5 for each channel. */
  image_std?: number | readonly number[];
  /** Make three channels of grey pictures. */
  do_convert_rgb?: boolean | null;
  [field: string]: unknown;
}

/** A size as `preprocessor_config.json` writes it. */
export interface ImageProcessorSize {
  height?: number;
  width?: number;
  shortest_edge?: number;
}

/** Both sides, or the shorter one, in pixels. */
export type TargetSize = { height: number; width: number } | { shortestEdge: number };

/** A config with every default filled in and every value checked. */
export interface ProcessorSteps {
  resize: { size: TargetSize; filter: PilFilter } | null;
  crop: { height: number; width: number } | null;
  /** 1 where nothing is rescaled. */
  rescaleFactor: number;
  /** One a channel; null where nothing is normalised. */
  normalize: { mean: readonly number[]; std: readonly number[] } | null;
}

/**
 * What a config asks for, with transformers' defaults of ViTImageProcessor where it says nothing.
 *
 * @throws VitlabError naming the field that has no meaning.
 */
export function processorSteps(config: ImageProcessorConfig, channels: number): ProcessorSteps {
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new VitlabError("an image processor's config must be an object as preprocessor_config.json holds it");
  const size = config.size ?? 224;
  const cropped = flag(config, "do_center_crop", false);
  if (flag(config, "do_convert_rgb", false) && channels !== 3)
    throw new VitlabError(
      `the image processor's do_convert_rgb makes 3 channels and the model takes ${channels}: set do_convert_rgb to false`,
    );
  return {
    resize: flag(config, "do_resize", true) ? { size: targetSize(size, "size"), filter: filterOf(config) } : null,
    crop: cropped ? bothSides(config.crop_size ?? size) : null,
    rescaleFactor: flag(config, "do_rescale", true) ? rescaleFactorOf(config) : 1,
    normalize: flag(config, "do_normalize", true)
      ? { mean: perChannel(config, "image_mean", channels), std: perChannel(config, "image_std", channels) }
      : null,
  };
}

/**
 * Rescaling and normalising as one: `(byte · factor - mean) / std = (byte / 255 - mean / (255 factor)) / (std / (255 factor))`.
 */
export function normalisationOf({ rescaleFactor, normalize }: ProcessorSteps, channels: number): Normalisation {
  const factor = rescaleFactor * 255;
  // 0.00392156862745098 is 1/255 as files have it, and means exactly that.
  const scale = Math.abs(factor - 1) < 1e-9 ? 1 : factor;
  const every = (value: number) => new Array<number>(channels).fill(value);
  const { mean, std } = normalize ?? { mean: every(0), std: every(1) };
  return { mean: mean.map((value) => value / scale), std: std.map((value) => value / scale) };
}

type FlagName = "do_resize" | "do_center_crop" | "do_rescale" | "do_normalize" | "do_convert_rgb";

function flag(config: ImageProcessorConfig, name: FlagName, standard: boolean): boolean {
  const value = config[name] ?? standard;
  if (typeof value !== "boolean")
    throw new VitlabError(`the image processor's ${name} is ${JSON.stringify(value)}: give true or false`);
  return value;
}

function targetSize(size: unknown, name: string): TargetSize {
  if (typeof size === "number") return { height: side(size, name), width: side(size, name) };
  const { height, width, shortest_edge: shortest } = (size ?? {}) as ImageProcessorSize;
  if (height !== undefined && width !== undefined)
    return { height: side(height, `${name}.height`), width: side(width, `${name}.width`) };
  if (shortest !== undefined) return { shortestEdge: side(shortest, `${name}.shortest_edge`) };
  throw new VitlabError(
    `the image processor's ${name} is ${JSON.stringify(size)}: give a number of pixels, { "height": …, "width": … } or { "shortest_edge": … }`,
  );
}

function bothSides(size: unknown): { height: number; width: number } {
  const target = targetSize(size, "crop_size");
  if ("shortestEdge" in target)
    throw new VitlabError(
      `the image processor's crop_size has a shortest_edge only: give a number of pixels or { "height": …, "width": … }`,
    );
  return target;
}

/** Pixels a side after the resize: far above any model's input, far below what a slip of the pen could ask of the memory. */
export const LONGEST_SIDE = 8192;

function side(value: unknown, name: string): number {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > LONGEST_SIDE)
    throw new VitlabError(
      `the image processor's ${name} is ${JSON.stringify(value)}: give a whole number of pixels from 1 to ${LONGEST_SIDE}`,
    );
  return value as number;
}

function filterOf({ resample = pilFilterNumbers.bilinear }: ImageProcessorConfig): PilFilter {
  const names = Object.keys(pilFilterNumbers) as PilFilter[];
  const filter = names.find((name) => pilFilterNumbers[name] === resample);
  if (filter) return filter;
  const known = names.map((name) => `${pilFilterNumbers[name]} (${name})`).join(", ");
  throw new VitlabError(`the image processor's resample is ${JSON.stringify(resample)}: give one of ${known}`);
}

function rescaleFactorOf({ rescale_factor: factor = 1 / 255 }: ImageProcessorConfig): number {
  if (Number.isFinite(factor) && factor !== 0) return factor;
  throw new VitlabError(
    `the image processor's rescale_factor is ${JSON.stringify(factor)}: give a number other than 0, such as ${1 / 255}`,
  );
}

function perChannel(config: ImageProcessorConfig, name: "image_mean" | "image_std", channels: number): number[] {
  const given = config[name] ?? 0.5;
  const list = typeof given === "number" ? [given] : given;
  const fine = Array.isArray(list) && list.length > 0 && list.every(Number.isFinite);
  if (!fine || (name === "image_std" && list.includes(0)))
    throw new VitlabError(
      `the image processor's ${name} is ${JSON.stringify(given)}: give a number a channel${name === "image_std" ? ", none of them 0" : ""}`,
    );
  if (list.length === channels) return [...list];
  // One number for all, or the same for three where the model takes one.
  if (list.every((value) => value === list[0])) return new Array(channels).fill(list[0]);
  throw new VitlabError(
    `the image processor's ${name} has ${list.length} numbers and the model takes ${channels} ${channels === 1 ? "channel" : "channels"}: give one a channel`,
  );
}

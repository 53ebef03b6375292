import path from "node:path";
import type { ByteImage } from "../data/byte-image";
import { cropImage, readImage } from "../data/image-file";
import { type PassOrder, pilResize } from "../data/pil-resize";
import { checkOptions, show } from "../tensor/check-options";
import { VitlabError } from "../tensor/error";
import type { Normalisation } from "../tensor/normalisation";
import { MOST_JSON, readRegularFile } from "../tensor/read-regular-file";
import { tf } from "../tensor/tf";
import { asBytes } from "./already-normalized";
import {
  type ImageProcessorConfig,
  LONGEST_SIDE,
  normalisationOf,
  type ProcessorSteps,
  processorSteps,
  type TargetSize,
} from "./processor-config";

/** What an image processor takes: a picture's file, its bytes, or a tensor `[height, width, channels]` of 0 to 255. */
export type ProcessorInput = string | ByteImage | tf.Tensor3D;

/** How an `ImageProcessor` is made. */
export interface ImageProcessorOptions {
  /** Channels the model takes: 3, or 1 (grey). Default 3. */
  channels?: number;
  /** Which side Pillow resizes first: "columns" (all versions before 13) or "pillow13". Default "columns". */
  passOrder?: PassOrder;
}

/**
 * Makes of pictures what a pre-trained model saw in its training, as transformers' ViTImageProcessor (PIL) does.
 *
 * Channels, resize (to the byte), middle cut out, rescale, normalise, each as the config says. What was normalised
 * before is refused.
 */
export class ImageProcessor {
  /** The config as it was given, unknown fields included. */
  readonly config: Readonly<ImageProcessorConfig>;
  readonly channels: number;
  private readonly steps: ProcessorSteps;
  private readonly passOrder: PassOrder;

  /** @throws VitlabError when a field of the config has no meaning, or the channels are neither 3 nor 1. */
  constructor(config: ImageProcessorConfig = {}, options: ImageProcessorOptions = {}) {
    checkOptions("new ImageProcessor", options, ["channels", "passOrder"]);
    const { channels = 3, passOrder = "columns" } = options;
    if (channels !== 3 && channels !== 1)
      throw new VitlabError(`an image processor can't make ${show(channels)} channels: give 3 (colour) or 1 (grey)`);
    if (passOrder !== "columns" && passOrder !== "pillow13")
      throw new VitlabError(`there is no passOrder ${show(passOrder)}: give "columns" or "pillow13"`);
    this.steps = processorSteps(config, channels);
    this.config = { ...config };
    this.channels = channels;
    this.passOrder = passOrder;
  }

  /** How bytes become numbers, as a model's `config.normalise` says it. */
  get normalise(): Normalisation {
    return normalisationOf(this.steps, this.channels);
  }

  /**
   * The pictures as a model takes them: `[batch, height, width, channels]` float32; the caller disposes it.
   *
   * @throws VitlabError when a picture can't be read, was normalised before, or the pictures differ in size at the end.
   */
  async tensor(images: ProcessorInput | readonly ProcessorInput[]): Promise<tf.Tensor4D> {
    const list = Array.isArray(images) ? (images as readonly ProcessorInput[]) : [images as ProcessorInput];
    if (list.length === 0) throw new VitlabError("the image processor got no images: give at least one");
    const pixels: ByteImage[] = [];
    for (const image of list) pixels.push(await this.pixels(image));
    const { width, height } = pixels[0] as ByteImage;
    const other = pixels.find((image) => image.width !== width || image.height !== height);
    if (other)
      throw new VitlabError(
        `images of ${height}x${width} and ${other.height}x${other.width} don't fit in one batch: give them one by one, or a config whose size has height and width`,
      );
    const size = height * width * this.channels;
    const values = new Float32Array(list.length * size);
    const tables = valueTables(this.steps, this.channels);
    for (const [i, image] of pixels.entries())
      for (let j = 0; j < size; j++)
        values[i * size + j] = (tables[j % this.channels] as Float32Array)[image.pixels[j] as number] as number;
    return tf.tensor4d(values, [list.length, height, width, this.channels]);
  }

  /**
   * The picture as the model will see it, as bytes: channels, size and cut are done, the numbers are not.
   *
   * @throws VitlabError when the picture can't be read, or was normalised before.
   */
  async pixels(image: ProcessorInput): Promise<ByteImage> {
    return this.fit(await this.bytes(image));
  }

  /**
   * What `pixels` does, at once, to an image whose bytes are at hand: `withTransform(dataset, (image) => processor.fit(image))`.
   *
   * @throws VitlabError when the image has neither 3 channels nor 1.
   */
  fit(image: ByteImage): ByteImage {
    const { resize, crop } = this.steps;
    let picture = withChannels(image, this.channels);
    if (resize) {
      const { filter } = resize;
      picture = pilResize(picture, sizeFor(picture, resize.size), { filter, passOrder: this.passOrder });
    }
    return crop ? cropCenter(picture, crop) : picture;
  }

  private async bytes(image: ProcessorInput): Promise<ByteImage> {
    if (typeof image === "string") return readImage(image);
    const rescale = this.steps.rescaleFactor !== 1;
    if (image instanceof tf.Tensor) {
      const [height, width, channels] = image.shape;
      if (image.rank !== 3)
        throw new VitlabError(
          `the image processor got a tensor [${image.shape.join(", ")}]: expected one image [height, width, channels]; take a batch apart with tf.unstack`,
        );
      return { width, height, channels, pixels: asBytes(await image.data(), "the image", { rescale }) };
    }
    const { width, height, channels, pixels } = (image ?? {}) as ByteImage;
    if (!pixels || ![width, height, channels].every((side) => Number.isInteger(side) && side >= 1))
      throw new VitlabError(
        `the image processor got ${show(image)}: expected the path of a picture, an image { width, height, channels, pixels } or a tensor [height, width, channels]`,
      );
    if (pixels.length !== width * height * channels)
      throw new VitlabError(
        `image has ${pixels.length} bytes: ${height}x${width}x${channels} are ${width * height * channels}`,
      );
    // Types don't hold back a Float32Array of the article's normalised numbers in plain JavaScript.
    const isBytes = pixels instanceof Uint8Array || (pixels as unknown) instanceof Uint8ClampedArray;
    return isBytes ? image : { width, height, channels, pixels: asBytes(pixels, "the image", { rescale }) };
  }
}

/**
 * The image processor of a model's folder: its `preprocessor_config.json`, or ViT's defaults where there is none.
 *
 * Defaults: 224x224 (or `size`), bilinear, bytes to [-1, 1]; `say` hears of it.
 *
 * @throws VitlabError when the file can't be read, is no JSON, or has a field without meaning.
 */
export async function loadImageProcessor(
  dir: string,
  options: ImageProcessorOptions & {
    size?: number | { height: number; width: number };
    say?: (text: string) => void;
  } = {},
): Promise<ImageProcessor> {
  checkOptions("loadImageProcessor", options, ["channels", "passOrder", "size", "say"]);
  const { size = 224, say, ...rest } = options;
  const file = path.join(dir, "preprocessor_config.json");
  const text = await readRegularFile(file, MOST_JSON).then(String, (error: NodeJS.ErrnoException) => {
    if (error instanceof VitlabError) throw error;
    if (error.code === "ENOENT") return undefined;
    throw new VitlabError(`${file} can't be read: ${error.message}`);
  });
  if (text === undefined) {
    const sides = typeof size === "number" ? `${size}x${size}` : `${size.height}x${size.width}`;
    say?.(`${dir} has no preprocessor_config.json: images are resized to ${sides} (bilinear) and brought to [-1, 1]`);
    return new ImageProcessor({ size }, rest);
  }
  return new ImageProcessor(parseConfig(text, file), rest);
}

function parseConfig(text: string, file: string): ImageProcessorConfig {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw new VitlabError(`${file} is not JSON (${(error as Error).message}): get a whole copy of it`);
  }
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new VitlabError(`${file} holds no object: an image processor's settings were expected`);
  return config as ImageProcessorConfig;
}

/** What each byte becomes, for each channel; in single precision, step by step, as NumPy does it. */
function valueTables({ rescaleFactor, normalize }: ProcessorSteps, channels: number): Float32Array[] {
  return Array.from({ length: channels }, (_, channel) => {
    const mean = Math.fround(normalize?.mean[channel] ?? 0);
    const std = Math.fround(normalize?.std[channel] ?? 1);
    return Float32Array.from({ length: 256 }, (_, byte) => Math.fround(Math.fround(byte * rescaleFactor) - mean) / std);
  });
}

/** A config with one side keeps proportions, and cuts fractions of a pixel off, as transformers does. */
function sizeFor({ width, height }: ByteImage, target: TargetSize): { width: number; height: number } {
  if (!("shortestEdge" in target)) return target;
  const { shortestEdge } = target;
  const long = Math.trunc((shortestEdge * Math.max(width, height)) / Math.min(width, height));
  if (long > LONGEST_SIDE)
    throw new VitlabError(
      `an image of ${height}x${width} would become ${width <= height ? `${long}x${shortestEdge}` : `${shortestEdge}x${long}`} with shortest_edge ${shortestEdge}: cut it to a squarer part first`,
    );
  return width <= height ? { width: shortestEdge, height: long } : { width: long, height: shortestEdge };
}

/** The middle, with black around it where the picture is smaller. */
function cropCenter(image: ByteImage, { height, width }: { height: number; width: number }): ByteImage {
  const top = Math.floor((image.height - height) / 2);
  const left = Math.floor((image.width - width) / 2);
  if (top >= 0 && left >= 0) return cropImage(image, { left, top, width, height });
  const { channels } = image;
  const pixels = new Uint8Array(width * height * channels);
  const inside = { left: Math.max(0, left), top: Math.max(0, top) };
  const part = cropImage(image, {
    ...inside,
    width: Math.min(width, image.width),
    height: Math.min(height, image.height),
  });
  for (let row = 0; row < part.height; row++) {
    const from = part.pixels.subarray(row * part.width * channels, (row + 1) * part.width * channels);
    pixels.set(from, ((row + inside.top - top) * width + inside.left - left) * channels);
  }
  return { width, height, channels, pixels };
}

/** Grey to colour by three equal channels, colour to grey as Pillow's `convert("L")` does (ITU-R 601-2 luma). */
function withChannels(image: ByteImage, channels: number): ByteImage {
  if (image.channels === channels) return image;
  const { width, height, pixels } = image;
  const count = width * height;
  const converted = new Uint8Array(count * channels);
  if (image.channels === 1 && channels === 3)
    for (let i = 0; i < count; i++) converted.fill(pixels[i] as number, 3 * i, 3 * i + 3);
  else if (image.channels === 3 && channels === 1)
    for (let i = 0; i < count; i++) {
      const [red, green, blue] = [pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]] as [number, number, number];
      converted[i] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    }
  else throw new VitlabError(`image has ${image.channels} channels: 3 (red, green, blue) or 1 (grey) were expected`);
  return { width, height, channels, pixels: converted };
}

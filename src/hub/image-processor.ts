import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { type ByteImage, byteImage } from "../data/byte-image";
import { readImage } from "../data/image-file";
import type { PassOrder } from "../data/pil-resize";
import type { Normalization } from "../tensor/normalization";
import { tf } from "../tensor/tf";
import { asBytes } from "./already-normalized";
import { checkBytesCanFit } from "./fit-by-rules";
import { takeSteps } from "./picture-step";
import { type ImageProcessorConfig, normalizationOf, type ProcessorSteps, processorSteps } from "./processor-config";
import { type ProcessorFile, readProcessor } from "./processor-file";
import type { Sides } from "./processor-size";

/** What an image processor takes: a picture's file, its bytes, or a tensor `[height, width, channels]` of 0 to 255. */
export type ProcessorInput = string | ByteImage | tf.Tensor3D;

/** How an `ImageProcessor` is made. */
export interface ImageProcessorOptions {
  /** Channels the model takes: 3, or 1 (gray). Default 3. */
  channels?: number;
  /** Which side Pillow resizes first: "columns" (all versions before 13) or "pillow13". Default "columns". */
  passOrder?: PassOrder;
}

/**
 * Makes of pictures what a pre-trained model saw in its training, as the image processor of transformers (PIL) does that the
 * config names.
 *
 * Channels, resize (to the byte), middle cut out, rescale, normalize, pad, each as the config says. What was normalized
 * before is refused.
 *
 * @example
 * ```ts
 * import { chelsea, ImageProcessor } from "vitlab";
 *
 * // As ViTs of transformers take pictures: 224 pixels each way, bytes to [-1, 1].
 * const processor = new ImageProcessor();
 * console.log((await processor.tensor(await chelsea())).shape, processor.normalize);
 * // [ 1, 224, 224, 3 ] { mean: [ 0.5, 0.5, 0.5 ], std: [ 0.5, 0.5, 0.5 ] }
 * ```
 *
 * @example The shorter side to 256 pixels, then the middle: as models of ImageNet are measured.
 * ```ts
 * import { chelsea, ImageProcessor } from "vitlab";
 *
 * const processor = new ImageProcessor({ size: { shortest_edge: 256 }, do_center_crop: true, crop_size: 224 });
 * const { width, height } = await processor.pixels(await chelsea());
 * console.log(width, height); // 224 224
 * ```
 */
export class ImageProcessor {
  /** The config as it was given, unknown fields included. */
  readonly config: Readonly<ImageProcessorConfig>;
  readonly channels: number;
  readonly passOrder: PassOrder;
  private readonly steps: ProcessorSteps;

  /** @throws VitlabError when a field of the config has no meaning, or the channels are neither 3 nor 1. */
  constructor(config: ImageProcessorConfig = {}, options: ImageProcessorOptions = {}) {
    checkOptions("new ImageProcessor", options, { channels: true, passOrder: true });
    const { channels = 3, passOrder = "columns" } = options;
    if (channels !== 3 && channels !== 1)
      throw new VitlabError(`an image processor can't make ${show(channels)} channels: give 3 (color) or 1 (gray)`);
    if (passOrder !== "columns" && passOrder !== "pillow13")
      throw new VitlabError(`there is no passOrder ${show(passOrder)}: give "columns" or "pillow13"`);
    this.steps = processorSteps(config, channels);
    this.config = { ...config };
    this.channels = channels;
    this.passOrder = passOrder;
  }

  /** How bytes become numbers, as a model's `config.normalize` says it. */
  get normalize(): Normalization {
    return normalizationOf(this.steps, this.channels);
  }

  /**
   * The pictures as a model takes them: `[batch, height, width, channels]` float32; the caller disposes it.
   *
   * @throws VitlabError when a picture can't be read, was normalized before, or the pictures differ in size at the end.
   */
  async tensor(images: ProcessorInput | readonly ProcessorInput[]): Promise<tf.Tensor4D> {
    const list = Array.isArray(images) ? (images as readonly ProcessorInput[]) : [images as ProcessorInput];
    if (list.length === 0) throw new VitlabError("the image processor got no images: give at least one");
    const pixels: ByteImage[] = [];
    for (const image of list) pixels.push(this.picture(await this.bytes(image)));
    const size = this.batchSize(pixels);
    const { channels } = this;
    const values = new Float32Array(pixels.length * size.height * size.width * channels);
    const tables = valueTables(this.steps, channels);
    pixels.forEach(({ pixels: bytes, width, height }, i) => {
      const row = width * channels;
      for (let y = 0; y < height; y++) {
        const start = (i * size.height + y) * size.width * channels;
        for (let j = 0; j < row; j++)
          values[start + j] = (tables[j % channels] as Float32Array)[bytes[y * row + j] as number] as number;
      }
    });
    return tf.tensor4d(values, [pixels.length, size.height, size.width, channels]);
  }

  /** The size of a batch: that of its pictures, or what they are filled up to. */
  private batchSize(pixels: readonly ByteImage[]): Sides {
    const { pad } = this.steps;
    const sides = {
      height: Math.max(...pixels.map(({ height }) => height)),
      width: Math.max(...pixels.map(({ width }) => width)),
    };
    if (pad === "largest") return sides;
    if (pad) {
      if (sides.height <= pad.height && sides.width <= pad.width) return pad;
      throw new VitlabError(
        `an image of ${sides.height}x${sides.width} can't be filled up to the image processor's pad_size, ${pad.height}x${pad.width}: ` +
          "give a larger one, or a smaller size",
      );
    }
    const [first] = pixels as [ByteImage];
    const other = pixels.find((image) => image.width !== first.width || image.height !== first.height);
    if (!other) return sides;
    throw new VitlabError(
      `images of ${first.height}x${first.width} and ${other.height}x${other.width} don't fit in one batch: give them one by one, or a config whose size has height and width`,
    );
  }

  /**
   * The picture as the model will see it, as bytes: channels, size and cut are done, the numbers are not.
   *
   * @throws VitlabError when the picture can't be read, was normalized before, or the config fills up the numbers.
   */
  async pixels(image: ProcessorInput): Promise<ByteImage> {
    return this.fit(await this.bytes(image));
  }

  /**
   * What `pixels` does, at once, to an image whose bytes are at hand: `withTransform(dataset, (image) => processor.fit(image))`.
   *
   * @throws VitlabError when the image has neither 3 channels nor 1, or the config fills up the numbers.
   */
  fit(image: ByteImage): ByteImage {
    checkBytesCanFit(this.steps);
    return byteImage(this.picture(image));
  }

  private picture(image: ByteImage): ByteImage {
    return takeSteps(image, this.steps.picture, { channels: this.channels, passOrder: this.passOrder });
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
    // Types don't hold back a Float32Array of the article's normalized numbers in plain JavaScript.
    const isBytes = pixels instanceof Uint8Array || (pixels as unknown) instanceof Uint8ClampedArray;
    return isBytes ? image : { width, height, channels, pixels: asBytes(pixels, "the image", { rescale }) };
  }
}

/**
 * The image processor of a model's folder: the section `image_processor` of its `processor_config.json`, else its
 * `preprocessor_config.json`, or ViT's defaults where there is neither.
 *
 * Where the file names no type, it is that of the model in `config.json`. Defaults: 224x224 (or `size`), bilinear, bytes to
 * [-1, 1]; `say` hears of it.
 *
 * @throws VitlabError when a file can't be read, is no JSON, or has a type or field that isn't read.
 */
export async function loadImageProcessor(
  dir: string,
  options: ImageProcessorOptions & {
    size?: number | Sides;
    say?: (text: string) => void;
  } = {},
): Promise<ImageProcessor> {
  checkOptions("loadImageProcessor", options, { channels: true, passOrder: true, size: true, say: true });
  const { size = 224, say, ...rest } = options;
  const found = await readProcessor(dir);
  if (found) return makeProcessor(found, rest);
  const sides = typeof size === "number" ? `${size}x${size}` : `${size.height}x${size.width}`;
  say?.(`${dir} has no preprocessor_config.json: images are resized to ${sides} (bilinear) and brought to [-1, 1]`);
  return new ImageProcessor({ size: typeof size === "number" ? size : { ...size } }, rest);
}

/** @throws VitlabError naming the file, when it has a type or field that isn't read. */
export function makeProcessor({ fields, path }: ProcessorFile, options: ImageProcessorOptions): ImageProcessor {
  try {
    return new ImageProcessor(fields, options);
  } catch (error) {
    throw error instanceof VitlabError ? new VitlabError(`${path}: ${error.message}`) : error;
  }
}

/** What each byte becomes, for each channel; in single precision, step by step, as NumPy does it. */
function valueTables({ rescaleFactor, normalize }: ProcessorSteps, channels: number): Float32Array[] {
  return Array.from({ length: channels }, (_, channel) => {
    const mean = Math.fround(normalize?.mean[channel] ?? 0);
    const std = Math.fround(normalize?.std[channel] ?? 1);
    return Float32Array.from({ length: 256 }, (_, byte) => Math.fround(Math.fround(byte * rescaleFactor) - mean) / std);
  });
}

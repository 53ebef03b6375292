import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import type { tf } from "../tensor/tf";

/** An image as bytes: rows from the top, red, green and blue (or one gray) from 0 to 255 for each pixel. */
export interface PixelImage {
  width: number;
  height: number;
  /** 3 unless told; 1 is gray, 4 has an alpha channel. */
  channels?: number;
  pixels: Uint8Array | Uint8ClampedArray;
}

/**
 * One image: bytes, or a tensor `[height, width, channels]`. Float tensors hold the values that models see, -1 (black)
 * to 1 (full); int32 tensors hold bytes. Tensors stay the caller's.
 */
export type ImageInput = tf.Tensor | PixelImage;

/** Several images: a list, or one tensor `[images, height, width, channels]`. */
export type ImagesInput = ImageInput | readonly ImageInput[];

/** An image ready to draw: red, green, blue and alpha bytes. */
export interface RgbaImage {
  width: number;
  height: number;
  rgba: Uint8ClampedArray;
}

/**
 * Reads one image; a batch of one counts as one.
 *
 * @throws VitlabError when it isn't one image, or its values are no image's.
 */
export function toImage(input: ImageInput, name = "image"): RgbaImage {
  const images = toImages(input, name);
  if (images.length !== 1)
    throw new VitlabError(
      `${name} is a batch of ${images.length} images: one is expected here; take one with images.slice([i, 0, 0, 0], [1, -1, -1, -1])`,
    );
  return images[0]!;
}

/**
 * Reads images of any form.
 *
 * @throws VitlabError when there is none, or one isn't an image.
 */
export function toImages(input: ImagesInput, name = "image"): RgbaImage[] {
  if (Array.isArray(input)) {
    if (input.length === 0) throw new VitlabError(`no images: the list is empty`);
    return input.flatMap((one, index) => toImages(one as ImageInput, `${name} ${index}`));
  }
  const one = input as ImageInput;
  return isTensor(one) ? fromTensor(one, name) : [fromBytes(one, name)];
}

function fromBytes(image: PixelImage, name: string): RgbaImage {
  const { width, height, channels = 3, pixels } = image ?? {};
  if (!pixels || !Number.isInteger(width) || !Number.isInteger(height))
    throw new VitlabError(`${name} is neither a tensor nor { width, height, pixels }`);
  checkChannels(channels, name);
  if (!(pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray))
    throw new VitlabError(`${name} has pixels in ${show(pixels)}: bytes from 0 to 255 are expected, in a Uint8Array`);
  if (width * height * channels !== pixels.length)
    throw new VitlabError(
      `${name} is ${height}x${width} with ${channels} channels: that takes ${width * height * channels} bytes and it has ${pixels.length}`,
    );
  return toRgba(width, height, channels, pixels);
}

function fromTensor(tensor: tf.Tensor, name: string): RgbaImage[] {
  if (tensor.isDisposed)
    throw new VitlabError(`${name} is a tensor that was disposed: draw the figure first, or protect it with tf.keep`);
  const [count, height, width, channels] = tensor.shape.length === 3 ? [1, ...tensor.shape] : tensor.shape;
  if (tensor.shape.length < 3 || tensor.shape.length > 4 || !count)
    throw new VitlabError(
      `${name} is a tensor ${showShape(tensor.shape)}: [height, width, channels] or [images, height, width, channels] is expected`,
    );
  checkChannels(channels!, name, tensor.shape);
  const values = tensor.dataSync();
  const bytes = tensor.dtype === "int32" ? values : normalizedToBytes(values, name);
  const size = height! * width! * channels!;
  return Array.from({ length: count }, (_, index) =>
    toRgba(width!, height!, channels!, bytes.subarray(index * size, (index + 1) * size)),
  );
}

function normalizedToBytes(values: ArrayLike<number>, name: string): Uint8ClampedArray {
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // Resizing overshoots a little; anything more is another normalization.
    if (!(Math.abs(value) <= 1.5))
      throw new VitlabError(
        !Number.isFinite(value)
          ? `${name} holds ${value}: it can't be drawn`
          : `${name} holds the value ${value}: figures take floats from -1 to 1; turn bytes into them with image.div(127.5).sub(1)`,
      );
    bytes[i] = (value + 1) * 127.5;
  }
  return bytes;
}

function toRgba(width: number, height: number, channels: number, values: ArrayLike<number>): RgbaImage {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++)
      rgba[pixel * 4 + channel] = values[pixel * channels + (channels === 1 ? 0 : channel)]!;
    rgba[pixel * 4 + 3] = channels === 4 ? values[pixel * 4 + 3]! : 255;
  }
  return { width, height, rgba };
}

function checkChannels(channels: number, name: string, shape?: readonly number[]): void {
  if (![1, 3, 4].includes(channels))
    throw new VitlabError(
      `${name}${shape ? ` is ${showShape(shape)}:` : ""} has ${channels} channels: 1 or 3 are expected, as the last dimension (height, width, channels)`,
    );
}

function isTensor(input: ImageInput): input is tf.Tensor {
  return typeof (input as tf.Tensor)?.dataSync === "function";
}

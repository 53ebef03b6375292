import { checkOptions } from "../base/check-options";
import { completeNormalization, type Normalization } from "../tensor/normalization";
import { tf } from "../tensor/tf";
import type { ByteImage } from "./byte-image";
import { checkedIndex, type ImageDataset, imageBytes } from "./dataset";

/** How bytes become numbers. */
export interface ToTensorOptions {
  /** As the model wants them: `model.config.normalize`. Default [-1, 1]. */
  normalize?: Normalization;
}

/** Which images of a data set become a tensor, and how. */
export interface DatasetToTensorOptions extends ToTensorOptions {
  /** The images at these indices, in this order. Default all. */
  indices?: ArrayLike<number>;
}

/**
 * The images of a data set as `[images, height, width, channels]` floats: in [-1, 1], or as a normalization says; the caller
 * disposes it.
 *
 * @throws VitlabError when an index is not that of an image.
 *
 * @example
 * ```ts
 * import { datasetToTensor, shapes } from "vitlab";
 *
 * const images = datasetToTensor(shapes({ count: 10 }), { indices: [0, 5] });
 * console.log(images.shape, images.min().dataSync()[0] >= -1, images.max().dataSync()[0] <= 1);
 * // [ 2, 32, 32, 3 ] true true
 * ```
 */
export function datasetToTensor(dataset: ImageDataset, options: DatasetToTensorOptions = {}): tf.Tensor4D {
  checkOptions("datasetToTensor", options, { indices: true, normalize: true });
  const { indices, normalize } = options;
  const all = () => Uint32Array.from({ length: dataset.length }, (_, i) => i);
  const bytes = indices || dataset.transform ? imageBytes(dataset, indices ?? all()) : dataset.images;
  const count = indices ? indices.length : dataset.length;
  return bytesToTensor(bytes, [count, dataset.height, dataset.width, dataset.channels], { normalize });
}

/**
 * The class indices of the images of a data set, `[images]` int32; the caller disposes it.
 *
 * @throws VitlabError when an index is not that of an image.
 *
 * @example
 * ```ts
 * import { labelsToTensor, shapes } from "vitlab";
 *
 * const labels = labelsToTensor(shapes({ count: 10 }), { indices: [0, 1, 2] });
 * console.log(labels.shape, labels.dtype); // [ 3 ] int32
 * ```
 */
export function labelsToTensor(
  dataset: ImageDataset,
  options: Pick<DatasetToTensorOptions, "indices"> = {},
): tf.Tensor1D {
  checkOptions("labelsToTensor", options, { indices: true });
  const { labels } = dataset;
  const { indices } = options;
  const picked = indices && Int32Array.from(indices, (index) => labels[checkedIndex(dataset, index)] as number);
  return tf.tensor1d(picked ?? labels, "int32");
}

/**
 * An image as a batch of one, `[1, height, width, channels]` floats in [-1, 1] or as a normalization says; the caller
 * disposes it.
 *
 * @example
 * ```ts
 * import { imageToTensor } from "vitlab";
 *
 * const pixel = { width: 1, height: 1, channels: 3, pixels: Uint8Array.from([0, 51, 255]) };
 * console.log([...imageToTensor(pixel).dataSync()].map((value) => value.toFixed(2)));
 * // [ '-1.00', '-0.60', '1.00' ]
 *
 * // As ImageNet's models want it: minus the mean, over the deviation.
 * const normalize = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
 * console.log([...imageToTensor(pixel, { normalize }).dataSync()].map((value) => value.toFixed(2)));
 * // [ '-2.12', '-1.14', '2.64' ]
 * ```
 */
export function imageToTensor(image: ByteImage, options: ToTensorOptions = {}): tf.Tensor4D {
  checkOptions("imageToTensor", options, { normalize: true });
  return bytesToTensor(image.pixels, [1, image.height, image.width, image.channels], options);
}

/**
 * Bytes as a float tensor: `(byte / 255 - mean) / std` channel by channel, which is [-1, 1] unless a normalization is given.
 *
 * @param shape `[images, height, width, channels]`
 */
export function bytesToTensor(
  bytes: Uint8Array,
  shape: [number, number, number, number],
  { normalize }: ToTensorOptions = {},
): tf.Tensor4D {
  const channels = shape[3];
  const { mean, std } = completeNormalization(normalize, channels);
  const table = new Float32Array(channels * 256);
  for (let channel = 0; channel < channels; channel++)
    for (let byte = 0; byte < 256; byte++)
      table[channel * 256 + byte] = (byte / 255 - (mean[channel] as number)) / (std[channel] as number);
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = table[(i % channels) * 256 + (bytes[i] as number)] as number;
  return tf.tensor4d(values, shape);
}

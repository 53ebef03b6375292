import type { Tensor4D } from "@tensorflow/tfjs-core";
import { bytesToTensor } from "../../../data/to-tensor";
import { tf } from "../../../tensor/tf";
import { sizeOf } from "../../../vit/patches";
import type { PageContents } from "../page-contents";

/** The page's images as the model takes them, `[images, height, width, channels]`; the caller disposes them. */
export function readImages(bytes: Uint8Array, { config, imageNames, pixels }: PageContents): Tensor4D {
  const shape: [number, number, number, number] = [imageNames.length, ...sizeOf(config.imageSize), config.channels];
  if (pixels === "bytes") return bytesToTensor(bytes, shape, { normalize: config.normalize });
  return tf.tensor4d(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), shape);
}

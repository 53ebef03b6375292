import type { Tensor4D } from "@tensorflow/tfjs-core";
import { rowOf } from "./row-of";

/** The numbers of each image, outside the engine: `[height, width, channels]`, row by row. */
export function pixelsOf(images: Tensor4D): Float32Array[] {
  const data = images.dataSync() as Float32Array;
  const [count] = images.shape;
  const size = data.length / count;
  return Array.from({ length: count }, (_, i) => rowOf(data, i, size));
}

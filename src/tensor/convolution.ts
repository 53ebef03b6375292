import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { VitlabError } from "../base/error";
import { showShape } from "../base/shape";
import { differentiable } from "./differentiable";
import { matmul, rows } from "./matmul";
import { tf } from "./tf";

/** How a convolution goes over images. */
export interface ConvolutionGeometry {
  /** Side of the square of pixels that are summed. */
  kernel: number;
  /** Pixels from one square to the next. Default 1. */
  stride?: number;
  /** Zeros around the images. Default 0. */
  padding?: number;
}

/**
 * Convolution of images: a linear map of the pixels of each square (LeCun et al., "Gradient-Based Learning Applied to Document
 * Recognition", 1998, section II.A).
 *
 * With `patches(x)` the squares as rows: `y = patches(x) W` and `dW = patches(x)ᵀ dy`, as WebAssembly has no gradient of
 * `tf.conv2d` for its filter (Conv2DBackpropFilter); the engine's own are y and dx.
 *
 * @param x `[batch, height, width, inputs]`
 * @param weight `[kernel² · inputs, outputs]`, its rows by row and column of the square, then by input
 * @returns `[batch, newHeight, newWidth, outputs]`, each side `⌊(side + 2 · padding - kernel) / stride⌋ + 1` long
 * @throws VitlabError when the images don't have the inputs of the weight, are smaller than a square, or a tensor was disposed.
 */
export function convolution(x: Tensor4D, weight: Tensor2D, geometry: ConvolutionGeometry): Tensor4D {
  const { kernel, stride = 1, padding = 0 } = geometry;
  const [, height, width, inputs] = x.shape;
  const outputs = weight.shape[1];
  if (x.rank !== 4 || kernel * kernel * inputs !== weight.shape[0])
    throw new VitlabError(
      `convolution got ${showShape(x.shape)}: expected images [batch, height, width, ${weight.shape[0] / kernel ** 2}]`,
    );
  if (Math.min(height, width) + 2 * padding < kernel)
    throw new VitlabError(
      `convolution got images of ${height}x${width}: a square of ${kernel}x${kernel} doesn't fit; give larger ones or padding`,
    );
  const filter = (flat: Tensor) => tf.reshape(flat, [kernel, kernel, inputs, outputs]) as Tensor4D;
  const pad = (images: Tensor) =>
    tf.pad(images, [
      [0, 0],
      [padding, padding],
      [padding, padding],
      [0, 0],
    ]) as Tensor4D;
  return differentiable(
    {
      forward: () => ({ value: tf.conv2d(pad(x), filter(weight), stride, "valid"), saved: [x, weight] }),
      gradient(dy, saved) {
        const [keptX, keptWeight] = saved as [Tensor4D, Tensor2D];
        const inputGradient = () => {
          const [batch] = keptX.shape;
          const padded = [batch, height + 2 * padding, width + 2 * padding, inputs] as Tensor4D["shape"];
          const dPadded = tf.conv2dTranspose(dy as Tensor4D, filter(keptWeight), padded, stride, "valid");
          return tf.slice(dPadded, [0, padding, padding, 0], keptX.shape);
        };
        const squares = () => rows(patches(pad(keptX), dy.shape as Tensor4D["shape"], kernel, stride));
        return [inputGradient, () => matmul(squares(), rows(dy), true, false)];
      },
    },
    [x, weight],
  );
}

/** The numbers of every square side by side, `[batch, newHeight, newWidth, kernel² · inputs]`. */
function patches(padded: Tensor4D, [batch, newHeight, newWidth]: Tensor4D["shape"], kernel: number, stride: number) {
  const inputs = padded.shape[3];
  const end = (start: number, count: number) => start + stride * (count - 1) + 1;
  const parts: Tensor4D[] = [];
  for (let row = 0; row < kernel; row++)
    for (let column = 0; column < kernel; column++)
      parts.push(
        tf.stridedSlice(
          padded,
          [0, row, column, 0],
          [batch, end(row, newHeight), end(column, newWidth), inputs],
          [1, stride, stride, 1],
        ) as Tensor4D,
      );
  return tf.concat(parts, -1) as Tensor4D;
}

import type { Tensor2D, Tensor3D } from "@tensorflow/tfjs-core";
import { tf } from "./tf";

/** Keys' constant of PyTorch's bicubic without antialias; TensorFlow and PIL take -0.5. */
const A = -0.75;

/**
 * Resizes a grid of vectors as `torch.nn.functional.interpolate(mode="bicubic", align_corners=False)` does: half-pixel
 * centers, edge samples repeated, no antialias (Keys, "Cubic convolution interpolation for digital image processing",
 * 1981, equation 15).
 *
 * @param grid `[rows, columns, features]`
 * @returns `[newRows, newColumns, features]`
 */
export function resizeBicubic(grid: Tensor3D, newRows: number, newColumns: number): Tensor3D {
  const [rows, columns, features] = grid.shape;
  return tf.tidy(() => {
    const down = tf.matMul(bicubicWeights(rows, newRows), tf.reshape(grid, [rows, columns * features]) as Tensor2D);
    const turned = tf.transpose(tf.reshape(down, [newRows, columns, features]), [1, 0, 2]);
    const across = tf.matMul(
      bicubicWeights(columns, newColumns),
      tf.reshape(turned, [columns, newRows * features]) as Tensor2D,
    );
    return tf.transpose(tf.reshape(across, [newColumns, newRows, features]), [1, 0, 2]) as Tensor3D;
  });
}

/** One row for each new sample: the shares of the old samples it is made of. */
function bicubicWeights(size: number, newSize: number): Tensor2D {
  const weights = new Float32Array(newSize * size);
  for (let target = 0; target < newSize; target++) {
    const source = ((target + 0.5) * size) / newSize - 0.5;
    const first = Math.floor(source) - 1;
    for (let tap = first; tap < first + 4; tap++) {
      const inside = Math.min(size - 1, Math.max(0, tap));
      weights[target * size + inside] = (weights[target * size + inside] as number) + keys(source - tap);
    }
  }
  return tf.tensor2d(weights, [newSize, size]);
}

function keys(distance: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  if (x < 2) return ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
  return 0;
}

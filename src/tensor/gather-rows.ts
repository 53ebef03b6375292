import type { Tensor2D } from "@tensorflow/tfjs-core";
import { differentiable } from "./differentiable";
import { tf } from "./tf";

/**
 * Rows of a table by number. The gradient of each row is the sum of those of all its copies.
 *
 * `tf.gather` has a gradient that WebAssembly can't compute (UnsortedSegmentSum).
 *
 * @param table `[rows, columns]`
 * @param indices numbers of rows, each from 0 to rows - 1
 * @returns `[indices, columns]`
 * @throws VitlabError when the table was disposed.
 */
export function gatherRows(table: Tensor2D, indices: Int32Array): Tensor2D {
  const [rows, columns] = table.shape;
  return differentiable(
    {
      forward: () => ({ value: tf.gather(table, tf.tensor1d(indices, "int32")), saved: [] }),
      gradient(dy) {
        const numbers = dy.dataSync();
        const sums = new Float64Array(rows * columns);
        indices.forEach((row, i) => {
          for (let column = 0; column < columns; column++) {
            const place = row * columns + column;
            sums[place] = (sums[place] as number) + (numbers[i * columns + column] as number);
          }
        });
        return [tf.tensor2d(Float32Array.from(sums), [rows, columns])];
      },
    },
    [table],
  );
}

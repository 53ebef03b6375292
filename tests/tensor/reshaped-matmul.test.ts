import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { sumRows } from "../../src/tensor/matmul";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";

const ones = (columns: number) => tf.ones([1, columns]) as Tensor2D;
const read = (x: Tensor) => [...x.dataSync()];

onEveryEngine("a product with a matrix", () => {
  it.each([
    [4, 2],
    [2, 4],
    [8, 1],
    [1, 8],
  ])("of numbers that were multiplied as 4x2 before is right as %ix%i, and as 4x2 again", (rows, columns) => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const b = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
        expect(read(tf.matMul(ones(4), b))).toEqual([16, 20]);
        const wanted = read(tf.sum(tf.tensor2d(read(b), [rows, columns]), 0));
        const reshaped = tf.reshape(b, [rows, columns]) as Tensor2D;
        expect(read(tf.matMul(ones(rows), reshaped))).toEqual(wanted);
        const bias = tf.ones([columns]) as Tensor1D;
        const fused = tf.fused.matMul({ a: ones(rows), b: reshaped, bias });
        expect(read(fused)).toEqual(wanted.map((sum) => sum + 1));
        expect(read(tf.matMul(ones(4), b))).toEqual([16, 20]);
      }),
    );
  });

  it("of 4,096 rows that were multiplied before has the sums of its columns", () => {
    tf.tidy(() => {
      const matrix = tf.ones([4096, 3]) as Tensor2D;
      tf.matMul(ones(4096), matrix);
      expect(read(sumRows(matrix))).toEqual([4096, 4096, 4096]);
    });
  });
});

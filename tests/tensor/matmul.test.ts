import type { Tensor2D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { addRow, batchMatmul, longMean, longSum, matmul, rows, sumRows } from "../../src/tensor/matmul";
import { useEngine } from "../../src/tensor/node/engine";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { numbers } from "./directional-derivative";

const EITHER_WAY_ROUND: [transposeA: boolean, transposeB: boolean][] = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
];

onEveryEngine("batchMatmul", () => {
  for (const [transposeA, transposeB] of EITHER_WAY_ROUND)
    it.each([
      [1, 1, 1],
      [5, 7, 3],
      [65, 32, 64],
    ])(`of stacks of %ix%ix%i, transposed ${transposeA}, ${transposeB}, multiplies each pair`, (n, k, m) => {
      const random = new Random(6);
      const stack = (shape: number[]) => tf.tensor4d(numbers(shape, random), shape as [number, number, number, number]);
      expectNoLeak(() => {
        const a = stack(transposeA ? [2, 3, k, n] : [2, 3, n, k]);
        const b = stack(transposeB ? [2, 3, m, k] : [2, 3, k, m]);
        const product = batchMatmul(a, b, transposeA, transposeB);
        expect(product.shape).toEqual([2, 3, n, m]);
        tf.tidy(() => {
          const pair = [a, b].map((all) => tf.reshape(tf.slice(all, [1, 2, 0, 0], [1, 1, -1, -1]), all.shape.slice(2)));
          const [left, right] = pair as [Tensor2D, Tensor2D];
          const wanted = tf.matMul(left, right, transposeA, transposeB);
          const got = tf.reshape(tf.slice(product, [1, 2, 0, 0], [1, 1, -1, -1]), [n, m]);
          expect(tf.max(tf.abs(tf.sub(got, wanted))).dataSync()[0]).toBeLessThan(1e-5);
        });
        tf.dispose([a, b, product]);
      });
    });
});

onEveryEngine("matmul", (engine) => {
  for (const [transposeA, transposeB] of EITHER_WAY_ROUND)
    it.each([
      [1, 1, 1],
      [3, 100, 5],
      [65, 32, 96],
    ])(`of %ix%ix%i, transposed ${transposeA}, ${transposeB}, sums the products`, (n, k, m) => {
      const random = new Random(4);
      const a = numbers([n * k], random);
      const b = numbers([k * m], random);
      const at = (i: number, j: number) => a[transposeA ? j * n + i : i * k + j] as number;
      const bt = (i: number, j: number) => b[transposeB ? j * k + i : i * m + j] as number;
      expectNoLeak(() => {
        const left = tf.tensor2d(a, transposeA ? [k, n] : [n, k]);
        const right = tf.tensor2d(b, transposeB ? [m, k] : [k, m]);
        const product = matmul(left, right, transposeA, transposeB);
        expect(product.shape).toEqual([n, m]);
        const got = product.dataSync();
        let worst = 0;
        for (let i = 0; i < n; i++)
          for (let j = 0; j < m; j++) {
            let sum = 0;
            for (let l = 0; l < k; l++) sum += at(i, l) * bt(l, j);
            worst = Math.max(worst, Math.abs((got[i * m + j] as number) - sum));
          }
        expect(worst).toBeLessThan(1e-5);
        tf.dispose([left, right, product]);
      });
    });

  it("addRow adds to every row; sumRows sums the rows; rows folds all axes but the last", () => {
    tf.tidy(() => {
      const matrix = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
      expect([...addRow(matrix, tf.tensor1d([10, 20])).dataSync()]).toEqual([11, 22, 13, 24, 15, 26]);
      expect([...sumRows(matrix).dataSync()]).toEqual([9, 12]);
      expect(rows(tf.zeros([2, 3, 4])).shape).toEqual([6, 4]);
      expect(rows(tf.zeros([4])).shape).toEqual([1, 4]);
    });
  });

  it.each([
    ["fewer than are summed at once", 1500],
    ["a whole number of steps", 4096],
    ["some over", 50_001],
  ])("sumRows of many rows, %s, keeps the digits of float64", (_, count) => {
    const values = numbers([count * 3], new Random(9)).map((value) => value * value);
    const wanted = [0, 1, 2].map((column) =>
      values.reduce((sum, value, i) => (i % 3 === column ? sum + value : sum), 0),
    );
    expectNoLeak(() => {
      const matrix = tf.tensor2d(values, [count, 3]);
      const sums = sumRows(matrix);
      sums.dataSync().forEach((sum, i) => {
        expect(Math.abs(sum / (wanted[i] as number) - 1)).toBeLessThan(1e-5);
      });
      tf.dispose([matrix, sums]);
    });
  });

  it("longSum and longMean keep the digits of float64 over 5.7 million numbers", () => {
    const count = 5_700_001;
    const values = new Float32Array(count);
    // Squares of a gradient's size, a thousand apart: what clipping adds up.
    for (let i = 0; i < count; i++) values[i] = 1e-6 * ((i * 7919) % 1009) ** 2;
    let sum = 0;
    for (const value of values) sum += value;
    expectNoLeak(() => {
      const x = tf.tensor(values, [count]);
      const [found, mean] = [longSum(x), longMean(x)];
      expect(found.shape).toEqual([]);
      expect(Math.abs((found.dataSync()[0] as number) / sum - 1)).toBeLessThan(1e-6);
      expect(Math.abs(((mean.dataSync()[0] as number) * count) / sum - 1)).toBeLessThan(1e-6);
      tf.dispose([x, found, mean]);
    });
  });

  it("longSum and longMean have gradients, and pass on what is not a number", () => {
    expectNoLeak(() => {
      const x = tf.ones([3000, 2]);
      const [ofSum, ofMean] = [tf.grad(longSum)(x), tf.grad(longMean)(x)];
      expect(new Set(ofSum.dataSync())).toEqual(new Set([1]));
      expect(new Set(ofMean.dataSync())).toEqual(new Set([Math.fround(1 / 6000)]));
      const broken = tf.tidy(() => longSum(tf.concat([x, tf.tensor2d([[Number.NaN, Number.POSITIVE_INFINITY]])])));
      expect(broken.dataSync()[0]).toBeNaN();
      tf.dispose([x, ofSum, ofMean, broken]);
    });
  });

  it("takes tensors that another engine made", async () => {
    await useEngine("cpu", { quiet: true });
    const a = tf.tensor2d([[1, 2]]) as Tensor2D;
    await useEngine(engine, { quiet: true });
    const product = matmul(a, a, false, true);
    expect([...product.dataSync()]).toEqual([5]);
    tf.dispose([a, product]);
  });
});

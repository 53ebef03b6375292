import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";

const read = (x: Tensor) => [...x.dataSync()];

onEveryEngine("a copy", () => {
  it("has the tensor's numbers, outlives it, and is freed with the last of them", () => {
    const before = tf.memory().numBytes;
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const copy = tf.clone(x);
    x.dispose();
    expect(read(copy)).toEqual([1, 2, 3, 4]);
    expect(tf.tidy(() => read(tf.add(copy, 1)))).toEqual([2, 3, 4, 5]);
    copy.dispose();
    expect(tf.memory().numBytes).toBe(before);
  });

  it("of a variable keeps its numbers when the variable gets others", () => {
    expectNoLeak(() => {
      const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
      const copy = tf.clone(variable);
      tf.tidy(() => variable.assign(tf.tensor1d([3, 4])));
      expect([read(copy), read(variable)]).toEqual([
        [1, 2],
        [3, 4],
      ]);
      tf.dispose([variable, copy]);
    });
  });

  it.each(["float32", "int32", "bool"] as const)("of a part of numbers of %s has that part", (dtype) => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const numbers = [0, 1, 1, 0, 1, 0];
        const vector = tf.tensor1d(numbers, dtype);
        expect(read(tf.slice(vector, [2], [3]))).toEqual([1, 0, 1]);
        expect(read(tf.slice(vector, [6], [0]))).toEqual([]);
        expect(tf.split(vector, [1, 3, 2]).map(read)).toEqual([[0], [1, 1, 0], [1, 0]]);
        const matrix = tf.reshape(vector, [3, 2]) as Tensor2D;
        expect(read(tf.slice(matrix, [1, 0], [2, 2]))).toEqual([1, 0, 1, 0]);
        expect(read(tf.slice(matrix, [1, 1], [2, 1]))).toEqual([0, 0]);
        expect(tf.split(matrix, 3, 0).map(read)).toEqual(
          [
            [0, 1],
            [1, 0],
            [1, 0],
          ].map((row) => [...row]),
        );
        expect(tf.split(matrix, 2, 1).map(read)).toEqual([
          [0, 1, 1],
          [1, 0, 0],
        ]);
        expect(tf.split(tf.reshape(vector, [1, 6]), 2, -1).map((part) => [part.shape, read(part)])).toEqual([
          [
            [1, 3],
            [0, 1, 1],
          ],
          [
            [1, 3],
            [0, 1, 0],
          ],
        ]);
        expect(tf.slice(vector, [2], [3]).dtype).toBe(dtype);
      }),
    );
  });

  it("of a part of words has those words", () => {
    tf.tidy(() => {
      const words = tf.tensor1d(["a", "b", "c"]);
      expect(tf.slice(words, [1], [2]).arraySync()).toEqual(["b", "c"]);
      expect(tf.clone(words).arraySync()).toEqual(["a", "b", "c"]);
    });
  });

  it("has the gradient of what it is a copy of", () => {
    tf.tidy(() => {
      const x = tf.tensor1d([1, 2, 3]);
      const slope = tf.grad((input: Tensor) => tf.sum(tf.square(tf.slice(tf.clone(input as Tensor1D), [1], [2]))));
      expect(read(slope(x))).toEqual([0, 4, 6]);
    });
  });
});

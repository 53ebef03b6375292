import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { maskedSoftmax } from "../../src/tensor/masked-softmax";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn, expectGradients, numbers } from "./directional-derivative";

onEveryEngine("maskedSoftmax", () => {
  it("shares the weight among the keys that are seen, and is zero where none is", () => {
    tf.tidy(() => {
      const scores = tf.log(tf.tensor4d([1, 2, 3, 5, 5, 5], [1, 1, 2, 3]));
      const mask = tf.tensor2d([1, 0, 1, 0, 0, 0], [2, 3], "bool");
      const weights = [...maskedSoftmax(scores, mask).dataSync()];
      [0.25, 0, 0.75, 0, 0, 0].forEach((weight, i) => {
        expect(weights[i]).toBeCloseTo(weight, 6);
      });
    });
  });

  it("is what softmax is where all are seen", () => {
    tf.tidy(() => {
      const scores = drawn<Tensor4D>([2, 3, 4, 5], new Random(1), 5);
      const difference = tf.sub(maskedSoftmax(scores, tf.ones([4, 5], "bool")), tf.softmax(scores));
      expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-6);
    });
  });

  it("stays finite however large what is seen or hidden, gradients included", () => {
    tf.tidy(() => {
      const scores = tf.tensor4d([1e6, -1e6, 1e6, 1e6, -1e6, 1e30, -1e30, -1e30, 1e30], [1, 1, 3, 3]);
      const mask = tf.tensor2d([0, 1, 0, 0, 0, 0, 1, 1, 0], [3, 3], "bool");
      const weights = (x: Tensor) => maskedSoftmax(x as Tensor4D, mask);
      expect([...weights(scores).dataSync()]).toEqual([0, 1, 0, 0, 0, 0, 0.5, 0.5, 0]);
      const slopes = tf.grad(weights)(scores, tf.tensor4d([5, 1, 5, 5, 5, 5, 1, 3, 5], [1, 1, 3, 3]));
      expect([...slopes.dataSync()]).toEqual([0, 0, 0, 0, 0, 0, -0.5, 0.5, 0].map((slope) => expect.closeTo(slope, 6)));
    });
  });

  it("gradients are slopes of the values", () => {
    const shape = [2, 2, 3, 4];
    expectGradients(
      ([scores]) =>
        maskedSoftmax(scores as Tensor4D, tf.tensor2d([1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1], [3, 4], "bool")),
      [{ name: "scores", shape, data: numbers(shape, new Random(2), 2) }],
    );
  });

  it("leaves no tensor behind, nor does its gradient", () => {
    const [scores, mask] = [drawn<Tensor4D>([2, 2, 3, 3], new Random(3)), tf.ones([3, 3], "bool")];
    expectNoLeak(() => maskedSoftmax(scores, mask).dispose());
    expectNoLeak(() => tf.dispose(tf.grad((x: Tensor) => maskedSoftmax(x as Tensor4D, mask))(scores)));
    tf.dispose([scores, mask]);
  });
});

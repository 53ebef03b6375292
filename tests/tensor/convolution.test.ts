import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { convolution } from "../../src/tensor/convolution";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn, expectGradients, numbers } from "./directional-derivative";

onEveryEngine("convolution", () => {
  it("sums the pixels of each square, with zeros around", () => {
    tf.tidy(() => {
      const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
      const weight = tf.tensor2d([1, 10, 100, 1000], [4, 1]);
      expect([...convolution(x, weight, { kernel: 2 }).dataSync()]).toEqual([4321]);
      const padded = convolution(x, weight, { kernel: 2, stride: 2, padding: 1 });
      expect(padded.shape).toEqual([1, 2, 2, 1]);
      expect([...padded.dataSync()]).toEqual([1000, 200, 30, 4]);
    });
  });

  it.each([
    [3, 2, 1, 6, 8],
    [3, 1, 1, 4, 5],
    [2, 2, 0, 5, 4],
    [1, 1, 0, 2, 3],
    [3, 3, 2, 4, 7],
  ])("kernel %i, stride %i, padding %i, %ix%i: gradients are slopes of the values", (kernel, stride, padding, h, w) => {
    const random = new Random(1);
    const [images, weights] = [
      [2, h, w, 3],
      [kernel * kernel * 3, 2],
    ] as [number[], number[]];
    expectGradients(
      ([x, weight]) => convolution(x as Tensor4D, weight as Tensor2D, { kernel, stride, padding }),
      [
        { name: "x", shape: images, data: numbers(images, random) },
        { name: "weight", shape: weights, data: numbers(weights, random) },
      ],
    );
  });

  it("says what doesn't fit", () => {
    tf.tidy(() => {
      const weight = tf.zeros([27, 2]) as Tensor2D;
      expect(() => convolution(tf.zeros([1, 4, 4, 2]), weight, { kernel: 3 })).toThrow(
        "convolution got [1, 4, 4, 2]: expected images [batch, height, width, 3]",
      );
      expect(() => convolution(tf.zeros([1, 4, 2, 3]), weight, { kernel: 3 })).toThrow(
        "convolution got images of 4x2: a square of 3x3 doesn't fit; give larger ones or padding",
      );
    });
  });

  it("leaves no tensor behind, nor do its gradients", () => {
    const [x, weight] = [drawn<Tensor4D>([1, 4, 4, 1], new Random(2)), drawn<Tensor2D>([9, 2], new Random(3))];
    const run = (...[images, weights]: Tensor[]) =>
      convolution(images as Tensor4D, weights as Tensor2D, { kernel: 3, stride: 2, padding: 1 });
    expectNoLeak(() => run(x, weight).dispose());
    expectNoLeak(() => tf.dispose(tf.grads(run)([x, weight])));
    tf.dispose([x, weight]);
    expect(() => run(x, weight)).toThrow("was disposed");
  });
});

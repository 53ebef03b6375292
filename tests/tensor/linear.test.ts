import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { linear } from "../../src/tensor/linear";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { expectGradients, numbers } from "./directional-derivative";

onEveryEngine("linear", () => {
  it("is x W + b", () => {
    tf.tidy(() => {
      const x = tf.tensor2d([
        [1, 2],
        [3, 4],
      ]);
      const weight = tf.tensor2d([
        [1, 0, 10],
        [0, 1, 100],
      ]);
      const y = linear(x, weight, tf.tensor1d([0.5, 0.25, 0]));
      expect(y.arraySync()).toEqual([
        [1.5, 2.25, 210],
        [3.5, 4.25, 430],
      ]);
      expect(linear(x, weight, null).arraySync()).toEqual([
        [1, 2, 210],
        [3, 4, 430],
      ]);
    });
  });

  it("works on the last axis, whatever the axes before it", () => {
    tf.tidy(() => {
      const weight = tf.ones([2, 3]) as Tensor2D;
      for (const shape of [[2], [5, 2], [1, 1, 2], [2, 3, 4, 2]])
        expect(linear(tf.ones(shape), weight, null).shape).toEqual([...shape.slice(0, -1), 3]);
    });
  });

  for (const bias of [true, false])
    it.each([[[1, 1, 20]], [[3, 7, 5]], [[4, 1]]])(
      `of shape %j ${bias ? "with" : "without"} bias: gradients are slopes of the values`,
      (shape) => {
        const random = new Random(3);
        const [inputs, outputs] = [shape[shape.length - 1] as number, 5];
        expectGradients(
          ([x, weight, b]) => linear(x as Tensor, weight as Tensor2D, (b as Tensor1D | undefined) ?? null),
          [
            { name: "x", shape, data: numbers(shape, random) },
            { name: "weight", shape: [inputs, outputs], data: numbers([inputs, outputs], random) },
            ...(bias ? [{ name: "bias", shape: [outputs], data: numbers([outputs], random) }] : []),
          ],
        );
      },
    );

  it("adds a residual, whose gradient is that of the sum", () => {
    const random = new Random(4);
    const shape = [2, 3, 5];
    const residual = { name: "residual", shape: [2, 3, 7], data: numbers([2, 3, 7], random) };
    const weight = { name: "weight", shape: [5, 7], data: numbers([5, 7], random) };
    const x = { name: "x", shape, data: numbers(shape, random) };
    expectGradients(([a, w, r]) => linear(a as Tensor, w as Tensor2D, null, r), [x, weight, residual]);
    tf.tidy(() => {
      const [a, w, r] = [x, weight, residual].map(({ data, shape: s }) => tf.tensor(data, [...s]));
      const sum = linear(a as Tensor, w as Tensor2D, null, r);
      const wanted = tf.add(linear(a as Tensor, w as Tensor2D, null), r as Tensor);
      expect(tf.max(tf.abs(tf.sub(sum, wanted))).dataSync()[0]).toBeLessThan(1e-6);
    });
  });

  it("names the length it expected", () => {
    tf.tidy(() => {
      expect(() => linear(tf.ones([2, 3]), tf.ones([4, 5]) as Tensor2D, null)).toThrow(
        "linear got [2, 3]: its last axis must be 4 long to meet a weight of [4, 5]",
      );
      const weight = tf.ones([3, 5]) as Tensor2D;
      expect(() => linear(tf.ones([2, 3]), weight, tf.ones([2]) as Tensor1D)).toThrow(
        "linear got a bias of [2]: expected [5], one a column of the weight",
      );
      expect(() => linear(tf.ones([7, 2, 3]), weight, null, tf.ones([2, 5]))).toThrow(
        "linear got [2, 5] to add: expected the shape of what it is added to, [7, 2, 5]",
      );
    });
  });

  it("refuses a gradient of its gradient, which would be wrong", () => {
    tf.tidy(() => {
      const weight = tf.ones([3, 5]) as Tensor2D;
      const slope = tf.grad((x: Tensor) => tf.sum(tf.square(linear(x, weight, null))));
      expect(() => tf.grad((x: Tensor) => tf.sum(slope(x)))(tf.ones([2, 3]))).toThrow(/first gradients only/);
    });
  });

  it("leaves no tensor behind, nor do its gradients", () => {
    const [x, weight, bias] = [tf.ones([2, 4]), tf.ones([4, 3]) as Tensor2D, tf.ones([3]) as Tensor1D];
    expectNoLeak(() => linear(x, weight, bias).dispose());
    expectNoLeak(() => tf.dispose(tf.grad((input: Tensor) => linear(input, weight, bias))(x)));
    tf.dispose([x, weight, bias]);
  });
});

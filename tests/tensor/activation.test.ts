import type { Tensor } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { type Activation, activate } from "../../src/tensor/activation";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { expectGradients, numbers } from "./directional-derivative";

onEveryEngine("activate", () => {
  const golden = new Golden("layers/basics");

  for (const [name, activation] of [
    ["gelu_erf", "gelu"],
    ["gelu_tanh", "gelu_tanh"],
  ] as [string, Activation][])
    it(`${activation} has PyTorch's values and gradient`, () => {
      tf.tidy(() => {
        const x = golden.tensor(`${name}/input`);
        golden.expectClose(`${name}/output`, activate(x, activation));
        const gradient = tf.grad((input: Tensor) => activate(input, activation))(
          x,
          golden.tensor(`${name}/grad_output`),
        );
        golden.expectClose(`${name}/grad/input`, gradient);
      });
    });

  it("relu cuts at zero, where its slope is zero", () => {
    tf.tidy(() => {
      const x = tf.tensor1d([-2, -0.5, 0, 0.5, 2]);
      expect([...activate(x, "relu").dataSync()]).toEqual([0, 0, 0, 0.5, 2]);
      const slope = tf.grad((input: Tensor) => activate(input, "relu"))(x, tf.tensor1d([1, 2, 3, 4, 5]));
      expect([...slope.dataSync()]).toEqual([0, 0, 0, 4, 5]);
    });
  });

  it.each(["gelu", "gelu_tanh"] as Activation[])("%s stays finite far from zero", (activation) => {
    tf.tidy(() => {
      const x = tf.tensor1d([-1e4, -50, 50, 1e4]);
      expect([...activate(x, activation).dataSync()].map((y) => y + 0)).toEqual([0, 0, 50, 1e4]);
      const slope = tf.grad((input: Tensor) => activate(input, activation))(x);
      expect([...slope.dataSync()].map((y) => y + 0)).toEqual([0, 0, 1, 1]);
    });
  });

  it.each(["gelu", "gelu_tanh"] as Activation[])("%s: the gradient is the slope of the values", (activation) => {
    const shape = [1, 3, 5];
    expectGradients(
      ([x]) => activate(x as Tensor, activation),
      [{ name: "x", shape, data: numbers(shape, new Random(1), 2) }],
    );
  });

  it.each(["gelu", "gelu_tanh", "relu"] as Activation[])(
    "%s keeps the shape and leaves no tensor behind",
    (activation) => {
      const x = tf.tensor3d([1, -2, 3, -4, 5, -6], [1, 2, 3]);
      expectNoLeak(() => {
        const y = activate(x, activation);
        expect(y.shape).toEqual([1, 2, 3]);
        y.dispose();
      });
      expectNoLeak(() =>
        tf
          .grad((input: Tensor) => activate(input, activation))(x)
          .dispose(),
      );
      x.dispose();
    },
  );
});

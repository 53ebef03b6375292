import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { rotatePairs } from "../../src/tensor/rotate-pairs";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn, expectGradients, numbers } from "./directional-derivative";

onEveryEngine("rotatePairs", () => {
  it("turns features i and i + headDim / 2 together", () => {
    tf.tidy(() => {
      const angles = tf.tensor2d([Math.PI / 2, Math.PI], [1, 2]);
      const turned = [...rotatePairs(tf.tensor4d([1, 2, 3, 4], [1, 1, 1, 4]), angles).dataSync()];
      [-3, -2, 1, -4].forEach((wanted, i) => {
        expect(turned[i]).toBeCloseTo(wanted, 5);
      });
    });
  });

  it("gradients are slopes of the values", () => {
    const [shape, angles] = [[2, 3, 4, 6], numbers([4, 3], new Random(1), 3)];
    expectGradients(
      ([x]) => rotatePairs(x as Tensor4D, tf.tensor2d(angles.slice(), [4, 3])),
      [{ name: "x", shape, data: numbers(shape, new Random(2)) }],
    );
  });

  it("refuses what was disposed, and leaves no tensor behind", () => {
    const [x, angles] = [drawn<Tensor4D>([1, 2, 3, 4], new Random(3)), drawn<Tensor2D>([3, 2], new Random(4))];
    expectNoLeak(() => rotatePairs(x, angles).dispose());
    expectNoLeak(() => tf.dispose(tf.grad((input: Tensor) => rotatePairs(input as Tensor4D, angles))(x)));
    angles.dispose();
    expect(() => rotatePairs(x, angles)).toThrow("the angles [3, 2] was disposed");
    x.dispose();
    expect(() => rotatePairs(x, angles)).toThrow("was disposed");
  });
});

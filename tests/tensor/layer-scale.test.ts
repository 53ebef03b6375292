import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { layerScale } from "../../src/tensor/layer-scale";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { numbers } from "./directional-derivative";
import { gradientsAreSlopes } from "./per-feature";

onEveryEngine("layerScale", () => {
  gradientsAreSlopes(["scale"], (x, scale) => layerScale(x, scale as Tensor1D));

  it("sums the gradient of the scale over many rows without losing digits", () => {
    tf.tidy(() => {
      const squares = numbers([50_001 * 2], new Random(3)).map((value) => value * value);
      const wanted = [0, 1].map((j) => squares.reduce((sum, value, i) => (i % 2 === j ? sum + value : sum), 0));
      const x = tf.tensor(squares, [3, 16_667, 2]);
      const slope = tf.grad((scale: Tensor) => layerScale(x, scale as Tensor1D))(tf.ones([2]), tf.onesLike(x));
      slope.dataSync().forEach((sum, j) => {
        expect(Math.abs(sum / (wanted[j] as number) - 1)).toBeLessThan(1e-5);
      });
    });
  });

  it("leaves no tensor behind, nor do its gradients", () => {
    const [x, vector] = [tf.ones([2, 4]), tf.ones([4]) as Tensor1D];
    const both = tf.grads((input: Tensor, scale: Tensor) => layerScale(input, scale as Tensor1D));
    expectNoLeak(() => layerScale(x, vector).dispose());
    expectNoLeak(() => tf.dispose(both([x, vector])));
    tf.dispose([x, vector]);
  });
});

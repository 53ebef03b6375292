import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { rmsNorm } from "../../src/tensor/rms-norm";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { numbers } from "./directional-derivative";
import { gradientsAreSlopes } from "./per-feature";

onEveryEngine("rmsNorm", () => {
  gradientsAreSlopes(["scale"], (x, scale) => rmsNorm(x, scale as Tensor1D, 1e-6));

  it("makes zeros of zeros, with a gradient that is finite", () => {
    tf.tidy(() => {
      const [x, scale] = [tf.zeros([2, 3]), tf.ones([3]) as Tensor1D];
      expect([...rmsNorm(x, scale, 1e-6).dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
      const slopes = tf
        .grad((input: Tensor) => rmsNorm(input, scale, 1e-6))(x)
        .dataSync();
      for (const slope of slopes) expect(slope).toBeCloseTo(1000, 2);
    });
  });

  it("sums the gradient of the scale over many rows without losing digits", () => {
    tf.tidy(() => {
      const random = new Random(3);
      const count = 50_001;
      const [x, dy] = [numbers([count * 2], random).map(Math.abs), numbers([count * 2], random).map(Math.abs)];
      const wanted = [0, 0];
      for (let i = 0; i < x.length; i += 2) {
        const root = Math.sqrt(((x[i] as number) ** 2 + (x[i + 1] as number) ** 2) / 2);
        wanted[0] = (wanted[0] as number) + ((dy[i] as number) * (x[i] as number)) / root;
        wanted[1] = (wanted[1] as number) + ((dy[i + 1] as number) * (x[i + 1] as number)) / root;
      }
      const [input, given] = [tf.tensor(x, [3, count / 3, 2]), tf.tensor(dy, [3, count / 3, 2])];
      const slope = tf.grad((scale: Tensor) => rmsNorm(input, scale as Tensor1D, 0))(tf.ones([2]), given);
      slope.dataSync().forEach((sum, j) => {
        expect(Math.abs(sum / (wanted[j] as number) - 1)).toBeLessThan(1e-5);
      });
    });
  });

  it("names the length it expected", () => {
    tf.tidy(() => {
      for (const [shape, shown] of [
        [[2, 3], "[2, 3]"],
        [[], "[]"],
      ] as [number[], string][])
        expect(() => rmsNorm(tf.ones(shape), tf.ones([4]) as Tensor1D, 1e-6)).toThrow(
          `RMS norm got ${shown}: its last axis must be 4 long, as its scale is`,
        );
    });
  });

  it("leaves no tensor behind, nor do its gradients", () => {
    const [x, vector] = [tf.ones([2, 4]), tf.ones([4]) as Tensor1D];
    const both = tf.grads((input: Tensor, scale: Tensor) => rmsNorm(input, scale as Tensor1D, 1e-6));
    expectNoLeak(() => rmsNorm(x, vector, 1e-6).dispose());
    expectNoLeak(() => tf.dispose(both([x, vector])));
    tf.dispose([x, vector]);
  });
});

import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { layerNorm } from "../../src/tensor/layer-norm";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { gradientsAreSlopes } from "./per-feature";

onEveryEngine("layerNorm", () => {
  const golden = new Golden("layers/basics");

  for (const [name, epsilon] of [
    ["layer_norm_eps1e-5", 1e-5],
    ["layer_norm_eps1e-12", 1e-12],
  ] as [string, number][])
    it(`has PyTorch's values and gradients with epsilon ${epsilon}`, () => {
      tf.tidy(() => {
        const inputs = ["input", "param/weight", "param/bias"].map((key) => golden.tensor(`${name}/${key}`));
        const operation = (...[x, scale, shift]: Tensor[]) =>
          layerNorm(x as Tensor, scale as Tensor1D, shift as Tensor1D, epsilon);
        golden.expectClose(`${name}/output`, operation(...inputs));
        const gradients = tf.grads(operation)(inputs, golden.tensor(`${name}/grad_output`));
        ["input", "param/weight", "param/bias"].forEach((key, i) => {
          golden.expectClose(`${name}/grad/${key}`, gradients[i] as Tensor);
        });
      });
    });

  for (const [name, epsilon] of [
    ["1e-5", 1e-5],
    ["1e-12", 1e-12],
  ] as [string, number][])
    it(`lets epsilon ${name} decide where a row hardly varies`, () => {
      tf.tidy(() => {
        const x = golden.tensor("layer_norm_flat_input");
        const y = layerNorm(x, tf.ones([16]) as Tensor1D, tf.zeros([16]) as Tensor1D, epsilon);
        golden.expectClose(`layer_norm_flat_eps${name}`, y);
      });
    });

  gradientsAreSlopes(["scale", "shift"], (x, scale, shift) => layerNorm(x, scale as Tensor1D, shift as Tensor1D, 1e-5));

  it("names the length it expected", () => {
    tf.tidy(() => {
      const vector = tf.ones([4]) as Tensor1D;
      expect(() => layerNorm(tf.ones([2, 3]), vector, vector, 1e-5)).toThrow(
        "layer norm got [2, 3]: its last axis must be 4 long, as its scale is",
      );
    });
  });

  it("leaves no tensor behind, nor do its gradients", () => {
    const [x, vector] = [tf.ones([2, 4]), tf.ones([4]) as Tensor1D];
    expectNoLeak(() => layerNorm(x, vector, vector, 1e-5).dispose());
    expectNoLeak(() => tf.dispose(tf.grad((input: Tensor) => layerNorm(input, vector, vector, 1e-5))(x)));
    tf.dispose([x, vector]);
  });
});

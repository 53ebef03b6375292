import type { Tensor } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { LayerScale } from "../../src/nn/layer-scale";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { expectTorchGradients, loadTorch } from "./torch";

onEveryEngine("LayerScale", () => {
  const golden = new Golden("blocks/golden");
  const names = { weight: "gamma" };

  it("has timm's values and gradients", () => {
    const module = new LayerScale(16);
    loadTorch(module, golden, "layer_scale", names);
    tf.tidy(() => {
      golden.expectClose("layer_scale/output", module.forward(golden.tensor("layer_scale/input")));
      expectTorchGradients(golden, "layer_scale", module, names, (x) => module.forward(x));
    });
    module.dispose();
  });

  it("starts as timm's does", () => {
    const name = "layer_scale_initial";
    const module = new LayerScale(16);
    golden.expectClose(`${name}/param/gamma`, module.weight);
    tf.tidy(() => {
      golden.expectClose(`${name}/output`, module.forward(golden.tensor(`${name}/input`)));
      expectTorchGradients(golden, name, module, names, (x) => module.forward(x));
    });
    module.dispose();
  });

  it("starts at another number where one is given", () => {
    const module = new LayerScale(3, { initial: 0.5 });
    tf.tidy(() => {
      expect([...module.forward(tf.tensor1d([1, 2, -4])).dataSync()]).toEqual([0.5, 1, -2]);
    });
    module.dispose();
  });

  it("refuses inputs of another length, and to work when disposed", () => {
    const module = new LayerScale(4);
    tf.tidy(() => {
      // One feature would spread over all by the engine's rules.
      expect(() => module.forward(tf.ones([2, 1]))).toThrow(
        "layer scale got [2, 1]: its last axis must be 4 long, as its scale is",
      );
      const gone = tf.ones([2, 4]);
      gone.dispose();
      expect(() => module.forward(gone)).toThrow("a tensor to compute with [2, 4] was disposed");
      module.dispose();
      expect(() => module.forward(tf.ones([2, 4]))).toThrow("this LayerScale was disposed");
    });
  });

  it("leaves only its output behind", () => {
    expectNoLeak(() => {
      const module = new LayerScale(4);
      const x = tf.ones([2, 3, 4]);
      expectNoLeak(() => module.forward(x).dispose());
      expectNoLeak(() => tf.dispose(tf.variableGrads(() => tf.sum(module.forward(x as Tensor)), [module.weight])));
      x.dispose();
      module.dispose();
    });
  });
});

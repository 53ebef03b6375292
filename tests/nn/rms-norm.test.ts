import type { Tensor } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { RMSNorm } from "../../src/nn/rms-norm";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { expectTorchGradients, loadTorch } from "./torch";

onEveryEngine("RMSNorm", () => {
  const golden = new Golden("blocks/golden");
  const torchDefault = golden.json.config.epsilonWhereNone as number;

  it.each([
    ["rms_norm_eps1e-6", undefined],
    ["rms_norm_eps_none", torchDefault],
    ["rms_norm_small_eps1e-6", 1e-6],
    ["rms_norm_small_eps_none", torchDefault],
  ])("has PyTorch's values and gradients: %s", (name, epsilon) => {
    const module = new RMSNorm(16, { epsilon });
    const names = { weight: "weight" };
    loadTorch(module, golden, name, names);
    tf.tidy(() => {
      golden.expectClose(`${name}/output`, module.forward(golden.tensor(`${name}/input`)));
      expectTorchGradients(golden, name, module, names, (x) => module.forward(x));
    });
    module.dispose();
  });

  it("starts as plain normalization: mean of squares 1, the mean left where it is", () => {
    const module = new RMSNorm(2);
    expect(module.epsilon).toBe(1e-6);
    tf.tidy(() => {
      const [a, b] = module.forward(tf.tensor2d([[1, 7]])).dataSync();
      expect(a).toBeCloseTo(0.2, 6);
      expect(b).toBeCloseTo(1.4, 6);
    });
    module.dispose();
  });

  it("refuses inputs of another length, and to work when disposed", () => {
    const module = new RMSNorm(4);
    tf.tidy(() => {
      expect(() => module.forward(tf.ones([2, 3]))).toThrow(
        "RMS norm got [2, 3]: its last axis must be 4 long, as its scale is",
      );
      const gone = tf.ones([2, 4]);
      gone.dispose();
      expect(() => module.forward(gone)).toThrow("a tensor to compute with [2, 4] was disposed");
      module.dispose();
      expect(() => module.forward(tf.ones([2, 4]))).toThrow("this RMSNorm was disposed");
    });
  });

  it("leaves only its output behind", () => {
    expectNoLeak(() => {
      const module = new RMSNorm(4);
      const x = tf.ones([2, 3, 4]);
      expectNoLeak(() => module.forward(x).dispose());
      expectNoLeak(() => tf.dispose(tf.variableGrads(() => tf.sum(module.forward(x as Tensor)), [module.weight])));
      x.dispose();
      module.dispose();
    });
  });
});

it("refuses its epsilon without a name, as LayerNorm takes it", () => {
  expect(() => new RMSNorm(8, 1e-5 as never)).toThrow(
    "new RMSNorm got 0.00001 for its options: give one object with epsilon",
  );
});

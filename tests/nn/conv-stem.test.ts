import type { Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { ConvStem } from "../../src/nn/conv-stem";
import { Convolution } from "../../src/nn/convolution";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { drawn } from "../tensor/directional-derivative";
import { expectTorchGradients, loadTorch } from "./torch";

onEveryEngine("ConvStem", () => {
  const golden = new Golden("transformer/golden");

  it("has PyTorch's values and gradients", () => {
    const module = new ConvStem(16, { widths: [6, 10], random: null });
    const names = Object.fromEntries([...module.namedParameters().keys()].map((each) => [each, each]));
    loadTorch(module, golden, "conv_stem", names);
    tf.tidy(() => {
      const tokens = module.forward(golden.tensor<Tensor4D>("conv_stem/input"));
      expect(tokens.shape).toEqual([2, 6, 16]);
      golden.expectClose("conv_stem/output", tokens);
    });
    expectTorchGradients(golden, "conv_stem", module, names, (x) => module.forward(x as Tensor4D));
    module.dispose();
  });

  it("knows its patch size, and which weights meet the images", () => {
    const module = new ConvStem(8, { widths: [4, 6, 8], channels: 1, random: new Random(1) });
    expect(module.patchSize).toBe(8);
    tf.tidy(() => {
      expect(module.forward(tf.zeros([1, 16, 24, 1])).shape).toEqual([1, 6, 8]);
    });
    const kinds = module.parameterKinds();
    expect(kinds.get("convolutions.0.weight")).toEqual({ role: "input" });
    expect(kinds.get("convolutions.1.weight")).toEqual({ role: "matrix" });
    module.dispose();
  });

  it("computes with a convolution that was put in another's place", () => {
    const module = new ConvStem(8, { widths: [4], random: new Random(2) });
    tf.tidy(() => {
      const x = drawn<Tensor4D>([1, 4, 4, 3], new Random(3));
      const before = [...module.forward(x).dataSync()];
      const other = new Convolution(3, 4, { kernel: 3, stride: 2, padding: 1, random: new Random(4) });
      module.replace("convolutions.0", other).dispose();
      expect([...module.forward(x).dataSync()]).not.toEqual(before);
    });
    module.dispose();
  });

  it("says what doesn't fit, and leaves nothing behind", () => {
    expectNoLeak(() => {
      expect(() => new ConvStem(8, { widths: [], random: null })).toThrow(
        "a convolution stem got no widths: give the features after each convolution, as in [24, 48]",
      );
      expect(() => new ConvStem(8, { width: [4], random: null } as never)).toThrow("new ConvStem has no option width");
      const module = new ConvStem(8, { widths: [4, 4], random: null });
      tf.tidy(() => {
        for (const shape of [
          [1, 8, 8, 1],
          [1, 8, 6, 3],
          [8, 8, 3],
        ])
          expect(() => module.forward(tf.zeros(shape as Tensor4D["shape"]))).toThrow(
            `convolution stem got [${shape.join(", ")}]: expected images [batch, height, width, 3] with sides that 4 divides`,
          );
      });
      module.dispose();
      tf.tidy(() => {
        expect(() => module.forward(tf.zeros([1, 8, 8, 3]))).toThrow("this ConvStem was disposed");
      });
    });
  });

  it("leaves only its output behind", () => {
    const module = new ConvStem(8, { widths: [4, 6], random: new Random(5) });
    const x = drawn<Tensor4D>([1, 8, 8, 3], new Random(6));
    expectNoLeak(() => module.forward(x).dispose());
    expectNoLeak(() => tf.dispose(tf.variableGrads(() => tf.sum(module.forward(x)), module.parameters())));
    x.dispose();
    module.dispose();
  });
});

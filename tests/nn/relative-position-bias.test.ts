import type { Tensor3D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { SelfAttention } from "../../src/nn/attention";
import { RelativePositionBias } from "../../src/nn/relative-position-bias";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { drawn } from "../tensor/directional-derivative";
import { expectTorchAttention } from "./torch";

const grid = { rows: 2, columns: 3, random: null };

onEveryEngine("RelativePositionBias", () => {
  const golden = new Golden("transformer/golden");

  it.each([
    ["relative_bias", false],
    ["relative_bias_class_token", true],
  ])("in attention has the values and gradients of Swin's and BEiT's lines in PyTorch: %s", (name, classToken) => {
    const positionBias = new RelativePositionBias(4, { ...grid, classToken });
    const module = new SelfAttention(32, { heads: 4, random: null, positionBias });
    expect([...module.namedParameters().keys()]).toContain("positionBias.table");
    expectTorchAttention(golden, name, module);
    module.dispose();
  });

  it("is one number for each way from query to key", () => {
    const module = new RelativePositionBias(2, { ...grid, random: new Random(1) });
    tf.tidy(() => {
      const bias = module.forward(6);
      expect(bias.shape).toEqual([2, 6, 6]);
      const numbers = bias.dataSync();
      const at = (query: number, key: number) => numbers[6 * query + key];
      // One column to the right in either row; the way back is another.
      expect(at(0, 1)).toBe(at(4, 5));
      expect(at(0, 1)).not.toBe(at(1, 0));
      expect(at(0, 4)).toBe(at(1, 5));
      expect(new Set(numbers).size).toBe(2 * 3 * 5);
    });
    expect(module.parameterKinds().get("table")).toEqual({ role: "embedding" });
    module.dispose();
  });

  it("says what doesn't fit, and leaves nothing behind", () => {
    const x = drawn<Tensor3D>([1, 5, 8], new Random(2));
    expectNoLeak(() => {
      expect(() => new RelativePositionBias(2, { ...grid, rows: 0 })).toThrow(
        "a relative position bias got 0 rows: expected a whole number, 1 or more",
      );
      expect(() => new RelativePositionBias(2, { ...grid, size: 3 } as never)).toThrow(
        "new RelativePositionBias has no option size",
      );
      const positionBias = new RelativePositionBias(2, { ...grid, classToken: true });
      expect(() => new SelfAttention(8, { heads: 4, random: null, positionBias })).toThrow(
        "the position bias has 2 heads: expected as many as attention, 4",
      );
      expect(() => new SelfAttention(8, { heads: 2, random: null, positionBias, attentionOverBatch: true })).toThrow(
        "attention over the batch takes no masks, order or positions",
      );
      const module = new SelfAttention(8, { heads: 2, random: null, positionBias });
      expect(() => module.forward(x)).toThrow(
        "the position bias got 5 tokens: expected 7, a class token and 2 rows of 3",
      );
      module.dispose();
      expect(() => positionBias.forward(7)).toThrow("this RelativePositionBias was disposed");
    });
    x.dispose();
  });

  it("leaves only its output behind", () => {
    const module = new RelativePositionBias(2, { ...grid, random: new Random(3) });
    expectNoLeak(() => module.forward(6).dispose());
    expectNoLeak(() => tf.dispose(tf.variableGrads(() => tf.sum(module.forward(6)), module.parameters())));
    module.dispose();
  });
});

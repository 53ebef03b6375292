import type { Tensor3D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { SelfAttention } from "../../src/nn/attention";
import { rotary1d, rotary2d } from "../../src/nn/rotary";
import { Trace } from "../../src/nn/trace";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { drawn } from "../tensor/directional-derivative";
import { expectTorchAttention } from "./torch";

onEveryEngine("SelfAttention with rotary positions", () => {
  const golden = new Golden("transformer/golden");

  it.each([
    ["rotary_1d", { kvHeads: 2, rotary: rotary1d() }],
    ["rotary_2d", { rotary: rotary2d({ rows: 2, columns: 3, prefixTokens: 1 }) }],
  ])("has the values and gradients of transformers' lines in PyTorch: %s", (name, options) => {
    const module = new SelfAttention(32, { heads: 4, random: null, ...options });
    expectTorchAttention(golden, name, module);
    module.dispose();
  });

  it("knows how far apart tokens are, not where they stand", () => {
    const module = new SelfAttention(8, { heads: 1, random: new Random(1), rotary: rotary1d({ base: 50 }) });
    const trace = new Trace();
    tf.tidy(() => module.forward(tf.ones([1, 6, 8]) as Tensor3D, { trace }));
    const scores = trace.get("scores").dataSync();
    const at = (query: number, key: number) => scores[6 * query + key] as number;
    expect(at(4, 2)).toBeCloseTo(at(5, 3), 5);
    expect(at(4, 2)).toBeCloseTo(at(2, 0), 5);
    expect(Math.abs(at(4, 2) - at(4, 1))).toBeGreaterThan(1e-3);
    trace.dispose();
    module.dispose();
  });

  it("says which tokens and heads don't fit, and leaves nothing behind", () => {
    const x = drawn<Tensor3D>([1, 5, 12], new Random(2));
    const forward = (heads: number, rotary: ReturnType<typeof rotary1d> | ReturnType<typeof rotary2d>) => () => {
      const module = new SelfAttention(12, { heads, random: null, rotary });
      try {
        module.forward(x).dispose();
      } finally {
        module.dispose();
      }
    };
    expectNoLeak(() => {
      forward(3, rotary2d({ rows: 1, columns: 5 }))();
      expect(forward(4, rotary1d())).toThrow(
        "rotary1d turns pairs of features and got heads of 3: choose dim / heads even",
      );
      expect(forward(2, rotary2d({ rows: 1, columns: 5 }))).toThrow(
        "rotary2d turns pairs by row and by column and got heads of 6: choose dim / heads so that 4 divides it",
      );
      expect(forward(3, rotary2d({ rows: 2, columns: 3, prefixTokens: 1 }))).toThrow(
        "rotary2d got 5 tokens: expected 1 in front and 2 rows of 3, 7 in all",
      );
      const short = { ...rotary1d(), angles: () => new Float32Array(3) };
      expect(forward(3, short)).toThrow("rotary1d gave 3 angles: expected 5 tokens times 2 pairs of features");
    });
    x.dispose();
  });

  it("are settings that a checkpoint can keep", () => {
    const module = new SelfAttention(8, { heads: 2, random: null, rotary: rotary2d({ rows: 2, columns: 3 }) });
    expect(JSON.parse(JSON.stringify(module.settings))).toMatchObject({
      rotary: { name: "rotary2d", rows: 2, columns: 3, prefixTokens: 0, base: 100 },
    });
    module.dispose();
  });
});

it("rotary positions refuse options that nothing reads", () => {
  expect(() => rotary1d({ theta: 10 } as never)).toThrow("rotary1d has no option theta: the options are base");
  expect(() => rotary2d({ rows: 2, cols: 3 } as never)).toThrow("rotary2d has no option cols");
});

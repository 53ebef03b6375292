import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { SelfAttention } from "../../src/nn/attention";
import { EncoderBlock } from "../../src/nn/encoder-block";
import { Trace } from "../../src/nn/trace";
import { causalMask, paddingMask } from "../../src/tensor/mask";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { drawn } from "../tensor/directional-derivative";
import { expectTorchGradients, loadTorch } from "./torch";

const TORCH_NAMES = {
  "qkv.weight": "in_proj_weight",
  "qkv.bias": "in_proj_bias",
  "projection.weight": "out_proj.weight",
  "projection.bias": "out_proj.bias",
};

onEveryEngine("SelfAttention with a mask", () => {
  const golden = new Golden("transformer/golden");
  const stored = (name: string) => tf.tidy(() => tf.cast(golden.tensor(`mask_${name}/mask`), "bool"));

  it.each([
    ["tokens", "tokens", false],
    ["padding", "padding", false],
    ["both", "both", false],
    ["causal", "", true],
    ["causal", "causal", false],
    ["causal_padding", "padding", true],
    ["causal_padding", "causal_padding", false],
  ])("has PyTorch's values and gradients: %s (mask given: %s, causal: %s)", (name, given, causal) => {
    const module = new SelfAttention(16, { heads: 4, random: null, causal });
    loadTorch(module, golden, `mask_${name}`, TORCH_NAMES);
    const trace = new Trace();
    const mask = given ? stored(given) : undefined;
    tf.tidy(() => {
      const x = golden.tensor<Tensor3D>(`mask_${name}/input`);
      golden.expectClose(`mask_${name}/output`, module.forward(x, { mask }));
      golden.expectClose(`mask_${name}/output`, module.forward(x, { mask, trace }));
    });
    expect(trace.names()).toEqual(["query", "key", "value", "scores", "weights", "heads", "context"]);
    for (const options of [{ mask }, { mask, trace }])
      expectTorchGradients(golden, `mask_${name}`, module, TORCH_NAMES, (x) => module.forward(x as Tensor3D, options));
    trace.dispose();
    mask?.dispose();
    module.dispose();
  });

  it("takes masks of two axes, and shows weights of zero where nothing is seen", () => {
    const module = new SelfAttention(8, { heads: 2, random: new Random(1) });
    tf.tidy(() => {
      const x = drawn<Tensor3D>([3, 4, 8], new Random(2));
      const same = (a: Tensor, b: Tensor) => expect([...a.dataSync()]).toEqual([...b.dataSync()]);
      const [causal, padding] = [causalMask(4), paddingMask([4, 1, 2], 4)];
      same(module.forward(x, { mask: causal.reshape([4, 4]) }), module.forward(x, { mask: causal }));
      same(module.forward(x, { mask: padding.reshape([3, 4]) }), module.forward(x, { mask: padding }));
      const trace = new Trace();
      module.forward(x, { mask: padding, trace });
      const weights = trace.get("weights").slice([1, 0, 0, 0], [1, 2, 4, 4]);
      expect([...weights.dataSync()]).toEqual(Array.from({ length: 32 }, (_, i) => (i % 4 === 0 ? 1 : 0)));
      for (const score of trace.get("scores").dataSync()) expect(Math.abs(score)).toBeLessThan(10);
      trace.dispose();
    });
    module.dispose();
  });

  it("draws the same dropout traced or not", () => {
    const module = new SelfAttention(6, { heads: 2, random: new Random(3), attentionDropout: 0.5, causal: true });
    const trace = new Trace();
    tf.tidy(() => {
      const x = drawn<Tensor3D>([2, 5, 6], new Random(4));
      const fused = module.forward(x, { training: true, random: new Random(5) });
      const traced = module.forward(x, { training: true, random: new Random(5), trace });
      expect(tf.max(tf.abs(tf.sub(fused, traced))).dataSync()[0]).toBeLessThan(1e-6);
    });
    trace.dispose();
    module.dispose();
  });

  it("hides tokens from a whole block", () => {
    const block = new EncoderBlock(8, { heads: 2, mlpDim: 8, norm: "pre", activation: "gelu", random: new Random(6) });
    tf.tidy(() => {
      const x = drawn<Tensor3D>([1, 4, 8], new Random(7));
      const changed = tf.concat([x.slice([0, 0, 0], [1, 3, 8]), tf.ones([1, 1, 8])], 1) as Tensor3D;
      const mask = paddingMask([3], 4);
      const seen = (tokens: Tensor3D) => [...block.forward(tokens, { mask }).slice([0, 0, 0], [1, 3, 8]).dataSync()];
      expect(seen(changed)).toEqual(seen(x));
    });
    block.dispose();
  });

  it("refuses masks that don't fit, and attention over the batch", () => {
    const module = new SelfAttention(4, { heads: 2, random: null });
    const sentence =
      "attention over the batch takes no masks, order or positions, which are about the tokens of one image: leave out attentionOverBatch";
    const over = new SelfAttention(4, { heads: 2, random: null, attentionOverBatch: true });
    const x = tf.zeros([3, 3, 4]) as Tensor3D;
    const mask = tf.ones([3, 3], "bool");
    expectNoLeak(() => {
      expect(() => module.forward(x, { mask })).toThrow("the mask [3, 3] could be one for each of 3 queries");
      expect(() => module.forward(x, { mask: x })).toThrow("the mask is of type float32: expected bool");
      expect(() => over.forward(x, { mask })).toThrow(sentence);
      expect(() => new SelfAttention(4, { heads: 2, random: null, attentionOverBatch: true, causal: true })).toThrow(
        sentence,
      );
    });
    tf.dispose([x, mask]);
    module.dispose();
    over.dispose();
  });

  it("leaves only its output behind", () => {
    const module = new SelfAttention(8, { heads: 2, random: new Random(8), causal: true });
    const x = drawn<Tensor3D>([2, 3, 8], new Random(9));
    const mask = tf.ones([2, 3], "bool");
    expectNoLeak(() => module.forward(x, { mask }).dispose());
    expectNoLeak(() => {
      const trace = new Trace();
      module.forward(x, { mask, trace }).dispose();
      trace.dispose();
    });
    expectNoLeak(() => tf.dispose(tf.variableGrads(() => tf.sum(module.forward(x, { mask })), module.parameters())));
    tf.dispose([x, mask]);
    module.dispose();
  });
});

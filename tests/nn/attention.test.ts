import type { Tensor, Tensor1D, Tensor3D, Variable } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { SelfAttention } from "../../src/nn/attention";
import { ForwardContext } from "../../src/nn/forward-context";
import { mimeticAttention } from "../../src/nn/mimetic";
import { Trace } from "../../src/nn/trace";
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

onEveryEngine("SelfAttention", () => {
  const golden = new Golden("layers/basics");

  for (const [name, bias] of [
    ["attention", true],
    ["attention_no_bias", false],
  ] as [string, boolean][]) {
    const make = () => {
      const module = new SelfAttention(16, { heads: 4, random: new Random(0), qkvBias: bias });
      loadTorch(module, golden, name, TORCH_NAMES);
      return module;
    };

    it(`${name}: has PyTorch's values, at once and in steps`, () => {
      const module = make();
      const trace = new Trace();
      tf.tidy(() => {
        const x = golden.tensor<Tensor3D>(`${name}/input`);
        golden.expectClose(`${name}/output`, module.forward(x));
        golden.expectClose(`${name}/output`, module.forward(x, new ForwardContext({ trace })));
        golden.expectClose(`${name}/probabilities`, trace.get("weights"));
      });
      trace.dispose();
      module.dispose();
    });

    it.each([false, true])(`${name}: has PyTorch's gradients (traced: %s)`, (traced) => {
      const module = make();
      const trace = new Trace();
      const context = new ForwardContext(traced ? { trace } : {});
      expectTorchGradients(golden, name, module, TORCH_NAMES, (x) => module.forward(x as Tensor3D, context));
      trace.dispose();
      module.dispose();
    });
  }

  it.each([1, 2])("has PyTorch's values and gradients with %i heads of key and value", (kvHeads) => {
    const own = new Golden("transformer/golden");
    const name = `kv_heads_${kvHeads}`;
    const module = new SelfAttention(32, { heads: 4, kvHeads, random: null });
    const names = Object.fromEntries([...module.namedParameters().keys()].map((each) => [each, each]));
    loadTorch(module, own, name, names);
    const trace = new Trace();
    for (const options of [{}, { trace }]) {
      tf.tidy(() => own.expectClose(`${name}/output`, module.forward(own.tensor<Tensor3D>(`${name}/input`), options)));
      expectTorchGradients(own, name, module, names, (x) => module.forward(x as Tensor3D, options));
    }
    const { query, key, value, weights } = trace.shapes();
    expect([query, key, value]).toEqual(["[3, 4, 5, 8]", `[3, ${kvHeads}, 5, 8]`, `[3, ${kvHeads}, 5, 8]`]);
    expect(weights).toBe("[3, 4, 5, 5]");
    expect(module.parameterKinds().get("qkv.weight")).toEqual({ role: "matrix", stacked: 4 / kvHeads + 2 });
    trace.dispose();
    module.dispose();
  });

  it("names its values in order and gives them shapes by head", () => {
    const module = new SelfAttention(20, { heads: 5, random: new Random(1) });
    const trace = new Trace();
    const x = drawn<Tensor3D>([2, 3, 20], new Random(2));
    module.forward(x, new ForwardContext({ trace })).dispose();
    expect(trace.shapes()).toEqual({
      query: "[2, 5, 3, 4]",
      key: "[2, 5, 3, 4]",
      value: "[2, 5, 3, 4]",
      scores: "[2, 5, 3, 3]",
      weights: "[2, 5, 3, 3]",
      heads: "[2, 5, 3, 4]",
      context: "[2, 3, 20]",
    });
    expect(trace.names()).toEqual(["query", "key", "value", "scores", "weights", "heads", "context"]);
    tf.tidy(() => {
      for (const sum of tf.sum(trace.get("weights"), -1).dataSync()) expect(sum).toBeCloseTo(1, 5);
    });
    trace.dispose();
    module.dispose();
    x.dispose();
  });

  it("draws the same dropout traced or not", () => {
    const module = new SelfAttention(6, { heads: 2, random: new Random(3), attentionDropout: 0.5 });
    const trace = new Trace();
    tf.tidy(() => {
      const x = drawn<Tensor3D>([2, 5, 6], new Random(4));
      const fused = module.forward(x, new ForwardContext({ training: true, random: new Random(5) }));
      const traced = module.forward(x, new ForwardContext({ training: true, random: new Random(5), trace }));
      expect(tf.max(tf.abs(tf.sub(fused, traced))).dataSync()[0]).toBeLessThan(1e-6);
      const still = module.forward(x);
      expect(tf.max(tf.abs(tf.sub(fused, still))).dataSync()[0]).toBeGreaterThan(1e-3);
    });
    trace.dispose();
    module.dispose();
  });

  it("over the batch attends between images at each token, as PyTorch does without batch_first", () => {
    const over = new SelfAttention(8, { heads: 2, random: new Random(6), attentionOverBatch: true });
    const between = new SelfAttention(8, { heads: 2, random: new Random(6) });
    tf.tidy(() => {
      const x = drawn<Tensor3D>([3, 5, 8], new Random(7));
      const turned = tf.transpose(between.forward(tf.transpose(x, [1, 0, 2]) as Tensor3D), [1, 0, 2]);
      expect([...over.forward(x).dataSync()]).toEqual([...turned.dataSync()]);
    });
    over.dispose();
    between.dispose();
  });

  it("starts as mimeticAttention says, with zero biases, where that is asked for", () => {
    const module = new SelfAttention(32, { heads: 4, random: new Random(8), initialization: "mimetic" });
    const { qkv, projection } = mimeticAttention(32, 4, new Random(8));
    expect([...module.qkv.weight.dataSync()]).toEqual([...qkv]);
    expect([...module.projection.weight.dataSync()]).toEqual([...projection]);
    for (const { bias } of [module.qkv, module.projection])
      expect([...(bias as Tensor1D).dataSync()].every((value) => value === 0)).toBe(true);
    module.dispose();
  });

  it("starts as torch.nn.MultiheadAttention does, or as ViT does", () => {
    const state = (initialization: "torch" | "vit") => {
      const module = new SelfAttention(32, { heads: 4, random: new Random(8), initialization });
      const weights = module.stateDict();
      module.dispose();
      return weights as Record<string, { data: Float32Array }>;
    };
    const largest = (values: Float32Array | undefined) => Math.max(...(values as Float32Array).map(Math.abs));
    const torch = state("torch");
    // Xavier's bound of the stacked [3 · 32, 32] matrix, and PyTorch's bound of a linear layer.
    expect(largest(torch["qkv.weight"]?.data)).toBeCloseTo(Math.sqrt(6 / 128), 2);
    expect(largest(torch["projection.weight"]?.data)).toBeCloseTo(1 / Math.sqrt(32), 2);
    const vit = state("vit");
    for (const weights of [vit["qkv.weight"], vit["projection.weight"]]) {
      expect(largest(weights?.data)).toBeLessThanOrEqual(0.04);
      expect(largest(weights?.data)).toBeGreaterThan(0.03);
    }
    for (const start of [torch, vit])
      for (const name of ["qkv.bias", "projection.bias"]) expect(largest(start[name]?.data)).toBe(0);
  });

  it("without biases has none on query, key and value alone", () => {
    const module = new SelfAttention(8, { heads: 2, random: new Random(9), qkvBias: false });
    expect([...module.namedParameters().keys()]).toEqual(["qkv.weight", "projection.weight", "projection.bias"]);
    module.dispose();
  });

  it("says what doesn't fit, and leaves nothing behind", () => {
    expectNoLeak(() => {
      expect(() => new SelfAttention(8, { heads: 3, random: new Random(10) })).toThrow(
        "3 heads don't divide dim 8: choose heads so that dim / heads is whole",
      );
      expect(() => new SelfAttention(8, { heads: 0, random: new Random(10) })).toThrow("0 heads don't divide dim 8");
      expect(() => new SelfAttention(8, { heads: -2, random: new Random(10) })).toThrow("-2 heads don't divide dim 8");
      expect(() => new SelfAttention(8, { heads: 2, random: new Random(10), attentionDropout: 1 })).toThrow(
        "attention dropout is 1: it must be at least 0 and below 1",
      );
      for (const kvHeads of [0, 3, 8])
        expect(() => new SelfAttention(8, { heads: 4, kvHeads, random: new Random(10) })).toThrow(
          `${kvHeads} kvHeads don't divide 4 heads: choose kvHeads so that heads / kvHeads is whole`,
        );
      expect(
        () => new SelfAttention(8, { heads: 4, kvHeads: 2, random: new Random(10), initialization: "mimetic" }),
      ).toThrow('initialization "mimetic" starts each head of the query as its own key: leave out kvHeads');
    });
  });

  it("leaves only its output behind, at once, in steps and over the batch", () => {
    const x = drawn<Tensor3D>([2, 3, 8], new Random(11));
    for (const attentionOverBatch of [false, true]) {
      const module = new SelfAttention(8, { heads: 2, random: new Random(12), attentionOverBatch });
      expectNoLeak(() => module.forward(x).dispose());
      expectNoLeak(() => {
        const trace = new Trace();
        module.forward(x, new ForwardContext({ trace })).dispose();
        trace.dispose();
      });
      expectNoLeak(() => {
        const { value, grads } = tf.variableGrads(() => tf.sum(module.forward(x)), module.parameters() as Variable[]);
        tf.dispose([value, ...(Object.values(grads) as Tensor[])]);
      });
      module.dispose();
    }
    x.dispose();
  });
});

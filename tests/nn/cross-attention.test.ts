import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { CrossAttention } from "../../src/nn/cross-attention";
import { Trace } from "../../src/nn/trace";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { drawn } from "../tensor/directional-derivative";
import { expectTorchGradients, loadTorch } from "./torch";

const TORCH_NAMES = {
  "query.weight": "query.weight",
  "query.bias": "query.bias",
  "keyValue.weight": "keyValue.weight",
  "keyValue.bias": "keyValue.bias",
  "projection.weight": "out_proj.weight",
  "projection.bias": "out_proj.bias",
};

onEveryEngine("CrossAttention", () => {
  const golden = new Golden("transformer/golden");

  it.each([
    ["cross", undefined, false],
    ["cross_memory_dim", 12, true],
  ])("has PyTorch's values and gradients, at once and in steps: %s", (name, memoryDim, masked) => {
    const module = new CrossAttention(16, { heads: 4, random: null, memoryDim });
    loadTorch(module, golden, name, TORCH_NAMES);
    const trace = new Trace();
    const memoryMask = masked ? tf.tidy(() => tf.cast(golden.tensor(`${name}/mask`), "bool")) : undefined;
    for (const options of [{ memoryMask }, { memoryMask, trace }]) {
      tf.tidy(() => {
        const x = golden.tensor<Tensor3D>(`${name}/input`);
        const memory = golden.tensor<Tensor3D>(`${name}/memory`);
        golden.expectClose(`${name}/output`, module.forward(x, memory, options));
      });
      const forward = (x: Tensor3D, memory: Tensor3D) => module.forward(x, memory, options);
      expectTorchGradients(golden, name, module, TORCH_NAMES, forward as never, ["input", "memory"]);
    }
    expect(trace.shapes()).toEqual({
      query: "[3, 4, 5, 4]",
      key: "[3, 4, 7, 4]",
      value: "[3, 4, 7, 4]",
      scores: "[3, 4, 5, 7]",
      weights: "[3, 4, 5, 7]",
      heads: "[3, 4, 5, 4]",
      context: "[3, 5, 16]",
    });
    trace.dispose();
    memoryMask?.dispose();
    module.dispose();
  });

  it("adds the residual, and takes no notice of the mask of self-attention", () => {
    const module = new CrossAttention(4, { heads: 2, random: new Random(1) });
    tf.tidy(() => {
      const [x, memory] = [drawn<Tensor3D>([2, 3, 4], new Random(2)), drawn<Tensor3D>([2, 5, 4], new Random(3))];
      const wanted = tf.add(module.forward(x, memory), x);
      const got = module.forward(x, memory, { mask: tf.zeros([3, 3], "bool") }, x);
      expect(tf.max(tf.abs(tf.sub(got, wanted))).dataSync()[0]).toBeLessThan(1e-6);
    });
    module.dispose();
  });

  it("starts as torch.nn.MultiheadAttention does", () => {
    const largest = (memoryDim: number, name: string) => {
      const module = new CrossAttention(32, { heads: 4, random: new Random(4), memoryDim });
      const data = module.stateDict()[name]?.data as Float32Array;
      module.dispose();
      return Math.max(...data.map(Math.abs));
    };
    // Xavier's bound of query, key and value stacked; of each where they have two sizes.
    expect(largest(32, "query.weight")).toBeCloseTo(Math.sqrt(6 / 128), 2);
    expect(largest(32, "keyValue.weight")).toBeCloseTo(Math.sqrt(6 / 128), 2);
    expect(largest(96, "query.weight")).toBeCloseTo(Math.sqrt(6 / 64), 2);
    expect(largest(96, "keyValue.weight")).toBeCloseTo(Math.sqrt(6 / 128), 2);
    for (const name of ["query.bias", "keyValue.bias", "projection.bias"]) expect(largest(32, name)).toBe(0);
  });

  it("refuses heads, memories and masks that don't fit, and leaves nothing behind", () => {
    const module = new CrossAttention(4, { heads: 2, random: null, memoryDim: 6 });
    const x = tf.zeros([2, 3, 4]) as Tensor3D;
    const memory = tf.zeros([2, 5, 6]) as Tensor3D;
    const forward = (given: unknown, memoryMask?: Tensor) => () => module.forward(x, given as Tensor3D, { memoryMask });
    expectNoLeak(() => {
      expect(() => new CrossAttention(4, { heads: 3, random: null })).toThrow("3 heads don't divide dim 4");
      expect(() => new CrossAttention(4, { heads: 2, random: null, attentionDropout: 1 })).toThrow(
        "attention dropout is 1",
      );
      expect(forward(undefined)).toThrow(
        "cross-attention got no memory: call forward(x, memory) with a tensor [2, memoryTokens, 6]",
      );
      expect(forward(x)).toThrow("cross-attention got a memory [2, 3, 4]: expected [2, memoryTokens, 6]");
      expect(forward(memory, x)).toThrow("the memory mask is of type float32: expected bool");
      tf.tidy(() => {
        expect(forward(tf.zeros([1, 5, 6]))).toThrow("cross-attention got a memory [1, 5, 6]: expected");
        expect(forward(memory, tf.ones([3, 3], "bool"))).toThrow("the memory mask is [3, 3]: expected [3, 5]");
      });
    });
    memory.dispose();
    expect(forward(memory)).toThrow("the memory [2, 5, 6] was disposed");
    x.dispose();
    module.dispose();
  });

  it("leaves only its output behind", () => {
    const module = new CrossAttention(4, { heads: 2, random: new Random(5) });
    const [x, memory] = [drawn<Tensor3D>([2, 3, 4], new Random(6)), drawn<Tensor3D>([2, 5, 4], new Random(7))];
    const memoryMask = tf.ones([2, 5], "bool");
    expectNoLeak(() => module.forward(x, memory, { memoryMask }).dispose());
    expectNoLeak(() => tf.dispose(tf.variableGrads(() => tf.sum(module.forward(x, memory)), module.parameters())));
    tf.dispose([x, memory, memoryMask]);
    module.dispose();
  });
});

import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { DecoderBlock, type DecoderBlockOptions } from "../../src/nn/decoder-block";
import { ForwardContext } from "../../src/nn/forward-context";
import type { Linear } from "../../src/nn/linear";
import { RMSNorm } from "../../src/nn/rms-norm";
import { SwiGLU } from "../../src/nn/swiglu";
import { Trace } from "../../src/nn/trace";
import { dropout } from "../../src/tensor/dropout";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { drawn } from "../tensor/directional-derivative";
import { expectTorchGradients, loadTorch, type TorchNames } from "./torch";

const TORCH_NAMES: TorchNames = {
  "norm1.weight": "norm1.weight",
  "norm1.bias": "norm1.bias",
  "attention.qkv.weight": "self_attn.in_proj_weight",
  "attention.qkv.bias": "self_attn.in_proj_bias",
  "attention.projection.weight": "self_attn.out_proj.weight",
  "attention.projection.bias": "self_attn.out_proj.bias",
  "norm2.weight": "norm2.weight",
  "norm2.bias": "norm2.bias",
  "crossAttention.query.weight": "multihead_attn.query.weight",
  "crossAttention.query.bias": "multihead_attn.query.bias",
  "crossAttention.keyValue.weight": "multihead_attn.keyValue.weight",
  "crossAttention.keyValue.bias": "multihead_attn.keyValue.bias",
  "crossAttention.projection.weight": "multihead_attn.out_proj.weight",
  "crossAttention.projection.bias": "multihead_attn.out_proj.bias",
  "norm3.weight": "norm3.weight",
  "norm3.bias": "norm3.bias",
  "mlp.fc1.weight": "linear1.weight",
  "mlp.fc1.bias": "linear1.bias",
  "mlp.fc2.weight": "linear2.weight",
  "mlp.fc2.bias": "linear2.bias",
};

function make(options: Partial<DecoderBlockOptions> = {}): DecoderBlock {
  const given = { heads: 4, mlpDim: 24, norm: "post", activation: "relu", random: new Random(0) } as const;
  return new DecoderBlock(16, { ...given, ...options });
}

onEveryEngine("DecoderBlock", () => {
  const golden = new Golden("transformer/golden");

  for (const [name, options] of [
    ["decoder_post", { norm: "post", activation: "relu" }],
    ["decoder_pre", { norm: "pre", activation: "gelu" }],
  ] as [string, Partial<DecoderBlockOptions>][])
    it.each([false, true])(`${name}: has PyTorch's values and gradients (traced: %s)`, (traced) => {
      const block = make(options);
      expect([...block.namedParameters().keys()]).toEqual(Object.keys(TORCH_NAMES));
      loadTorch(block, golden, name, TORCH_NAMES);
      const trace = new Trace();
      const memoryMask = tf.tidy(() => tf.cast(golden.tensor(`${name}/mask`), "bool"));
      const forward = (x: Tensor3D, memory: Tensor3D) =>
        block.forward(x, memory, { memoryMask, ...(traced ? { trace } : {}) });
      tf.tidy(() => {
        const output = forward(golden.tensor<Tensor3D>(`${name}/input`), golden.tensor<Tensor3D>(`${name}/memory`));
        golden.expectClose(`${name}/output`, output);
      });
      expectTorchGradients(golden, name, block, TORCH_NAMES, forward as never, ["input", "memory"]);
      trace.dispose();
      memoryMask.dispose();
      block.dispose();
    });

  it.each(["pre", "post"] as const)("with %s-norm drops after each part, traced or not", (norm) => {
    const rate = 0.4;
    const block = make({ norm, dropout: rate, attentionDropout: 0.2 });
    const trace = new Trace();
    tf.tidy(() => {
      const x = drawn<Tensor3D>([2, 3, 16], new Random(1));
      const memory = drawn<Tensor3D>([2, 5, 16], new Random(2));
      const random = new Random(3);
      const context = new ForwardContext({ training: true, random });
      const drop = (tokens: Tensor3D) => dropout(tokens, { rate, random });
      const parts = [
        [block.norm1, (tokens: Tensor3D) => block.attention.forward(tokens, context)],
        [block.norm2, (tokens: Tensor3D) => block.crossAttention.forward(tokens, memory, context)],
        [block.norm3, (tokens: Tensor3D) => block.mlp.forward(tokens, context)],
      ] as const;
      let wanted = x;
      for (const [layerNorm, part] of parts)
        wanted =
          norm === "pre"
            ? tf.add(wanted, drop(part(layerNorm.forward(wanted))))
            : layerNorm.forward(tf.add(wanted, drop(part(wanted))) as Tensor3D);
      for (const traced of [{}, { trace }]) {
        const got = block.forward(x, memory, { training: true, random: new Random(3), ...traced });
        expect(tf.max(tf.abs(tf.sub(got, wanted))).dataSync()[0]).toBeLessThan(1e-5);
      }
    });
    trace.dispose();
    block.dispose();
  });

  it("sees later tokens only where it isn't causal", () => {
    for (const causal of [true, false]) {
      const block = make({ causal });
      tf.tidy(() => {
        const x = drawn<Tensor3D>([1, 4, 16], new Random(4));
        const memory = drawn<Tensor3D>([1, 2, 16], new Random(5));
        const changed = tf.concat([x.slice([0, 0, 0], [1, 3, 16]), tf.ones([1, 1, 16])], 1) as Tensor3D;
        const first = (tokens: Tensor3D) => block.forward(tokens, memory).slice([0, 0, 0], [1, 3, 16]);
        const largest = tf.max(tf.abs(tf.sub(first(changed), first(x)))).dataSync()[0] as number;
        expect(largest > 1e-3).toBe(!causal);
      });
      block.dispose();
    }
  });

  it("names its values in order", () => {
    const block = make();
    const trace = new Trace();
    tf.tidy(() => block.forward(tf.ones([1, 2, 16]), tf.ones([1, 3, 16]), { trace }));
    const of = (part: string) =>
      ["query", "key", "value", "scores", "weights", "heads", "context", "output"].map((name) => `${part}.${name}`);
    const attentions = [...of("attention"), "norm2.output", ...of("crossAttention"), "norm3.output"];
    const inOrder = ["input", "norm1.output", ...attentions, "mlp.hidden", "mlp.output", "output"];
    expect(trace.names()).toEqual(block.settings.norm === "pre" ? inOrder : expect.arrayContaining(inOrder));
    trace.dispose();
    block.dispose();
  });

  it("takes a memory of another size, and says the shapes it expected", () => {
    const block = make({ memoryDim: 6 });
    tf.tidy(() => {
      const x = tf.ones([2, 3, 16]) as Tensor3D;
      expect(block.forward(x, tf.ones([2, 5, 6])).shape).toEqual([2, 3, 16]);
      expect(() => block.forward(x, x)).toThrow(
        "cross-attention got a memory [2, 3, 16]: expected [2, memoryTokens, 6]",
      );
      expect(() => block.forward(tf.ones([2, 3, 6]), x)).toThrow(
        "decoder block got [2, 3, 6]: expected [batch, tokens, 16]",
      );
    });
    block.dispose();
  });

  it("is made of other layers where factories say so", () => {
    const random = new Random(2);
    const block = new DecoderBlock(16, {
      heads: 2,
      mlpDim: 24,
      random,
      factories: { norm: (dim) => new RMSNorm(dim), mlp: (dim, hidden) => new SwiGLU(dim, hidden, { random }) },
    });
    const gate: Linear = block.mlp.gate;
    expect([gate.namedParameters().get("weight")?.shape, block.norm3.parameters().length]).toEqual([[16, 24], 1]);
    tf.tidy(() => {
      const [x, memory] = [drawn<Tensor3D>([2, 3, 16], random), drawn<Tensor3D>([2, 5, 16], random)];
      const { norm1, norm2, norm3, attention, crossAttention, mlp } = block;
      const none = new ForwardContext();
      let expected = tf.add(x, attention.forward(norm1.forward(x), none)) as Tensor3D;
      expected = tf.add(expected, crossAttention.forward(norm2.forward(expected), memory)) as Tensor3D;
      expected = tf.add(expected, mlp.forward(norm3.forward(expected), none)) as Tensor3D;
      const largest = tf.max(tf.abs(tf.sub(block.forward(x, memory), expected))).dataSync()[0] as number;
      expect(largest).toBeLessThan(1e-5);
    });
    block.dispose();
  });

  it("leaves nothing behind when it can't be made", () => {
    expectNoLeak(() => {
      expect(() => make({ heads: 3 })).toThrow("3 heads don't divide dim 16");
      expect(() => make({ dropout: 1 })).toThrow("dropout is 1: it must be at least 0 and below 1");
    });
  });

  it("leaves only its output behind, and nothing of its parameters once disposed", () => {
    const [x, memory] = [drawn<Tensor3D>([2, 3, 16], new Random(6)), drawn<Tensor3D>([2, 5, 16], new Random(7))];
    expectNoLeak(() => {
      const block = make();
      expectNoLeak(() => block.forward(x, memory).dispose());
      expectNoLeak(() => {
        const trace = new Trace();
        block.forward(x, memory, { trace }).dispose();
        trace.dispose();
      });
      expectNoLeak(() => {
        const loss = () => tf.sum(block.forward(x, memory) as Tensor);
        tf.dispose(tf.variableGrads(loss as never, block.parameters()));
      });
      block.dispose();
    });
    tf.dispose([x, memory]);
  });
});

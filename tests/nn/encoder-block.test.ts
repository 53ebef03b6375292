import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { Random } from "../../src/base/random";
import { EncoderBlock, type EncoderBlockOptions } from "../../src/nn/encoder-block";
import { ForwardContext } from "../../src/nn/forward-context";
import { Trace } from "../../src/nn/trace";
import { dropout } from "../../src/tensor/dropout";
import { tf } from "../../src/tensor/tf";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { Golden } from "../support/golden";
import { drawn, expectGradients, numbers } from "../tensor/directional-derivative";
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
  "mlp.fc1.weight": "linear1.weight",
  "mlp.fc1.bias": "linear1.bias",
  "mlp.fc2.weight": "linear2.weight",
  "mlp.fc2.bias": "linear2.bias",
};

function make(options: Partial<EncoderBlockOptions> = {}, dim = 16): EncoderBlock {
  return new EncoderBlock(dim, {
    heads: 4,
    mlpDim: 24,
    norm: "pre",
    activation: "gelu",
    random: new Random(0),
    ...options,
  });
}

onEveryEngine("EncoderBlock", () => {
  const golden = new Golden("layers/basics");

  for (const [name, options] of [
    ["encoder_post_norm_relu", { norm: "post", activation: "relu" }],
    ["encoder_pre_norm_gelu", { norm: "pre", activation: "gelu" }],
  ] as [string, Partial<EncoderBlockOptions>][])
    it.each([false, true])(`${name}: has PyTorch's values and gradients (traced: %s)`, (traced) => {
      const block = make(options);
      loadTorch(block, golden, name, TORCH_NAMES);
      const trace = new Trace();
      const context = new ForwardContext(traced ? { trace } : {});
      tf.tidy(() =>
        golden.expectClose(`${name}/output`, block.forward(golden.tensor<Tensor3D>(`${name}/input`), context)),
      );
      expectTorchGradients(golden, name, block, TORCH_NAMES, (x) => block.forward(x as Tensor3D, context));
      trace.dispose();
      block.dispose();
    });

  it.each(["pre", "post"] as const)(
    "with %s-norm and dropout: the same numbers traced or not, gradients too",
    (norm) => {
      const block = make({ norm, dropout: 0.3, attentionDropout: 0.2, heads: 2, mlpDim: 7, qkvBias: false }, 6);
      const trace = new Trace();
      tf.tidy(() => {
        const x = drawn<Tensor3D>([2, 3, 6], new Random(1));
        const weights = drawn<Tensor3D>([2, 3, 6], new Random(2));
        const gradients = (traced: boolean) => {
          const context = () =>
            new ForwardContext({ training: true, random: new Random(3), ...(traced ? { trace } : {}) });
          const { value, grads } = tf.variableGrads(
            () => tf.sum(tf.mul(block.forward(x, context()), weights)),
            block.parameters(),
          );
          return [value, ...block.parameters().map(({ name }) => grads[name] as Tensor)];
        };
        const traced = gradients(true);
        gradients(false).forEach((gradient, i) => {
          expect(tf.max(tf.abs(tf.sub(gradient, traced[i] as Tensor))).dataSync()[0]).toBeLessThan(1e-5);
        });
      });
      trace.dispose();
      block.dispose();
    },
  );

  it.each([
    ["pre", 1, 1, 4, 1],
    ["post", 1, 1, 4, 1],
    ["pre", 1, 5, 20, 5],
    ["post", 3, 2, 20, 5],
  ] as ["pre" | "post", number, number, number, number][])(
    "with %s-norm, %i images, %i tokens, dim %i, %i heads: the gradient is the slope of the values",
    (norm, batch, tokens, dim, heads) => {
      const block = make({ norm, heads, mlpDim: 5, qkvBias: false, dropout: 0.2, attentionDropout: 0.2 }, dim);
      const shape = [batch, tokens, dim];
      expectGradients(
        ([x]) => block.forward(x as Tensor3D, new ForwardContext({ training: true, random: new Random(4) })),
        [{ name: "x", shape, data: numbers(shape, new Random(5), 2) }],
        0.02,
      );
      block.dispose();
    },
  );

  it.each(["pre", "post"] as const)(
    "with %s-norm drops in the attention, after it, in the MLP, and after it",
    (norm) => {
      const rate = 0.4;
      const block = make({ norm, dropout: rate, attentionDropout: 0.2 });
      tf.tidy(() => {
        const x = drawn<Tensor3D>([2, 3, 16], new Random(8));
        const got = block.forward(x, new ForwardContext({ training: true, random: new Random(9) }));
        const random = new Random(9);
        const context = new ForwardContext({ training: true, random });
        const attend = (tokens: Tensor3D) => dropout(block.attention.forward(tokens, context), { rate, random });
        const think = (tokens: Tensor3D) => dropout(block.mlp.forward(tokens, context), { rate, random });
        let wanted: Tensor3D;
        if (norm === "pre") {
          const middle = tf.add(x, attend(block.norm1.forward(x))) as Tensor3D;
          wanted = tf.add(middle, think(block.norm2.forward(middle)));
        } else {
          const middle = block.norm1.forward(tf.add(x, attend(x))) as Tensor3D;
          wanted = block.norm2.forward(tf.add(middle, think(middle)));
        }
        expect([...got.dataSync()]).toEqual([...wanted.dataSync()]);
      });
      block.dispose();
    },
  );

  it("draws no dropout unless it trains", () => {
    const [quiet, dropping] = [make(), make({ dropout: 0.5, attentionDropout: 0.5 })];
    tf.tidy(() => {
      const x = drawn<Tensor3D>([1, 3, 16], new Random(6));
      expect([...dropping.forward(x).dataSync()]).toEqual([...quiet.forward(x).dataSync()]);
      expect(() => dropping.forward(x, new ForwardContext({ training: true }))).toThrow(
        "training with dropout needs a random generator: pass { training: true, random: new Random(seed) }",
      );
    });
    quiet.dispose();
    dropping.dispose();
  });

  it("says the shape it expected", () => {
    const block = make();
    tf.tidy(() => {
      expect(() => block.forward(tf.zeros([1, 3, 8]))).toThrow(
        "encoder block got [1, 3, 8]: expected [batch, tokens, 16]",
      );
      expect(() => block.forward(tf.zeros([3, 16]) as unknown as Tensor3D)).toThrow("encoder block got [3, 16]");
    });
    block.dispose();
  });

  it("leaves nothing behind when it can't be made", () => {
    expectNoLeak(() => {
      expect(() => make({ heads: 3 })).toThrow("3 heads don't divide dim 16");
      expect(() => make({ dropout: -0.1 })).toThrow("dropout is -0.1: it must be at least 0 and below 1");
      expect(() => make({ attentionDropout: 2 })).toThrow("attention dropout is 2");
    });
  });

  it("leaves only its output behind, and nothing of its parameters once disposed", () => {
    const x = drawn<Tensor3D>([2, 3, 16], new Random(7));
    expectNoLeak(() => {
      const block = make({ norm: "post" });
      expectNoLeak(() => block.forward(x).dispose());
      expectNoLeak(() => {
        const trace = new Trace();
        block.forward(x, new ForwardContext({ trace })).dispose();
        trace.dispose();
      });
      block.dispose();
    });
    x.dispose();
  });
});

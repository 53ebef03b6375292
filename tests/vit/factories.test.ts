import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { Random } from "../../src/base/random";
import { saveViT } from "../../src/hub/save-vit";
import { SelfAttention } from "../../src/nn/attention";
import { EncoderBlock } from "../../src/nn/encoder-block";
import { LayerNorm } from "../../src/nn/layer-norm";
import { Linear } from "../../src/nn/linear";
import { Module } from "../../src/nn/module";
import { RMSNorm } from "../../src/nn/rms-norm";
import { SwiGLU } from "../../src/nn/swiglu";
import { tf } from "../../src/tensor/tf";
import type { ViTConfig } from "../../src/vit/config";
import { Embeddings } from "../../src/vit/embeddings";
import type { ViTOptions } from "../../src/vit/factories";
import { ViT } from "../../src/vit/model";
import { withNewHead } from "../../src/vit/new-head";
import { expectNoLeak, onEveryEngine } from "../support/engines";
import { drawn } from "../tensor/directional-derivative";

const config: ViTConfig = { imageSize: 8, patchSize: 4, dim: 8, depth: 2, heads: 2, mlpDim: 16, classes: 3 };

/** Makes what it is told, whatever it gets. */
class Makes extends Module {
  constructor(private readonly made: (x: Tensor) => Tensor) {
    super();
  }

  forward(x: Tensor): never {
    return this.made(x) as never;
  }
}

onEveryEngine("factories of a ViT", () => {
  it("that make the usual parts make the usual model, number for number", () => {
    expectNoLeak(() => {
      const usual = new ViT(config, { seed: 5 });
      const made = new ViT(config, {
        seed: 5,
        norm: (dim) => new LayerNorm(dim, { epsilon: 1e-12 }),
        attention: (dim, options) => new SelfAttention(dim, options),
        block: (dim, options) => new EncoderBlock(dim, options),
        embeddings: (full, random) => new Embeddings(full, random),
        head: (dim, classes, options) => new Linear(dim, classes, options),
      });
      expect(made.stateDict()).toEqual(usual.stateDict());
      tf.tidy(() => {
        const images = drawn<Tensor4D>([2, 8, 8, 3], new Random(1));
        expect(made.forward(images).dataSync()).toEqual(usual.forward(images).dataSync());
      });
      usual.dispose();
      made.dispose();
    });
  });

  it("have their modules computed, counted and trained", () => {
    const model = new ViT(config, {
      norm: (dim) => new RMSNorm(dim),
      mlp: (dim, hidden, { random }) => new SwiGLU(dim, hidden, { random }),
    });
    // The compiler knows what was made.
    expect(model.blocks[0]?.mlp.gate.weight.shape).toEqual([8, 16]);
    expect(model.norm?.epsilon).toBe(1e-6);
    const names = [...model.namedParameters().keys()];
    expect(names.filter((name) => name.includes("norm"))).toEqual(
      ["blocks.0.norm1", "blocks.0.norm2", "blocks.1.norm1", "blocks.1.norm2", "norm"].map((name) => `${name}.weight`),
    );
    tf.tidy(() => {
      const images = drawn<Tensor4D>([2, 8, 8, 3], new Random(1));
      const { grads } = tf.variableGrads(() => tf.sum(tf.square(model.forward(images))), model.parameters());
      for (const [name, variable] of model.namedParameters()) {
        const moved = Math.max(...(grads[variable.name] as Tensor).dataSync().map(Math.abs));
        if (name !== "blocks.0.attention.qkv.bias") expect(moved, name).toBeGreaterThan(0);
      }
    });
    model.dispose();
  });

  it("get the block's number and the images themselves", () => {
    const numbers: number[] = [];
    let seen: number[] = [];
    class FromImages extends Embeddings {
      override forward(...given: Parameters<Embeddings["forward"]>): Tensor3D {
        seen = (given as unknown[] as [Tensor, object, object, Tensor])[3].shape;
        return super.forward(...given);
      }
    }
    const model = new ViT(config, {
      block: (dim, options, i) => {
        numbers.push(i);
        return new EncoderBlock(dim, options);
      },
      embeddings: (full, random) => new FromImages(full, random),
    });
    tf.tidy(() => model.forward(tf.zeros([1, 8, 8, 3])));
    expect(numbers).toEqual([0, 1]);
    expect(seen).toEqual([1, 8, 8, 3]);
    model.dispose();
  });
});

it.each<[string, ViTOptions]>([
  ["the factory of blocks.0 returned 5: a factory must return a new module each time", { block: () => 5 as never }],
  ["the factory of norm1 returned undefined", { norm: () => undefined as never }],
  ["the factory of embeddings returned an object", { embeddings: () => ({}) as never }],
  ["the factory of head returned the function Linear", { head: () => Linear as never }],
])("%s is refused, and leaves no tensor behind", (message, options) => {
  expectNoLeak(() => {
    expect(() => new ViT(config, options)).toThrow(VitlabError);
    expect(() => new ViT(config, options)).toThrow(message);
  });
});

it("a factory that returns the same module again is refused, and one that is disposed", () => {
  const one = new LayerNorm(8);
  expect(() => new ViT(config, { norm: () => one })).toThrow(
    "the factory of norm2 returned a module that is in use already",
  );
  expect(() => new ViT(config, { norm: () => one })).toThrow("this LayerNorm was disposed");
});

it.each<[string, (x: Tensor) => Tensor]>([
  ["block 0 of the model made [2, 5, 4]: it must make [2, 5, 8]", (x) => tf.slice(x, [0, 0, 0], [2, 5, 4])],
  ["block 0 of the model made [2, 4, 8]: it must make [2, 5, 8]", (x) => tf.slice(x, [0, 1, 0], [2, 4, 8])],
  ["block 0 of the model made [10, 8]: it must make [2, 5, 8]", (x) => tf.reshape(x, [10, 8])],
  ["block 0 of the model made undefined: it must return a tensor", () => undefined as never],
])("%s", (message, made) => {
  const model = new ViT({ ...config, depth: 1 }, { block: () => new Makes(made) });
  expectNoLeak(() => {
    const images = tf.zeros([2, 8, 8, 3]) as Tensor4D;
    expect(() => model.forward(images)).toThrow(message);
    images.dispose();
  });
  model.dispose();
});

it("a head or embeddings of another shape are refused", () => {
  const images = tf.zeros([2, 8, 8, 3]) as Tensor4D;
  const head = new ViT(config, { head: (dim, _, options) => new Linear(dim, 4, options) });
  expect(() => head.forward(images)).toThrow("the head of the model made [2, 4]: it must make [2, 3]");
  const embeddings = new ViT(config, { embeddings: () => new Makes((x) => x) });
  expect(() => embeddings.forward(images)).toThrow(
    "the embeddings of the model made [2, 4, 48]: it must make [2, tokens, 8]",
  );
  tf.dispose(images);
  for (const model of [head, embeddings]) model.dispose();
});

it("a model of other parts isn't written or copied as what its config says", async () => {
  const model = new ViT(config, { head: (dim, classes, options) => new Linear(dim, classes, options) });
  await expect(saveViT(model, "nowhere")).rejects.toThrow("head of this model is of someone's own");
  expect(() => withNewHead(model, 2)).toThrow("withNewHead makes a copy as the config says");
  model.dispose();
});

it("a ViT is a part of a larger model, whose names its values have", () => {
  class Twice extends Module {
    readonly vit = this.child("vit", new ViT(config));
    forward(images: Tensor4D, context: Parameters<ViT["forward"]>[1]): Tensor2D {
      return this.vit.forward(images, context);
    }
  }
  const model = new Twice();
  tf.tidy(() => {
    const images = tf.zeros([1, 8, 8, 3]) as Tensor4D;
    expect(() => model.forward(images, { edit: { nothing: (x) => x } })).toThrow("edit names nothing");
    expect(model.forward(images, {}).shape).toEqual([1, 3]);
  });
  expect([...model.namedModules().keys()].slice(0, 2)).toEqual(["vit", "vit.embeddings"]);
  model.dispose();
});
